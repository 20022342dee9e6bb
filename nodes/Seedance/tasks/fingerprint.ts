import { createHash } from 'crypto';

/** A text that is the same for the same value, as JSON has it. */
export function fingerprintOf(value: unknown): string {
	return createHash('sha256')
		.update(JSON.stringify(value) ?? '')
		.digest('hex');
}
