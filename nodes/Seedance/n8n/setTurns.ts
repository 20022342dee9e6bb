/** Resolves after this many milliseconds. */
export type Pause = (ms: number) => Promise<void>;

/** n8n's calls. */
export interface Row {
	/** Adds texts. Returns those that were there before. */
	record(texts: readonly string[]): Promise<ReadonlySet<string>>;
	remove(texts: readonly string[]): Promise<void>;
}

/** One call, with the turn of its node. */
export interface Call {
	readonly kind: 'add' | 'remove' | 'replace' | 'lookUp' | 'check';
	readonly texts: readonly string[];
	/** Of `replace`. */
	readonly removed: readonly string[];
	/** Whether it resolves only when its texts were seen again. */
	readonly isConfirmed?: boolean;
	readonly row: Row;
	readonly pause: Pause;
	readonly resolve: (before: ReadonlySet<string>) => void;
	readonly reject: (error: unknown) => void;
}

/*
 * n8n reads and writes the whole set without a lock. Calls of one process take turns. Another process can still write what it read before a text was added, and the text is lost:
 *
 *   added ──still there at the next check──▶ confirmed
 *     ▲  └──lost──▶ added again──┐
 *     └──────────────────────────┘
 *   removed ──the next check──▶ removed once more
 *
 * Whether a removal is lost cannot be asked, and what comes back would be a fact that nobody has recorded.
 */

/** Texts that are looked for at once; n8n records them for that moment. */
const maxTextsAtOnce = 2_000;
/** Least time until what was added is checked. A write of another process that has read before takes less: about as long as a call of this one. */
const checkPauseMs = 100;
/** Part that is added by chance: two processes that check at the same moments would lose texts of each other every time. */
const checkJitter = 0.5;
/** Checks after which a caller no longer waits. */
const maxChecks = 20;

/** A call that waits until its texts were seen again. */
interface Waiting {
	readonly call: Call;
	readonly before: ReadonlySet<string>;
	checks: number;
}

/** What this process has open, by workflow and node. */
const places = new Map<string, Place>();

/** Makes the call when those before it are done; calls for another place do not wait. */
export function takeTurn(name: string, call: Call): void {
	const place = places.get(name) ?? new Place(() => places.delete(name));
	places.set(name, place);
	place.take(call);
}

/** The set of one node in this process. */
class Place {
	/** Calls that wait for their turn. */
	private readonly calls: Call[] = [];
	/** Texts that were added since the last check, and those that were added before it. */
	private recent = new Set<string>();
	private unchecked = new Set<string>();
	/** Texts that were removed since the last check, and those that were removed before it. */
	private removed = new Set<string>();
	private removedBefore = new Set<string>();
	private waiting: Waiting[] = [];
	private lastCallMs = 0;
	private isChecking = false;
	private isDraining = false;

	constructor(private readonly onEnd: () => void) {}

	take(call: Call): void {
		this.calls.push(call);
		if (!this.isDraining) void this.drain();
	}

	/** One call after the other; those that add and wait together become one. */
	private async drain(): Promise<void> {
		const { calls } = this;
		this.isDraining = true;
		for (let first = calls.shift(); first !== undefined; first = calls.shift()) {
			const batch = [first];
			const startedAtMs = performance.now();
			while (first.kind === 'add' && calls[0]?.kind === 'add') batch.push(...calls.splice(0, 1));
			try {
				await this.run(first, batch);
			} catch (error) {
				for (const { reject } of batch) reject(error);
			}
			this.lastCallMs = performance.now() - startedAtMs;
			if (!this.isChecking && this.isAnyToCheck()) void this.check(first);
		}
		this.isDraining = false;
		if (!this.isChecking) this.onEnd();
	}

