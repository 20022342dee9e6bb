import type { LogLine } from '../engine/engine';

/** Shows what the node logs while it waits. */
export interface Progress {
	readonly onLog: (line: LogLine) => void;
	/** The tasks that were created so far. */
	readonly taskIds: readonly string[];
	/** Ends the running line. */
	end(): void;
}

/** Takes the stream to write to; on a terminal the last line counts the seconds, elsewhere each status is a line of its own. */
export function showProgress(stream: NodeJS.WriteStream): Progress {
	const startedAtMs = Date.now();
	const taskIds: string[] = [];
	const statuses: string[] = [];
	const seconds = () => `${Math.round((Date.now() - startedAtMs) / 1000)} s`;
	const line = () => `  ${statuses.join(' → ')}  ${seconds()}`;
	const draw = () => {
		if (stream.isTTY) stream.write(`\r${line()} `);
	};
	const timer = setInterval(draw, 1000);
	timer.unref();

	return {
		taskIds,
		onLog({ metadata: { taskId, status } }) {
			if (typeof taskId !== 'string') return;
			if (!taskIds.includes(taskId)) {
				taskIds.push(taskId);
				stream.write(`Task ${taskId} was created\n`);
			}
			if (typeof status !== 'string') return;
			statuses.push(status);
			if (stream.isTTY) draw();
			else stream.write(`${line()}\n`);
		},
		end() {
			clearInterval(timer);
			if (stream.isTTY && statuses.length > 0) stream.write('\n');
		},
	};
}
