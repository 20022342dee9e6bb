import type { Task } from '../../nodes/Seedance/seedance/task';

/** Every task that this check made, or may have made, and what is known of it. */
export interface TaskBook {
	/** Takes the id of a task that exists from now on. */
	add(taskId: string, note: string): void;
	/** Takes a task as it was read. */
	see(task: Task): void;
	/** Takes the id of a task whose record is gone. */
	remove(taskId: string): void;
	/** The tasks whose records exist, each with what is known of it. */
	existing(): ReadonlyArray<{ readonly taskId: string; readonly note: string }>;
	/** The tokens of all tasks by their own answers, and how many of them said so. */
	usage(): { readonly tokens: number; readonly tasks: number };
}

/** Gives an empty book. */
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
