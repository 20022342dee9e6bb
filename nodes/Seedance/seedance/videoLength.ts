/*
 * A file in the form of ISO/IEC 14496-12 is a row of boxes: a size, a type, and content, which may be boxes again.
 *
 *   header ──moov, trak, mdia──▶ header                what they contain follows at once
 *     ├──mvhd, tkhd, mdhd──▶ fields ──▶ rest ──▶ header   their fields are kept
 *     ├──mvex, moof──▶ rest ──▶ header                 fragmented: no header has the whole length
 *     ├──any other──▶ rest ──▶ header                  their content passes unread
 *     └──a size that no box can have──▶ unreadable     nothing more is read
 *
 * The longest of the lengths in a file counts: the provider may go by any of them, and the estimate is an upper bound.
 */

/** Media may have a little more than is played, such as what an encoder puts before the sound. */
const maxUnplayedSeconds = 1;

/** Reads the length of a video while its bytes pass, and keeps none of them. */
export interface LengthReader {
	add(chunk: Uint8Array): void;
	/** In seconds, from what has passed; undefined where the file does not tell. */
	seconds(): number | undefined;
}

const containers = ['moov', 'trak', 'mdia'];
const withFields = ['mvhd', 'tkhd', 'mdhd'];
/** The longest fields that are read: up to the duration of a tkhd of version 1. */
const maxFieldsBytes = 36;

/** A reader of MP4 and MOV files. Source: ISO/IEC 14496-12, Box, MovieHeaderBox, TrackHeaderBox, MediaHeaderBox; Apple QuickTime File Format (the same boxes). */
export function createLengthReader(): LengthReader {
	return new BoxReader();
}

class BoxReader implements LengthReader {
	/** Bytes of the current header or fields that have arrived so far. */
	private held: Uint8Array = new Uint8Array(0);
	/** How many bytes that header or those fields have. */
	private wantedBytes = 8;
	/** The box whose fields are read; undefined: a header. */
	private box: { readonly type: string; readonly contentBytes: number } | undefined;
	private skippedBytes = 0;
	private readonly counts = new Map<string, number>();
	/** Of the movie; 0 where the file does not tell. */
	private timeScale = 0;
	/** In units of that time scale: of the movie and of its tracks. */
	private movieUnits = 0;
	private trackUnits = 0;
	/** Of the media of the tracks, which have time scales of their own. */
	private mediaSeconds = 0;

	add(chunk: Uint8Array): void {
		let at = 0;
		while (at < chunk.length) {
			const skipped = Math.min(this.skippedBytes, chunk.length - at);
			this.skippedBytes -= skipped;
			at += skipped;
			const taken = Math.min(this.wantedBytes - this.held.length, chunk.length - at);
			if (taken > 0) this.held = joined(this.held, chunk.subarray(at, at + taken));
			at += taken;
			if (this.held.length === this.wantedBytes) this.readHeld();
		}
	}

	seconds(): number | undefined {
		const { counts, timeScale, movieUnits, trackUnits, mediaSeconds } = this;
		const isOneMovie = counts.get('moov') === 1 && counts.get('mvhd') === 1;
		const isFragmented = counts.has('mvex') || counts.has('moof');
		if (!isOneMovie || isFragmented || timeScale === 0 || movieUnits === 0) return undefined;
		const movieSeconds = Math.max(movieUnits, trackUnits) / timeScale;
		return mediaSeconds > movieSeconds + maxUnplayedSeconds ? mediaSeconds : movieSeconds;
	}

	private readHeld(): void {
		const held = this.held;
		const view = new DataView(held.buffer, held.byteOffset, held.length);
		const { box } = this;
		if (box === undefined) return this.readHeader(view);
		this.readFields(box.type, view);
		this.nextHeader(box.contentBytes - held.length);
	}

	private readHeader(view: DataView): void {
		const type = String.fromCharCode(...this.held.subarray(4, 8));
		const shortSize = view.getUint32(0);
		if (shortSize === 1 && view.byteLength === 8) {
			this.wantedBytes = 16;
			return;
		}
		const size = shortSize === 1 ? Number(view.getBigUint64(8)) : shortSize;
		// A box of size 0 reaches to the end of the file.
		const contentBytes = size === 0 ? Infinity : size - view.byteLength;
		if (contentBytes < 0) return this.nextHeader(Infinity);
		this.counts.set(type, (this.counts.get(type) ?? 0) + 1);
		if (containers.includes(type)) return this.nextHeader(0);
		if (!withFields.includes(type)) return this.nextHeader(contentBytes);
		this.box = { type, contentBytes };
		this.held = new Uint8Array(0);
		this.wantedBytes = Math.min(contentBytes, maxFieldsBytes);
		if (this.wantedBytes === 0) this.nextHeader(0);
	}

	private readFields(type: string, view: DataView): void {
		const isLong = view.byteLength > 0 && view.getUint8(0) === 1;
		if (type === 'tkhd') {
			this.trackUnits = Math.max(this.trackUnits, durationAt(view, isLong ? 28 : 20, isLong));
			return;
		}
		const timeScaleAt = isLong ? 20 : 12;
		if (view.byteLength < timeScaleAt + 4) return;
		const timeScale = view.getUint32(timeScaleAt);
		const units = durationAt(view, timeScaleAt + 4, isLong);
		if (type === 'mvhd') [this.timeScale, this.movieUnits] = [timeScale, units];
		else if (timeScale > 0) this.mediaSeconds = Math.max(this.mediaSeconds, units / timeScale);
	}

	private nextHeader(afterBytes: number): void {
		this.skippedBytes = afterBytes;
		this.held = new Uint8Array(0);
		this.wantedBytes = 8;
		this.box = undefined;
	}
}

/** A duration of 32 or 64 bits, or 0 where all bits are set, which stands for unknown, or where the box ends before it. */
function durationAt(view: DataView, at: number, isLong: boolean): number {
	if (view.byteLength < at + (isLong ? 8 : 4)) return 0;
	if (!isLong) return view.getUint32(at) === 2 ** 32 - 1 ? 0 : view.getUint32(at);
	const units = view.getBigUint64(at);
	return units === 2n ** 64n - 1n ? 0 : Number(units);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
	const all = new Uint8Array(first.length + second.length);
	all.set(first);
	all.set(second, first.length);
	return all;
}
