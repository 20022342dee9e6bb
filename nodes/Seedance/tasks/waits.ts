import type { Polled, Wait } from './polled';

/** The waits of a loop, in the order in which they began. Several may be for the same id. */
export class Waits<Seen> {
	private readonly all = new Set<Wait<Seen>>();
	private readonly byId = new Map<string, Set<Wait<Seen>>>();

	get size(): number {
		return this.all.size;
	}

	[Symbol.iterator](): Iterator<Wait<Seen>> {
		return this.all.values();
	}

	has(wait: Wait<Seen>): boolean {
		return this.all.has(wait);
	}

	add(wait: Wait<Seen>): void {
		const { id } = wait.polled;
		this.all.add(wait);
		this.byId.set(id, (this.byId.get(id) ?? new Set()).add(wait));
	}

	delete(wait: Wait<Seen>): void {
		const { id } = wait.polled;
		this.all.delete(wait);
		const ofId = this.byId.get(id);
		ofId?.delete(wait);
		if (ofId?.size === 0) this.byId.delete(id);
	}

	clear(): void {
		this.all.clear();
		this.byId.clear();
	}

	/** Whether one of the idle waits for an id has a property. */
	isAny(id: string, hasIt: (polled: Polled<Seen>) => boolean): boolean {
		return this.idle(id).some(({ polled }) => hasIt(polled));
	}

	/** The idle waits for these ids, which are in flight from now on. */
	takeOut(ids: readonly string[]): Map<string, Array<Wait<Seen>>> {
		const open = new Map<string, Array<Wait<Seen>>>();
		for (const id of ids) {
			const waits = this.idle(id);
			for (const wait of waits) wait.isInFlight = true;
			open.set(id, waits);
		}
		return open;
	}

	private idle(id: string): Array<Wait<Seen>> {
		return [...(this.byId.get(id) ?? [])].filter(({ isInFlight }) => !isInFlight);
	}
}
