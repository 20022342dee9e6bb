/** Which tasks a run has and asks for, and which of them the provider calls by the same ID: some gateways answer with an ID of their own. */
export class TaskIds {
	private readonly known = new Set<string>();
	private readonly named = new Set<string>();

	/** Notes tasks that are asked for. */
	note(taskIds: readonly string[]): void {
		for (const taskId of taskIds) this.known.add(taskId);
	}

	/** Notes the task of a create; false where the run already has or asks for it. */
	takeNew(taskId: string): boolean {
		if (this.known.has(taskId)) return false;
		this.known.add(taskId);
		return true;
	}

	/** Whether an answer that has these IDs is certainly that of another task. */
	isForeign(taskId: string, answeredIds: readonly string[]): boolean {
		if (answeredIds.includes(taskId)) {
			this.named.add(taskId);
			return false;
		}
		if (answeredIds.length === 0) return false;
		return this.named.has(taskId) || answeredIds.some((answered) => this.known.has(answered));
	}
}
