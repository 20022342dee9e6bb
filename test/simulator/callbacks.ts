import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { SimulatedTask, TaskStatus } from './task';

/** One attempt to report a task's status to a callback URL. */
export interface CallbackAttempt {
	/** When it was sent, in milliseconds of the simulator's clock. */
	readonly at: number;
	readonly url: string;
	readonly body: Readonly<Record<string, unknown>>;
	/** The HTTP status of the answer. Undefined without one. */
	readonly status: number | undefined;
}

/** What callbacks are made of. */
export interface CallbackSource {
	readonly now: () => number;
	/** The current state of a task, or undefined if it was deleted. */
	find(id: string): SimulatedTask | undefined;
	describe(task: SimulatedTask): Record<string, unknown>;
}

/** How long an answer may be outstanding, and then how long until the next attempt, in milliseconds. Source: PowerTokens create reference, callback_url. */
const acknowledgeMs = 5_000;

/** How often one that counts is sent again. Source: PowerTokens create reference, callback_url. */
const retryCount = 3;
const retriedStatuses: readonly TaskStatus[] = ['succeeded', 'failed'];

/** How often a task is polled, in milliseconds of real time: a test can move its clock without notice. */
const lookMs = 20;

/** Sends tasks to their callback URLs when their status changes. Source: PowerTokens create reference, callback_url. */
export class CallbackSender {
	/** Every attempt whose answer has come or is given up, oldest first. */
	readonly attempts: CallbackAttempt[] = [];
	private readonly stopping = new AbortController();

	constructor(private readonly source: CallbackSource) {
		// Each task that is followed listens to it.
		setMaxListeners(0, this.stopping.signal);
	}

	/** Follows a task to its end if its callback URL is on this machine. The simulator calls no other URLs. */
	follow({ id, callbackUrl }: SimulatedTask): void {
		if (callbackUrl === undefined || !isLoopback(new URL(callbackUrl))) return;
		// It ends early only when the simulator stops.
		this.sendAll(id, callbackUrl).catch(() => undefined);
	}

	/** Aborts all attempts in flight. */
	stop(): void {
		this.stopping.abort();
	}

	private async sendAll(id: string, url: string): Promise<void> {
		let sent: TaskStatus | undefined;
		for (;;) {
			const task = this.source.find(id);
			if (task === undefined || task.status === 'cancelled') return;
			for (const moment of momentsAfter(task, sent)) {
				sent = moment.status;
				await this.send(url, moment);
			}
			if (task.endedMs !== undefined) return;
			await delay(lookMs, undefined, { signal: this.stopping.signal });
		}
	}

	private async send(url: string, task: SimulatedTask): Promise<void> {
		const body = this.source.describe(task);
		const attemptCount = retriedStatuses.includes(task.status) ? 1 + retryCount : 1;
		for (let attempt = 1; attempt <= attemptCount; attempt++) {
			const turn = delay(acknowledgeMs, undefined, { signal: this.stopping.signal });
			turn.catch(() => undefined);
			if (await this.isAcknowledged(url, body)) return;
			if (attempt < attemptCount) await turn;
		}
	}

	private async isAcknowledged(url: string, body: Record<string, unknown>): Promise<boolean> {
		const at = this.source.now();
		let status: number | undefined;
		try {
			const answer = await fetch(url, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify(body),
				redirect: 'manual',
				signal: AbortSignal.any([AbortSignal.timeout(acknowledgeMs), this.stopping.signal]),
			});
			status = answer.status;
			await answer.body?.cancel();
		} catch {
			this.stopping.signal.throwIfAborted();
		}
		this.attempts.push({ at, url, body, status });
		return status !== undefined && status >= 200 && status < 300;
	}
}

function isLoopback({ hostname }: URL): boolean {
	return ['localhost', '[::1]'].includes(hostname) || /^127(\.\d+){3}$/.test(hostname);
}

/** The task at each change of status since the last one that was reported. */
function momentsAfter(task: SimulatedTask, told: TaskStatus | undefined): SimulatedTask[] {
	const queued = { ...task, status: 'queued', startedMs: undefined, endedMs: undefined } as const;
	const running = { ...task, status: 'running', endedMs: undefined } as const;
	const moments: SimulatedTask[] = [
		queued,
		...(task.startedMs === undefined ? [] : [running]),
		...(task.endedMs === undefined ? [] : [task]),
	];
	return moments.slice(moments.findIndex(({ status }) => status === told) + 1);
}
