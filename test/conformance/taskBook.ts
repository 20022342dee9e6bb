import type { Task } from '../../nodes/Seedance/seedance/task';

/** Every task that this check created, or may have created, with a note on each. */
export interface TaskBook {
	/** Records that a task now exists. */
	add(taskId: string, note: string): void;
	/** Records a task as it was read. */
	see(task: Task): void;
	/** Records that a task's record is gone. */
	remove(taskId: string): void;
	/** The tasks whose records exist, with a note on each. */
	existing(): ReadonlyArray<{ readonly taskId: string; readonly note: string }>;
	/** The tokens of all tasks by their own answers, and how many of them said so. */
	usage(): { readonly tokens: number; readonly tasks: number };
}

export function createTaskBook(): TaskBook {
	const notes = new Map<string, string>();
	const tokens = new Map<string, number>();
	return {
		add: (taskId, note) => void notes.set(taskId, note),
		see({ taskId, status, totalTokens }) {
			if (notes.has(taskId)) notes.set(taskId, status);
			if (totalTokens !== undefined) tokens.set(taskId, totalTokens);
		},
		remove: (taskId) => void notes.delete(taskId),
		existing: () => [...notes].map(([taskId, note]) => ({ taskId, note })),
		usage: () => ({
			tokens: [...tokens.values()].reduce((sum, one) => sum + one, 0),
			tasks: tokens.size,
		}),
	};
}