	private async run(call: Call, batch: readonly Call[]): Promise<void> {
		const { kind, texts, removed, row, resolve } = call;
		if (kind === 'add') return await this.add(row, batch);
		if (kind === 'lookUp') return resolve(await this.lookUp(row, texts));
		if (kind === 'check') return resolve(await this.checkOnce(row));
		if (kind === 'replace') this.noteAdded(texts, await row.record(texts));
		const gone = kind === 'replace' ? removed : texts;
		for (const text of gone) {
			this.recent.delete(text);
			this.unchecked.delete(text);
		}
		this.answerConfirmed();
		await this.remove(row, gone);
		this.answer(call, new Set());
	}

	/** What one call of the batch has added is there before for the next. */
	private async add(row: Row, batch: readonly Call[]): Promise<void> {
		const texts = [...new Set(batch.flatMap((call) => call.texts))];
		const there = new Set(await row.record(texts));
		this.noteAdded(texts, there);
		for (const call of batch) {
			this.answer(call, new Set(call.texts.filter((text) => there.has(text))));
			for (const text of call.texts) there.add(text);
		}
	}

	private noteAdded(texts: readonly string[], there: ReadonlySet<string>): void {
		for (const text of texts) {
			if (!there.has(text)) this.recent.add(text);
			this.removed.delete(text);
			this.removedBefore.delete(text);
		}
	}

	private async remove(row: Row, texts: readonly string[]): Promise<void> {
		await row.remove(texts);
		for (const text of texts) this.removed.add(text);
	}

	private async lookUp(row: Row, texts: readonly string[]): Promise<ReadonlySet<string>> {
		const found = new Set<string>();
		for (let first = 0; first < texts.length; first += maxTextsAtOnce) {
			const some = texts.slice(first, first + maxTextsAtOnce);
			const before = await row.record(some);
			await this.remove(
				row,
				some.filter((text) => !before.has(text)),
			);
			for (const text of before) found.add(text);
		}
		return found;
	}

	private isAnyToCheck(): boolean {
		return this.recent.size + this.removed.size > 0;
	}

	private answer(call: Call, before: ReadonlySet<string>): void {
		if (call.isConfirmed !== true) return call.resolve(before);
		this.waiting.push({ call, before, checks: 0 });
		this.answerConfirmed();
	}

	private answerConfirmed(): void {
		this.waiting = this.waiting.filter(({ call, before, checks }) => {
			const isOpen = checks < maxChecks && call.texts.some((text) => this.isOpen(text));
			if (!isOpen) call.resolve(before);
			return isOpen;
		});
	}

	private isOpen(text: string): boolean {
		return this.recent.has(text) || this.unchecked.has(text);
	}

	/** Checks what was added until all of it has been seen again, and removes once more what was removed. */
	private async check({ row, pause }: Call): Promise<void> {
		this.isChecking = true;
		while (this.isAnyToCheck()) {
			this.unchecked = this.recent;
			this.recent = new Set();
			this.removedBefore = this.removed;
			this.removed = new Set();
			const leastMs = Math.max(checkPauseMs, 2 * this.lastCallMs);
			await pause(leastMs * (1 + Math.random() * checkJitter));
			await new Promise<unknown>((resolve) => {
				const reject = (error: unknown) => resolve(this.checkFailed(error));
				this.take({ kind: 'check', texts: [], removed: [], row, pause, resolve, reject });
			});
		}
		this.isChecking = false;
		if (!this.isDraining) this.onEnd();
	}

	/** Adds what was lost again. */
	private async checkOnce(row: Row): Promise<ReadonlySet<string>> {
		const texts = [...this.unchecked];
		const there = texts.length === 0 ? new Set<string>() : await row.record(texts);
		this.unchecked.clear();
		this.noteAdded(texts, there);
		for (const one of this.waiting) one.checks++;
		this.answerConfirmed();
		await row.remove([...this.removedBefore]);
		return there;
	}

	/** A database that fails now has everything that it took before; only who waits for that is told. */
	private checkFailed(error: unknown): void {
		const failed = this.waiting.filter(({ call }) =>
			call.texts.some((text) => this.unchecked.has(text)),
		);
		this.waiting = this.waiting.filter((one) => !failed.includes(one));
		this.unchecked.clear();
		for (const { call } of failed) call.reject(error);
	}
}
