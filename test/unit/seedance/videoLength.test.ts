import fc from 'fast-check';
import { createFile, MP4BoxBuffer } from 'mp4box';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLengthReader } from '../../../nodes/Seedance/seedance/videoLength';

const video = (name: string) => readFileSync(join(__dirname, 'videos', name));

function secondsOf(bytes: Uint8Array, chunkBytes: readonly number[] = [bytes.length]) {
	const reader = createLengthReader();
	let at = 0;
	for (let chunk = 0; at < bytes.length; chunk++) {
		const end = at + (chunkBytes[chunk % chunkBytes.length] ?? bytes.length);
		reader.add(bytes.subarray(at, end));
		at = end;
	}
	return reader.seconds();
}

function byMp4box(bytes: Uint8Array) {
	const file = createFile();
	let seconds: number | undefined;
	file.onReady = ({ duration, timescale, isFragmented }) => {
		seconds = isFragmented ? undefined : duration / timescale;
	};
	file.appendBuffer(MP4BoxBuffer.fromArrayBuffer(new Uint8Array(bytes).buffer, 0));
	file.flush();
	return seconds;
}

/** A box as bytes; the size has 32 bits, or 64. */
function box(type: string, content: Uint8Array, sizeBits: 32 | 64 = 32): Buffer {
	const header = Buffer.alloc(sizeBits === 32 ? 8 : 16);
	const size = header.length + content.length;
	header.writeUInt32BE(sizeBits === 32 ? size : 1, 0);
	header.write(type, 4, 'latin1');
	if (sizeBits === 64) header.writeBigUInt64BE(BigInt(size), 8);
	return Buffer.concat([header, content]);
}

function movieHeader(
	version: 0 | 1,
	timeScale: number,
	units: bigint,
	type: 'mvhd' | 'mdhd' = 'mvhd',
): Buffer {
	const content = Buffer.alloc(version === 0 ? 100 : 112);
	content.writeUInt8(version, 0);
	content.writeUInt32BE(timeScale, version === 0 ? 12 : 20);
	if (version === 0) content.writeUInt32BE(Number(units), 16);
	else content.writeBigUInt64BE(units, 24);
	return box(type, content);
}

/** A track of so many units of the movie. */
function track(version: 0 | 1, units: bigint): Buffer {
	const content = Buffer.alloc(version === 0 ? 84 : 96);
	content.writeUInt8(version, 0);
	if (version === 0) content.writeUInt32BE(Number(units), 20);
	else content.writeBigUInt64BE(units, 28);
	return box('trak', box('tkhd', content));
}

function fragmentsHeader(version: 0 | 1, units: bigint): Buffer {
	const content = Buffer.alloc(version === 0 ? 8 : 12);
	content.writeUInt8(version, 0);
	if (version === 0) content.writeUInt32BE(Number(units), 4);
	else content.writeBigUInt64BE(units, 4);
	return box('mvex', box('mehd', content));
}

const media = box('mdat', Buffer.alloc(5_000, 'moov'));
const movie = (...content: readonly Buffer[]) =>
	Buffer.concat([box('ftyp', Buffer.from('isom')), media, box('moov', Buffer.concat(content))]);

test.each([
	['first.mp4', 2.5],
	['last.mp4', 7.4],
	['last.mov', 4],
])('%s: the length is that of another parser', (name, seconds) => {
	expect(secondsOf(video(name))).toBeCloseTo(seconds, 2);
	expect(secondsOf(video(name))).toBe(byMp4box(video(name)));
});

test.each(['fragmented.mp4', 'fragmentedLater.mp4'])('%s does not tell its length', (name) => {
	expect(secondsOf(video(name))).toBeUndefined();
});

test('the length does not depend on how the bytes are cut', () => {
	const files = ['first.mp4', 'last.mp4', 'last.mov', 'fragmentedLater.mp4'].map(video);
	const chunks = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 20 });
	fc.assert(
		fc.property(fc.constantFrom(...files), chunks, (bytes, chunkBytes) => {
			expect(secondsOf(bytes, chunkBytes)).toBe(secondsOf(bytes));
		}),
		{ seed: 20_261_128, numRuns: 200 },
	);
});

test.each([
	['a header of version 0', movie(movieHeader(0, 600, 4_500n)), 7.5],
	['a header of version 1', movie(movieHeader(1, 90_000, 2n ** 33n)), 2 ** 33 / 90_000],
	[
		'a box with a size of 64 bits',
		Buffer.concat([box('mdat', Buffer.alloc(9), 64), movie(movieHeader(0, 10, 50n))]),
		5,
	],
	[
		'a box of size 0 before the movie',
		Buffer.concat([Buffer.from('\0\0\0\0free', 'latin1'), movie(movieHeader(0, 10, 50n))]),
		undefined,
	],
	['an unknown duration of 32 bits', movie(movieHeader(0, 600, 2n ** 32n - 1n)), undefined],
	['an unknown duration of 64 bits', movie(movieHeader(1, 600, 2n ** 64n - 1n)), undefined],
	['a duration of 0', movie(movieHeader(0, 600, 0n)), undefined],
	['a time scale of 0', movie(movieHeader(0, 0, 600n)), undefined],
	[
		'a track that is longer than the movie says',
		movie(movieHeader(0, 10, 10n), track(0, 120n)),
		12,
	],
	['such a track with 64 bits', movie(movieHeader(0, 10, 10n), track(1, 120n)), 12],
	[
		'media that is longer than the movie says',
		movie(movieHeader(0, 10, 10n), box('trak', box('mdia', movieHeader(0, 600, 7_200n, 'mdhd')))),
		12,
	],
	['two movies', Buffer.concat([1, 2].map(() => movie(movieHeader(0, 10, 10n)))), undefined],
	['two headers of the movie', movie(movieHeader(0, 10, 90n), movieHeader(0, 10, 10n)), undefined],
	[
		'a header outside the movie, besides its own',
		Buffer.concat([movie(movieHeader(0, 10, 90n)), movieHeader(0, 10, 10n)]),
		undefined,
	],
	[
		'fragments with a length',
		movie(movieHeader(0, 600, 600n), fragmentsHeader(0, 3_000n)),
		undefined,
	],
	[
		'fragments without a length, after a movie with one',
		Buffer.concat([movie(movieHeader(0, 600, 600n)), box('moof', Buffer.alloc(8))]),
		undefined,
	],
	['a size that no box can have', Buffer.from('\0\0\0\x04moov', 'latin1'), undefined],
	['a header that is cut off', movie(movieHeader(0, 600, 600n)).subarray(0, -90), undefined],
	['no bytes', Buffer.alloc(0), undefined],
	['an image', readFileSync(join(__dirname, '../../simulator/media/lastFrame.png')), undefined],
])('%s', (_name, bytes, seconds) => {
	expect(secondsOf(bytes)).toBe(seconds);
	expect(secondsOf(bytes, [1])).toBe(seconds);
});

test('any bytes leave the reader alive', () => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
			const seconds = secondsOf(Buffer.concat([box('moov', bytes), bytes]), [7]);
			expect(seconds === undefined || seconds > 0).toBe(true);
		}),
		{ seed: 20_261_128, numRuns: 500 },
	);
});
