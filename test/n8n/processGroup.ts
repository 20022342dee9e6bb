import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

/** A detached child with everything that it started. */
export interface ProcessGroup {
	/** Resolves when the child has ended, with how it ended in words. */
	ended: Promise<string>;
	/**
	 * Ends the group with SIGTERM, and after 10 s with SIGKILL. Safe to call at any time and twice.
	 */
	stop(): Promise<void>;
	/**
	 * Ends the group with SIGKILL, as a crash does: it cannot say goodbye to anybody. Resolves when the
	 * child has ended.
	 */
	kill(): Promise<void>;
}

const patienceMs = 10_000;

function signalTo(processId: number, signal: NodeJS.Signals): void {
	try {
		process.kill(processId, signal);
	} catch (error) {
		// ESRCH and, for processes that ended but were not collected yet, EPERM: there is nothing left to
		// signal.
		const code = (error as NodeJS.ErrnoException).code ?? '';
		if (!['ESRCH', 'EPERM'].includes(code)) throw error;
	}
}

function endOf(child: ChildProcess): Promise<string> {
	return new Promise((resolve) => {
		child.once('error', (error) => resolve(error.message));
		child.once('exit', (code, signal) => {
			resolve(code === null ? `signal ${signal ?? 'unknown'}` : `code ${code}`);
		});
	});
}

/**
 * Watches over a child that was spawned detached; it is also ended when this process exits first.
 */
export function processGroupOf(child: ChildProcess): ProcessGroup {
	const ended = endOf(child);
	const processId = child.pid;
	if (processId === undefined) return { ended, stop: async () => {}, kill: async () => {} };
	const groupId = -processId;
	const endWithThisProcess = () => signalTo(groupId, 'SIGTERM');
	process.once('exit', endWithThisProcess);

	async function endGroup(leaderId: number): Promise<void> {
		if (child.exitCode === null && child.signalCode === null) signalTo(leaderId, 'SIGTERM');
		const patience = new AbortController();
		const outOfPatience = delay(patienceMs, undefined, { signal: patience.signal }).catch(() => {});
		await Promise.race([ended, outOfPatience]);
		patience.abort();
		signalTo(groupId, 'SIGKILL');
		await ended;
		process.off('exit', endWithThisProcess);
	}

	let stopping: Promise<void> | undefined;
	return {
		ended,
		stop: () => (stopping ??= endGroup(processId)),
		async kill() {
			signalTo(groupId, 'SIGKILL');
			await ended;
		},
	};
}
