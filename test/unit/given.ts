import type { DurableSet } from '../../nodes/Seedance/n8n/durableSet';
import type { NodeStore } from '../../nodes/Seedance/n8n/nodeStore';
import type { TaskApi } from '../../nodes/Seedance/n8n/taskApi';
import type { WaitPolicy } from '../../nodes/Seedance/panel/wait';
import { SeedanceFailure, type FailureDetails } from '../../nodes/Seedance/seedance/failure';
import type { Task, TaskStatus } from '../../nodes/Seedance/seedance/task';

/** A failure with these details. */
export function failureOf(details: Partial<FailureDetails>): SeedanceFailure {
	return new SeedanceFailure({ kind: 'unexpectedStatus', ...details });
}

/** A create or a poll was refused because of its rate. */
export const throttled = (retryAfterMs?: number) =>
	failureOf({ kind: 'rateLimited', httpStatus: 429, retryAfterMs });

/** A create was refused because too many tasks are in flight. */
export const tooManyTasks = () => failureOf({ kind: 'limitReached', httpStatus: 429 });

/** The provider does not know the task. */
export const notFound = () => failureOf({ kind: 'taskNotFound', httpStatus: 404 });

/** The provider failed, and may not the next time. */
export const unavailable = () => failureOf({ kind: 'unexpectedStatus', httpStatus: 503 });

/** The provider refuses for good. */
export const forbidden = () => failureOf({ kind: 'notAllowed', httpStatus: 403 });

/** A task in a status; one that succeeded has a video. */
export function taskOf(taskId: string, status: TaskStatus, more: Partial<Task> = {}): Task {
	const video = status === 'succeeded' ? { videoUrl: `https://cdn.example/${taskId}.mp4` } : {};
	return { taskId, status, statusWord: status, raw: { id: taskId }, ...video, ...more };
}

/** A wait for a video, an hour long. */
export function policyOf(changes: Partial<WaitPolicy> = {}): WaitPolicy {
	return {
		...{ pollIntervalMs: undefined, maxWaitMs: 3_600_000, onTimeout: 'returnTask' },
		...{ cancelOnStop: false },
		...changes,
	};
}

/** Task calls of which a test expects only some. */
export function taskApiOf(calls: Partial<TaskApi>): TaskApi {
	const unexpected = async () => await Promise.reject(new TypeError('This call is not expected'));
	return {
		...{ createTask: unexpected, readTask: unexpected, pollTask: unexpected },
		...{ pollTasks: unexpected, listTasks: unexpected, deleteTask: unexpected },
		...calls,
	};
}

/** What n8n keeps for a node, in `kept`: it outlives the tries of the node. */
export function storeOf(
	kept: Record<string, Record<string, unknown>> = {},
	changes: Partial<NodeStore> = {},
): NodeStore {
	return {
		values: (key) => (kept[key] ??= {}),
		...{ isKept: true, place: 'i w n', runIndex: 0, executionId: '7', isRetryOfExecution: false },
		...{ isTool: false, retriesOnFail: true, credentialId: 'c-1' },
		beginning: () => [[{ row: 1 }]],
		...changes,
	};
}

/** A call of a {@link MemorySet}. */
export interface AskedOfSet {
	readonly kind: 'add' | 'remove' | 'lookUp' | 'replace';
	readonly texts: readonly string[];
}

/** The set of a node as n8n keeps it, in memory: it outlives processes, keeps a text in its place when it is added again, and drops the oldest above its limit. */
export class MemorySet implements DurableSet {
	/** The texts that are in it, oldest first. */
	texts: string[] = [];
	/** Every call so far. */
	readonly asked: AskedOfSet[] = [];
	readonly usage = { calls: 0, elapsedMs: 0 };
	/** Throws what n8n fails with. A look-up and a replacement are two calls of n8n: the second is of the kind `remove`. */
	onCall: (call: AskedOfSet) => void = () => {};

	constructor(private readonly maxEntries = Infinity) {}

	async add(texts: readonly string[]): Promise<ReadonlySet<string>> {
		this.asked.push({ kind: 'add', texts });
		return await this.record({ kind: 'add', texts });
	}

	async addConfirmed(texts: readonly string[]): Promise<ReadonlySet<string>> {
		return await this.add(texts);
	}

	async remove(texts: readonly string[]): Promise<void> {
		this.asked.push({ kind: 'remove', texts });
		await this.take(texts);
	}

	async replace(added: readonly string[], removed: readonly string[]): Promise<void> {
		this.asked.push({ kind: 'replace', texts: added });
		await this.record({ kind: 'replace', texts: added });
		await this.take(removed);
	}

	async lookUp(texts: readonly string[]): Promise<ReadonlySet<string>> {
		this.asked.push({ kind: 'lookUp', texts });
		const before = await this.record({ kind: 'lookUp', texts });
		await this.take(texts.filter((text) => !before.has(text)));
		return before;
	}

	private async record(call: AskedOfSet): Promise<ReadonlySet<string>> {
		await this.called(call);
		const before = new Set(call.texts.filter((text) => this.texts.includes(text)));
		this.texts.push(...new Set(call.texts.filter((text) => !before.has(text))));
		this.texts.splice(0, Math.max(0, this.texts.length - this.maxEntries));
		return before;
	}

	private async take(texts: readonly string[]): Promise<void> {
		if (texts.length === 0) return;
		await this.called({ kind: 'remove', texts });
		this.texts = this.texts.filter((text) => !texts.includes(text));
	}

	/** As in a database, what was asked before is done before. */
	private async called(call: AskedOfSet): Promise<void> {
		this.usage.calls++;
		await Promise.resolve();
		this.onCall(call);
	}
}
