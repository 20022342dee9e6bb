import type { LogLine } from '../engine/engine';

/** Shows what the node logs while it waits. */
export interface Progress {
	readonly onLog: (line: LogLine) => void;
	/** The tasks created so far. */
	readonly taskIds: readonly string[];
	/** Ends the running line. */
	end(): void;
}

const barWidth = 20;

/** Shows the progress of the items. One item shows its statuses; several show how many are in each. On a terminal the last line counts the seconds. Elsewhere each change is a line. */
export function showProgress(stream: NodeJS.WriteStream, items = 1): Progress {
	const startedAtMs = Date.now();
	const statusOf = new Map<string, string>();
	const statuses: string[] = [];
	const seconds = () => `${Math.round((Date.now() - startedAtMs) / 1000)} s`;
	const line = () =>
		`  ${items === 1 ? statuses.join(' → ') : counts(statusOf, items)}  ${seconds()}`;
	const draw = () => {
		if (stream.isTTY) stream.write(`\r${line()} `);
	};
	const timer = setInterval(draw, 1000);
	timer.unref();

	return {
		get taskIds() {
			return [...statusOf.keys()];
		},
		onLog({ metadata: { taskId, status } }) {
			if (typeof taskId !== 'string') return;
			const isNew = !statusOf.has(taskId);
			if (isNew && items === 1) stream.write(`Task ${taskId} was created\n`);
			if (isNew) statusOf.set(taskId, 'created');
			if (typeof status === 'string') {
				statuses.push(status);
				statusOf.set(taskId, status);
			} else if (items === 1) return;
			if (stream.isTTY) draw();
			else stream.write(`${line()}\n`);
		},
		end() {
			clearInterval(timer);
			if (stream.isTTY && statusOf.size > 0) stream.write('\n');
		},
	};
}

/** Such as `[#####...............] 12 of 50 done, 10 running, 28 not created`. */
function counts(statusOf: ReadonlyMap<string, string>, items: number): string {
	const tasks = [...statusOf.values()];
	const waiting = ['created', 'queued', 'running'];
	const done = tasks.filter((status) => !waiting.includes(status)).length;
	const filled = Math.round((done / items) * barWidth);
	const parts = waiting
		.map((status) => [tasks.filter((one) => one === status).length, status] as const)
		.filter(([count]) => count > 0)
		.map(([count, status]) => `, ${count} ${status}`);
	const left = items - tasks.length;
	return `[${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}] ${done} of ${items} done${parts.join('')}${left > 0 ? `, ${left} not created` : ''}`;
}
