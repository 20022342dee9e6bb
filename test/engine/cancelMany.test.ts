import { speedUpTime } from './fastTime';
import { quickCreate, setUp } from './setup';

/** Cancel on Stop ends after 15 s: sockets have half of that in real time. */
const restoreTime = speedUpTime(2);
afterAll(restoreTime);
const setup = setUp({ renderMs: 2_000, concurrency: 2, now: () => Date.now() });

const rows = 100;
const items = Array.from({ length: rows }, (_, row) => ({ json: { prompt: `Row ${row}` } }));
const create = { ...quickCreate, prompt: '={{ $json.prompt }}' };

/** At most 100 s of the fast time. */
async function until(isSo: () => boolean): Promise<void> {
	for (let checks = 0; checks < 1_000 && !isSo(); checks++) {
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	expect(isSo()).toBe(true);
}

test('many queued tasks are cancelled with a few requests at a time', async () => {
	let stop = () => {};
	const stopped = setup.runVideo(
		{
			...{ ...create, prompt: '=[simulate:queue 60m] {{ $json.prompt }}' },
			waitOptions: { cancelOnStop: true },
		},
		{ items, onStart: (run) => (stop = () => run.stop()) },
	);
	await until(() => setup.simulator.tasks.length >= rows);
	let open = 0;
	let mostOpen = 0;
	setup.simulator.intercept(async () => {
		mostOpen = Math.max(mostOpen, ++open);
		await new Promise((resolve) => setTimeout(resolve, 100));
		open--;
		return undefined;
	});
	stop();
	await stopped;
	const cancelled = () =>
		setup.simulator.tasks.filter(({ status }) => status === 'cancelled').length;
	await until(() => cancelled() === rows);
	// Eight, plus the requests in flight at the stop.
	expect(mostOpen).toBeGreaterThan(1);
	expect(mostOpen).toBeLessThanOrEqual(10);
});
