import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import axios from 'axios';
import { startSimulator, type Simulator } from '../simulator/simulator';
import { printRow, requireAtMost } from './report';
import type { PollReport, TriggerMessage } from './triggerWorker';

const tasksADay = 10_000;
const minutes = 1_440;
const minuteMs = 60_000;
/** n8n is off for this long in the middle of the day. */
const offMinutes = 120;
const renderMs = { min: 30_000, max: 900_000 };
/** The pace of lists and reads is 50 times as fast; the provider's clock is moved by hand. */
const factor = 50;
const goals = { listsAPoll: 3, stateBytes: 20_000, heapGrowthBytes: 8_000_000 };

/** Ten thousand tasks in a day with one trigger that polls every minute: what it asks, and what n8n keeps of it. */
export async function measureDay(): Promise<void> {
	let nowMs = Date.UTC(2026, 10, 21);
	let drawn = 5;
	const random = () => {
		drawn = (Math.imul(drawn, 1_664_525) + 1_013_904_223) >>> 0;
		return drawn / 2 ** 32;
	};
	const simulator = await startSimulator({
		now: () => nowMs,
		concurrency: Infinity,
		renderMs: () => renderMs.min + random() * (renderMs.max - renderMs.min),
	});
	const worker = fork(join(__dirname, 'triggerWorker.ts'), {
		execArgv: ['--expose-gc', '--import', 'tsx'],
	});
	try {
		const { origin, apiKey } = simulator;
		await ask(worker, { kind: 'start', job: { origin, apiKey, factor } });
		const delivered: string[] = [];
		const polls: Array<PollReport & { lists: number; reads: number }> = [];
		let created = 0;
		for (let minute = 0; minute < minutes + 30; minute++) {
			for (; created < Math.min(tasksADay, ((minute + 1) * tasksADay) / minutes); created++) {
				await create(simulator);
				nowMs += (minuteMs * minutes) / tasksADay;
			}
			if (created >= tasksADay) nowMs += minuteMs;
			const isOff = minute >= minutes / 2 && minute < minutes / 2 + offMinutes;
			if (isOff) continue;
			simulator.requests.length = 0;
			const report = await ask(worker, {
				kind: 'poll',
				measuresHeap: minute % 60 === 5,
				restarts: minute === minutes / 2 + offMinutes,
			});
			const gets = simulator.requests.filter(({ method }) => method === 'GET');
			const lists = gets.filter(({ path }) => path.endsWith('/tasks')).length;
			polls.push({ ...report, lists, reads: gets.length - lists });
			delivered.push(...report.taskIds);
		}
		print(polls);
		const due = simulator.tasks.filter(({ status }) => status === 'succeeded').length;
		requireAtMost('tasks that were not delivered', due - new Set(delivered).size, 0);
		requireAtMost('tasks that were delivered twice', delivered.length - new Set(delivered).size, 0);
	} finally {
		worker.send({ kind: 'end' } satisfies TriggerMessage);
		await simulator.close();
	}
}

function print(polls: ReadonlyArray<PollReport & { lists: number; reads: number }>): void {
	const sum = (of: (poll: (typeof polls)[number]) => number) =>
		polls.reduce((total, poll) => total + of(poll), 0);
	const max = (of: (poll: (typeof polls)[number]) => number) => Math.max(...polls.map(of));
	const median = (of: (poll: (typeof polls)[number]) => number) =>
		polls.map(of).sort((one, other) => one - other)[Math.floor(polls.length / 2)] ?? 0;
	console.log(
		`\n${tasksADay} tasks in a day, a poll every minute, n8n off for ${offMinutes} minutes and started again`,
	);
	printRow('', 'all', 'median', 'most');
	printRow('lists', ...[sum, median, max].map((of) => String(of(({ lists }) => lists))));
	printRow('reads of a task', ...[sum, median, max].map((of) => String(of(({ reads }) => reads))));
	printRow(
		'bytes of the state',
		'',
		...[median, max].map((of) => String(of(({ stateBytes }) => stateBytes))),
	);
	const heaps = polls.flatMap(({ heapBytes }) => heapBytes ?? []);
	const [firstHeap = 0] = heaps;
	const growthBytes = Math.max(...heaps) - firstHeap;
	printRow('heap after a poll, MB', '', megabytes(firstHeap), megabytes(Math.max(...heaps)));
	requireAtMost(
		'lists of a usual poll',
		median(({ lists }) => lists),
		goals.listsAPoll,
	);
	requireAtMost(
		'bytes of the state',
		max(({ stateBytes }) => stateBytes),
		goals.stateBytes,
	);
	requireAtMost('growth of the heap', growthBytes, goals.heapGrowthBytes, megabytes);
}

const megabytes = (bytes: number) => (bytes / 1_000_000).toFixed(1);

async function ask(worker: ChildProcess, message: TriggerMessage): Promise<PollReport> {
	worker.send(message);
	const [report] = (await once(worker, 'message')) as [PollReport | { error: string }];
	if ('error' in report) throw new Error(report.error);
	return report;
}

async function create({ origin, apiKey, officialBasePath }: Simulator): Promise<void> {
	await axios.post(
		`${origin}${officialBasePath}/contents/generations/tasks`,
		{ model: 'dreamina-seedance-2-0-260128', content: [{ type: 'text', text: 'A cat' }] },
		{ headers: { Authorization: `Bearer ${apiKey}` } },
	);
}
