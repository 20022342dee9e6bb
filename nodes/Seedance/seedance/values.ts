import { z } from 'zod';

/** An ID in an answer: a text or a number, without blanks around it. Anything else counts as absent. */
export const idText = z
	.union([z.string().trim().min(1), z.number().transform(String)])
	.optional()
	.catch(undefined);

/** The members that have a value; `false`, `0` and `-1` are values. */
export function withoutUndefined<Value>(
	members: Readonly<Record<string, Value | undefined>>,
): Record<string, Value> {
	return Object.fromEntries(
		Object.entries(members).filter((entry): entry is [string, Value] => entry[1] !== undefined),
	);
}

/** An amount to the sixth decimal: sums and products of decimals are not exact in floating point. */
export function withoutNoise(amount: number): number {
	return Math.round(amount * 1e6) / 1e6;
}
