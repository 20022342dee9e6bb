import type { ItemEnd } from '../../../nodes/Seedance/panel/runSummary';
import { RunCounts } from '../../../nodes/Seedance/tasks/runCounts';

const task = (itemIndex: number, taskId = `cgt-${itemIndex}`) => ({ itemIndex, taskId });
const delivered = (tokens?: number, amount?: number): ItemEnd => ({
	...{ kind: 'delivered' as const, tokens },
	cost: amount === undefined ? undefined : { amount, currency: 'USD' },
});

describe('an item', () => {
	/** Where the one item is, or how it ended. */
	function placeOf(counts: RunCounts): string[] {
		const { ended, items, ...open } = counts.counts();
		expect(items).toBe(1);
		return [...Object.entries(open), ...Object.entries(ended)].flatMap(([place, count]) =>
			count === 0 ? [] : [place],
		);
	}

	test('is created, queued, running, downloading and delivered', () => {
		const counts = new RunCounts(1);
		const places = [placeOf(counts)];
		counts.noteTask(task(0), 'created');
		places.push(placeOf(counts));
		counts.noteStatus(0, 'running');
		places.push(placeOf(counts));
		counts.noteStatus(0, 'succeeded');
		places.push(placeOf(counts));
		counts.noteEnd(0, delivered());
		places.push(placeOf(counts));
		expect(places.flat()).toEqual(['notCreated', 'queued', 'running', 'downloading', 'delivered']);
	});

	test('is queued again when its task is created again', () => {
		const counts = new RunCounts(1);
		counts.noteTask(task(0, 'a'), 'created');
		counts.noteStatus(0, 'failed');
		counts.noteTask(task(0, 'b'), 'created');
		expect(placeOf(counts)).toEqual(['queued']);
		expect(counts.totals().created).toBe(2);
	});

	test('that fails before it has a task has ended', () => {
		const counts = new RunCounts(1);
		counts.noteEnd(0, { kind: 'failed' });
		expect(placeOf(counts)).toEqual(['failed']);
		expect(counts.hasTasks).toBe(false);
	});

	test.each([
		[undefined, 'notCreated'],
		['queued', 'continuing'],
		['running', 'continuing'],
		['unknown', 'continuing'],
		['succeeded', 'undelivered'],
		['cancelled', 'cancelled'],
		['failed', 'failed'],
		['expired', 'failed'],
	] as const)('that is stopped while its task is %s is %s', (status, kind) => {
		const counts = new RunCounts(1);
		if (status !== undefined) {
			counts.noteTask(task(0), 'created');
			counts.noteStatus(0, status);
		}
		expect(counts.endOfFailed(0, true)).toEqual({ kind });
	});
});

describe('tasks', () => {
	test('are created, resumed or found again', () => {
		const counts = new RunCounts(3);
		counts.noteTask(task(0), 'created');
		counts.noteTask(task(1), 'resumed');
		counts.noteTask(task(2), 'resumed');
		counts.noteTask(task(2), 'foundAgain');
		expect(counts.totals()).toMatchObject({ created: 1, resumed: 1, foundAgain: 1 });
	});

	test('that items share are one, and so is their video', () => {
		const counts = new RunCounts(2);
		counts.noteTask(task(0, 'a'), 'created');
		counts.noteTask(task(1, 'a'), 'resumed');
		for (const item of [0, 1]) counts.noteEnd(item, delivered(100, 0.5));
		expect(counts.totals()).toMatchObject({
			...{ created: 1, resumed: 0, tokens: { sum: 100, videos: 1 } },
			costs: [{ sum: { amount: 0.5, currency: 'USD' }, videos: 1 }],
		});
		expect(counts.counts().ended.delivered).toBe(2);
	});
});

test('sums are of the videos that say what they have used, without the noise of decimals', () => {
	const counts = new RunCounts(4);
	const ends: ItemEnd[] = [
		...[delivered(100, 0.1), delivered(200, 0.2), delivered()],
		{ kind: 'failed' },
	];
	for (const [itemIndex, end] of ends.entries()) {
		counts.noteTask(task(itemIndex), 'created');
		counts.noteEnd(itemIndex, end);
	}
	expect(counts.totals()).toMatchObject({
		tokens: { sum: 300, videos: 2 },
		costs: [{ sum: { amount: 0.3, currency: 'USD' }, videos: 2 }],
	});
	expect(new RunCounts(1).totals()).toMatchObject({ tokens: undefined, costs: [] });
});

test('a stop leaves what it does not cancel', () => {
	const counts = new RunCounts(7);
	for (const itemIndex of [0, 1, 2, 3, 4, 5]) counts.noteTask(task(itemIndex), 'created');
	counts.noteStatus(1, 'running');
	counts.noteWait(task(2), true);
	counts.noteWait(task(3), true);
	counts.noteEnd(3, { kind: 'continuing' });
	counts.noteWait(task(4), true);
	counts.noteStatus(4, 'succeeded');
	counts.noteStatus(5, 'failed');
	expect(counts.leftAtStop()).toEqual({
		continuing: [task(0), task(1), task(3)],
		finished: [task(4)],
	});
});

test('the sum of 100,000 videos does not hold up n8n', () => {
	const videos = 100_000;
	const counts = new RunCounts(videos);
	for (let item = 0; item < videos; item++) {
		counts.noteTask(task(item), 'created');
		counts.noteEnd(item, delivered(100, 0.1));
	}
	const startedMs = performance.now();
	expect(counts.totals().costs).toEqual([{ sum: { amount: 10_000, currency: 'USD' }, videos }]);
	expect(performance.now() - startedMs).toBeLessThan(5_000);
});
