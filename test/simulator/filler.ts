import { createHash } from 'node:crypto';

/** How many bytes are made at a time. */
const blockBytes = 64 * 1024;

/** The size of the number that each block ends with. */
const numberBytes = 4;

/**
 * Gives the bytes from the first to before the end of a file that begins with this head and goes on without an end:
 * what follows depends on the head alone, and no two blocks of it are the same.
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
