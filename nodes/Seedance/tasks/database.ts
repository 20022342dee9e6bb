import type { DurableSet } from '../n8n/durableSet';
import { SeedanceFailure, toFailure } from '../seedance/failure';

/** Calls that fail in a row until the database is no longer called. */
const maxFailuresInARow = 3;

/** The durable set of a run, which may fail, or may not be there at all. */
export class Database {
	private set: DurableSet | undefined;
	private readonly isOffered: boolean;
	private isToldMissing = false;
	private failuresInARow = 0;
	private hasWorked = false;
	private readonly open = new Set<Promise<unknown>>();

	/** `onFailure` is told why something is not recorded. */
	constructor(
		set: DurableSet | undefined,
		private readonly onFailure: (reason: string) => void,
	) {
		this.set = set;
		this.isOffered = set !== undefined;
	}

	/** Undefined when the database cannot be used. With `isRequired`, a call that fails throws a SeedanceFailure of kind `ledgerUnreadable` instead. */
	async attempt<Result>(
		call: (set: DurableSet) => Promise<Result>,
		isRequired = false,
	): Promise<Result | undefined> {
		const { set } = this;
		if (set === undefined) return this.unavailable(isRequired);
		try {
			const result = await call(set);
			this.failuresInARow = 0;
			this.hasWorked = true;
			return result;
		} catch (error) {
			this.noteFailure(String(toFailure(error).values['message']));
			return this.unavailable(isRequired);
		}
	}

	/** A call that nobody waits for. */
	later(write: (set: DurableSet) => Promise<unknown>): void {
		const done = this.attempt(write).finally(() => this.open.delete(done));
		this.open.add(done);
	}

	/** Resolves when everything is written, to what that has cost. */
	async settled(): Promise<DurableSet['usage']> {
		await Promise.all(this.open);
		return this.set?.usage ?? { calls: 0, elapsedMs: 0 };
	}

	private unavailable(isRequired: boolean): undefined {
		if (isRequired && this.isOffered) throw new SeedanceFailure({ kind: 'ledgerUnreadable' });
		if (!this.isOffered && !this.isToldMissing) this.onFailure('n8n does not offer it here');
		this.isToldMissing = true;
		return undefined;
	}

	/** A database that has never worked does not begin to, and one that failed once may work again. */
	private noteFailure(reason: string): void {
		this.onFailure(reason);
		this.failuresInARow++;
		if (!this.hasWorked || this.failuresInARow >= maxFailuresInARow) this.set = undefined;
	}
}
