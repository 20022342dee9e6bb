/** What the headers of one part of a multipart body say; the file name is undefined where the part is no file. */
export interface PartHeaders {
	readonly name: string;
	readonly fileName: string | undefined;
	readonly contentType: string | undefined;
}

/** Takes the content of one part, piece by piece. */
export type PartConsumer = (piece: Buffer) => void;

/** Says that a body is not the multipart/form-data that it claims to be. */
export class MultipartError extends Error {}

/** The most that is kept of the headers of a part while their end has not come. */
const headerLimitBytes = 16 * 1024;

const lineBreak = Buffer.from('\r\n');
const headerEnd = Buffer.from('\r\n\r\n');

/** Gives the boundary that a Content-Type names; throws for another type. Source: RFC 7578, section 4.1; RFC 2046, section 5.1.1. */
export function readBoundary(contentType: string | undefined): string {
	const [, quoted, plain] =
		/^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(
			contentType ?? '',
		) ?? [];
	const boundary = quoted ?? plain;
	if (boundary === undefined) throw new MultipartError('Content-Type names no boundary');
	return boundary;
}

/** Reads multipart/form-data as it arrives and keeps no more of it than a delimiter can span. Source: RFC 2046, section 5.1.1. */
export class MultipartReader {
	private readonly delimiter: Buffer;
	/** What has arrived and was not passed on; it begins as the line break that a first delimiter lacks. */
	private pending: Buffer = lineBreak;
	private state: 'preamble' | 'delimiter' | 'headers' | 'content' | 'epilogue' = 'preamble';
	private consume: PartConsumer = () => undefined;

	constructor(
		boundary: string,
		private readonly onPart: (headers: PartHeaders) => PartConsumer,
	) {
		this.delimiter = Buffer.from(`\r\n--${boundary}`);
	}

	/** Takes the next bytes of the body. */
	write(bytes: Buffer): void {
		this.pending = this.pending.length === 0 ? bytes : Buffer.concat([this.pending, bytes]);
		while (this.advance());
	}

	/** Tells that the body has ended; throws where it ended too early. */
	end(): void {
		if (this.state !== 'epilogue') throw new MultipartError('The body ends within a part');
	}

	/** Does one step and tells whether another is possible without more bytes. */
	private advance(): boolean {
		switch (this.state) {
			case 'preamble':
			case 'content':
				return this.readContent();
			case 'delimiter':
				return this.readDelimiterEnd();
			case 'headers':
				return this.readHeaders();
			case 'epilogue':
				this.pending = Buffer.alloc(0);
				return false;
		}
	}

	private readContent(): boolean {
		const end = this.pending.indexOf(this.delimiter);
		if (end !== -1) {
			this.pass(end);
			this.pending = this.pending.subarray(this.delimiter.length);
			this.state = 'delimiter';
			return true;
		}
		// The last bytes may be the beginning of a delimiter.
		this.pass(this.pending.length - this.delimiter.length + 1);
		return false;
	}

	private pass(byteCount: number): void {
		if (byteCount <= 0) return;
		if (this.state === 'content') this.consume(this.pending.subarray(0, byteCount));
		this.pending = this.pending.subarray(byteCount);
	}

	private readDelimiterEnd(): boolean {
		if (this.pending.length < 2) return false;
		const isLast = this.pending.toString('latin1', 0, 2) === '--';
		if (!isLast && this.pending.indexOf(lineBreak) !== 0) {
			throw new MultipartError('A boundary is followed by something else than a line break');
		}
		// The line break stays: the headers may end with it at once.
		if (isLast) this.pending = this.pending.subarray(2);
		this.state = isLast ? 'epilogue' : 'headers';
		return true;
	}

	private readHeaders(): boolean {
		const end = this.pending.indexOf(headerEnd);
		if (end === -1 || end > headerLimitBytes) {
			if (this.pending.length <= headerLimitBytes) return false;
			throw new MultipartError('The headers of a part are too long');
		}
		this.consume = this.onPart(readPartHeaders(this.pending.toString('utf8', 0, end)));
		this.pending = this.pending.subarray(end + headerEnd.length);
		this.state = 'content';
		return true;
	}
}

/** Source: RFC 7578, section 4.2; WHATWG HTML, multipart/form-data encoding algorithm (%22, %0D, %0A in names). */
function readPartHeaders(text: string): PartHeaders {
	const disposition = headerOf(text, 'content-disposition') ?? '';
	const name = parameterOf(disposition, 'name');
	if (!/^form-data\b/i.test(disposition) || name === undefined) {
		throw new MultipartError('A part has no name');
	}
	return {
		name,
		fileName: parameterOf(disposition, 'filename'),
		contentType: headerOf(text, 'content-type'),
	};
}

function headerOf(text: string, name: string): string | undefined {
	return new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*$`, 'im').exec(text)?.[1];
}

function parameterOf(disposition: string, name: string): string | undefined {
	const [, quoted, plain] =
		new RegExp(`;\\s*${name}=(?:"((?:\\\\"|[^"])*)"|([^\\s;"]+))`, 'i').exec(disposition) ?? [];
	const value = quoted?.replaceAll('\\"', '"') ?? plain;
	return value?.replaceAll('%22', '"').replaceAll('%0D', '\r').replaceAll('%0A', '\n');
}
