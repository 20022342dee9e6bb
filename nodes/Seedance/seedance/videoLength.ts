/*
 * A file in the form of ISO/IEC 14496-12 is a row of boxes: a size, a type, and content, which may be boxes again.
 *
 *   header ──moov, mvex──▶ header                      what they contain follows at once
 *     ├──mvhd, mehd──▶ fields ──▶ rest ──▶ header      their fields are kept
 *     ├──any other──▶ rest ──▶ header                  their content passes unread
 *     └──a size that no box can have──▶ unreadable     nothing more is read
 */

/** Reads the length of a video while its bytes pass, and keeps none of them. */
export interface LengthReader {
	add(chunk: Uint8Array): void;
	/** In seconds, from what has passed; undefined where the file does not tell. */
	seconds(): number | undefined;
}

const containers = ['moov', 'mvex'];
/** The longest fields that are read: version and flags, two times, time scale and duration of an mvhd of version 1. */
const maxFieldsBytes = 32;

/** A reader of MP4 and MOV files. Source: ISO/IEC 14496-12, Box, MovieHeaderBox, MovieExtendsHeaderBox; Apple QuickTime File Format (the same boxes). */
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
	private timeScale: number | undefined;
	/** In units of the time scale; 0 where the file does not tell. */
	private movieUnits = 0;
	private fragmentUnits = 0;
	private isFragmented = false;

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
		// The movie header of a fragmented file counts the first fragment at most.
		const units = this.isFragmented ? this.fragmentUnits : this.movieUnits;
		if (this.timeScale === undefined || this.timeScale === 0 || units === 0) return undefined;
		return units / this.timeScale;
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
		if (type === 'mvex' || type === 'moof') this.isFragmented = true;
		if (containers.includes(type)) return this.nextHeader(0);
		if (type !== 'mvhd' && type !== 'mehd') return this.nextHeader(contentBytes);
		this.box = { type, contentBytes };
		this.held = new Uint8Array(0);
		this.wantedBytes = Math.min(contentBytes, maxFieldsBytes);
		if (this.wantedBytes === 0) this.nextHeader(0);
	}

	private readFields(type: string, view: DataView): void {
		const isLong = view.byteLength > 0 && view.getUint8(0) === 1;
		if (type === 'mehd') {
			this.fragmentUnits = durationAt(view, 4, isLong);
			return;
		}
		const timeScaleAt = isLong ? 20 : 12;
		if (view.byteLength < timeScaleAt + 4) return;
		this.timeScale = view.getUint32(timeScaleAt);
		this.movieUnits = durationAt(view, timeScaleAt + 4, isLong);
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
