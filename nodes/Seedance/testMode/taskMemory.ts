/** What this process knows of a task, apart from what its ID and the clock say. */
export interface Remembered {
	readonly state: 'listed' | 'cancelled' | 'deleted';
	/** Of its create: too long for the ID of a task. */
	readonly safetyIdentifier?: string | undefined;
}

const maxRemembered = 1_000;

/**
 * The newest tasks of this process by their IDs, for the list and after a cancel or a delete. Nothing else is kept, and nothing of it is needed to read a task: another process, or this one after a restart, does not list it and finds it as its ID says.
 */
export class TaskMemory {
	private readonly tasks = new Map<string, Remembered>();

	get(id: string): Remembered | undefined {
		return this.tasks.get(id);
	}

	set(id: string, what: Remembered): void {
		this.tasks.set(id, what);
		const [oldest] = this.tasks.keys();
		if (this.tasks.size > maxRemembered && oldest !== undefined) this.tasks.delete(oldest);
	}

	ids(): string[] {
		return [...this.tasks.keys()];
	}
}
