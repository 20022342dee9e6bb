import type { SimulatedTask } from '../simulator/task';
import { startSimulator, type Simulator } from '../simulator/simulator';
import type { LogLine } from './engine';
import { speedUpTime } from './fastTime';
import { quickCreate, setUp } from './setup';
import { videoNode } from './workflows';

/** Sockets need real time, which counts five times. */
const factor = 5;
const restoreTime = speedUpTime(factor);
afterAll(restoreTime);
const setup = setUp();
const simulators: Simulator[] = [];
afterAll(async () => {
	await Promise.all(simulators.map(async (simulator) => await simulator.close()));
});

const rows = 100;
const items = Array.from({ length: rows }, (_, row) => ({ json: { prompt: `Row ${row}` } }));
const create = { ...quickCreate, prompt: '={{ $json.prompt }}' };

/** A provider that renders two videos at a time, in 2 s each. */
async function provider() {
	const simulator = await startSimulator({
		...{ renderMs: 2_000, concurrency: 2 },
		now: () => Date.now(),
	});
	simulators.push(simulator);
	const { origin, apiKey } = simulator;
	return { simulator, credentials: { seedanceApi: { baseUrl: origin, apiKey } } };
}

/** Every read and DELETE of a task needs half a second. */
function slowDown(simulator: Simulator) {
	simulator.intercept(({ method }) => (method === 'POST' ? undefined : { delayMs: 500 / factor }));
}

/** At most 100 s of the fast time. */
async function until(isSo: () => boolean): Promise<void> {
	for (let checks = 0; checks < 1_000 && !isSo(); checks++) {
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	expect(isSo()).toBe(true);
}

const wereDeleted = (tasks: readonly SimulatedTask[]) =>
	tasks.filter(({ deletedMs }) => deletedMs !== undefined).length;
const idsThatAre = (tasks: readonly SimulatedTask[], status: SimulatedTask['status']) =>
	tasks
		.filter((task) => task.status === status)
		.map(({ id }) => id)
		.sort();

/** The tasks that Cancel on Stop has left, as the log names them. */
const idsOpenAtTheEnd = (logs: readonly LogLine[]) =>
	logs.flatMap(({ level, message, metadata: { tasks } }) =>
		level === 'warn' && message.startsWith('Cancel on Stop ended')
			? (tasks as Array<{ readonly taskId: string }>).map(({ taskId }) => taskId)
			: [],
	);

test('Cancel deletes no finished video while other tasks are cancelled', async () => {
	const { simulator, credentials } = await provider();
	const created = await setup.runVideo(
		{ ...create, waitForCompletion: false },
		{ items, credentials },
	);
	slowDown(simulator);
	const { tasks } = simulator;
	expect(tasks).toHaveLength(rows);
	const execution = await setup.runVideo(
		{ operation: 'cancel', taskId: '={{ $json.taskId }}' },
		{
			...{ credentials, settings: { onError: 'continueErrorOutput' } },
			items: created.items(videoNode).map(({ json }) => ({ json })),
		},
	);
	expect(wereDeleted(simulator.tasks)).toBe(0);
	const said = execution.items(videoNode).map(({ json }) => String(json['taskId']));
	expect(said.sort()).toEqual(idsThatAre(simulator.tasks, 'cancelled'));
	expect(said.length).toBeGreaterThan(rows / 2);
});

test('Cancel on Stop deletes no finished video while other tasks are cancelled', async () => {
	const { simulator, credentials } = await provider();
	let stop = () => {};
	const stopped = setup.runVideo(
		{ ...create, waitOptions: { cancelOnStop: true, pollInterval: 60 } },
		{ items, credentials, onStart: (execution) => (stop = () => execution.stop()) },
	);
	await until(() => simulator.tasks.length >= rows);
	slowDown(simulator);
	stop();
	await stopped;
	const said = () =>
		setup.logs.flatMap(({ metadata }) =>
			metadata['status'] === 'cancelled' ? [String(metadata['taskId'])] : [],
		);
	const open = () => idsOpenAtTheEnd(setup.logs);
	const isOver = () =>
		open().length > 0 ||
		setup.logs.filter(({ message }) => /cancelled/.test(message)).length >= rows;
	await until(isOver);
	expect(wereDeleted(simulator.tasks)).toBe(0);
	// Where the machine was too slow for all of them, the rest is named.
	const cancelled = idsThatAre(simulator.tasks, 'cancelled');
	expect(cancelled.filter((id) => !open().includes(id))).toEqual(said().sort());
	expect(new Set([...said(), ...open()]).size).toBeGreaterThan(rows / 2);
	expect(said().length).toBeGreaterThan(0);
});

test('Cancel on Stop ends after 15 s where the provider does not answer, and the log names the tasks', async () => {
	const { simulator, credentials } = await provider();
	let stop = () => {};
	const stopped = setup.runVideo(
		{ ...create, waitOptions: { cancelOnStop: true, pollInterval: 60 } },
		{ items: items.slice(0, 12), credentials, onStart: (run) => (stop = () => run.stop()) },
	);
	await until(() => simulator.tasks.length >= 12);
	let reads = 0;
	simulator.intercept(() => {
		reads++;
		// The others are throttled for longer than there is time.
		return reads > 4 ? { status: 429, headers: { 'retry-after': '30' }, body: {} } : 'hang';
	});
	const stoppedAtMs = Date.now();
	stop();
	await stopped;
	await until(() => idsOpenAtTheEnd(setup.logs).length > 0);
	// Sockets and this test's own pauses count five times.
	expect(Date.now() - stoppedAtMs).toBeLessThan(20_000);
	expect(idsOpenAtTheEnd(setup.logs).sort()).toEqual(simulator.tasks.map(({ id }) => id).sort());
	const before = reads;
	await new Promise((resolve) => setTimeout(resolve, 20_000));
	expect(reads).toBe(before);
	expect(wereDeleted(simulator.tasks)).toBe(0);
});

test('Cancel on Stop polls again if the answer is lost, and the log says that the task is cancelled', async () => {
	const { simulator, credentials } = await provider();
	let lost = 1;
	simulator.intercept(({ method }) =>
		method === 'DELETE' && lost-- > 0 ? { after: 'reset' } : undefined,
	);
	let stop = () => {};
	const stopped = setup.runVideo(
		{ ...create, prompt: '[simulate:queue 60m] A', waitOptions: { cancelOnStop: true } },
		{ credentials, onStart: (run) => (stop = () => run.stop()) },
	);
	await until(() => simulator.tasks.length > 0);
	stop();
	const { run } = await stopped;
	const [task] = simulator.tasks;
	const text = `Seedance task ${task?.id} was cancelled, because the execution was stopped`;
	await until(() => setup.logs.some(({ message }) => message.startsWith(`${text}, item 1 of `)));
	expect(simulator.tasks[0]?.status).toBe('cancelled');
	expect(JSON.stringify(run.data.executionData?.contextData)).not.toContain(task?.id);
});
