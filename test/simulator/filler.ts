import { createHash } from 'node:crypto';

/** How many bytes are made at a time. */
const blockBytes = 64 * 1024;

/** The size of the number at the end of each block. */
const numberBytes = 4;

/**
 * Returns a byte range of an endless file that starts with this head. The end is exclusive.
 * The bytes after the head depend on the head alone, and no two blocks of them are the same.
 */
export function* fillerBytes(head: Buffer, first: number, end: number): Generator<Buffer> {
	if (first < head.length && first < end) yield head.subarray(first, Math.min(end, head.length));
	const pattern = createHash('sha256').update(head).digest();
	let position = Math.max(first, head.length) - head.length;
	const endPosition = end - head.length;
	while (position < endPosition) {
		const index = Math.floor(position / blockBytes);
		const blockStart = index * blockBytes;
		const block = Buffer.alloc(blockBytes, pattern);
		block.writeUInt32BE(index, block.length - numberBytes);
		yield block.subarray(position - blockStart, Math.min(endPosition - blockStart, blockBytes));
		position = blockStart + blockBytes;
	}
}
