import { createHash } from 'node:crypto';

/** Draws of one seed. Each depends on its name alone, so that it repeats although requests arrive in another order in every run. */
export class Draw {
	constructor(private readonly seed: number) {}

	/** From 0 to below 1. */
	share(name: string): number {
		const hash = createHash('sha256').update(`${this.seed} ${name}`).digest();
		return hash.readUInt32BE() / 2 ** 32;
	}

	/** A whole number, both ends included. */
	between(min: number, max: number, name: string): number {
		return min + Math.floor(this.share(name) * (max - min + 1));
	}

	/** The numbers from 0 to below the count, in an order of this name. */
	shuffled(count: number, name: string): number[] {
		return Array.from({ length: count }, (_, number) => number)
			.map((number) => ({ number, share: this.share(`${name} ${number}`) }))
			.sort((first, second) => first.share - second.share)
			.map(({ number }) => number);
	}

	/** Hexadecimal digits, at most 64. */
	hex(digits: number, name: string): string {
		const hash = createHash('sha256').update(`${this.seed} ${name}`).digest('hex');
		return hash.slice(0, digits);
	}
}
