import type { IExecuteFunctions } from 'n8n-workflow';
import { createRunLog } from '../../../nodes/Seedance/tasks/runLog';
import { FakeClock } from '../fakeClock';
import { failureOf, taskOf } from '../given';

const task = (itemIndex: number) => ({ itemIndex, taskId: `cgt-${itemIndex}` });

/** The log of a run, and what it has written. */
function logOf(itemsInAll: number) {
	const lines: Array<{ level: string; text: string; metadata: Record<string, unknown> }> = [];
	const write = (level: string) => (text: string, metadata: Record<string, unknown>) =>
		lines.push({ level, text, metadata });
	const levels = ['debug', 'info', 'warn', 'error'];
	const context = {
		logger: Object.fromEntries(levels.map((level) => [level, write(level)])),
		getNode: () => ({ name: 'Films' }),
		getWorkflow: () => ({ id: 'w-1' }),
	} as unknown as IExecuteFunctions;
	const clock = new FakeClock();
	const run = { provider: 'PowerTokens', executionId: '42', itemsInAll };
	const of = (level: string) =>
		lines.filter((line) => line.level === level).map(({ text }) => text);
	return { clock, lines, of, log: createRunLog(context, clock, run) };
}

test('50 creates at once: a line for each task, and one for the counts ten seconds later', async () => {
	const { clock, of, lines, log } = logOf(50);
	for (let item = 0; item < 50; item++) log.claimed(task(item), true, false);
	expect(of('info')).toHaveLength(50);
	await clock.advance(9_999);
	expect(of('info')).toHaveLength(50);
	await clock.advance(1);
	expect(of('info')).toHaveLength(51);
	expect(lines.at(-1)?.metadata).toMatchObject({
		...{ nodeName: 'Films', workflowId: 'w-1', executionId: '42' },
		counts: { items: 50, notCreated: 0, queued: 50, running: 0 },
	});
});

test('counts that change all the time have a line every ten seconds, and none when they stay', async () => {
	const { clock, of, log } = logOf(200);
	for (let item = 0; item < 100; item++) {
		log.claimed(task(item), false, false);
		await clock.advance(1_000);
	}
	expect(of('info')).toHaveLength(10);
	log.status(0, taskOf('cgt-0', 'queued'), 100_000);
	await clock.advance(60_000);
	expect(of('info')).toHaveLength(10);
});

test('the counts of an ended run have no line after its sum', async () => {
	const { clock, of, log } = logOf(2);
	log.claimed(task(0), true, false);
	log.ended('ended', true);
	log.returned(1, { kind: 'delivered' });
	await clock.advance(60_000);
	expect(of('info')).toHaveLength(2);
});

test('a limit of the provider is in the line of the counts', async () => {
	const { clock, of, log } = logOf(2);
	log.claimed(task(0), true, false);
	log.limitFound(7);
	await clock.advance(10_000);
	expect(of('info').at(-1)).toMatch(/ PowerTokens .*\b7\b/);
});

test('a run without tasks has a sum only where it was to create some', () => {
	const failed = logOf(2);
	failed.log.failed(0, failureOf({ kind: 'notAllowed' }));
	failed.log.ended('failed', false);
	expect(failed.lines).toEqual([]);
	failed.log.ended('failed', true);
	expect(failed.lines.map(({ metadata }) => metadata['end'])).toEqual(['failed']);
});

test.each([
	['that is refused before it has a task', 50],
	['with one item', 1],
])('a run %s has no counts to tell, and waits for none', (_, itemsInAll) => {
	const { clock, log } = logOf(itemsInAll);
	const pauses = jest.spyOn(clock, 'pause');
	if (itemsInAll === 1) log.claimed(task(0), true, false);
	for (let item = 0; item < itemsInAll; item++)
		log.failed(item, failureOf({ kind: 'invalidInput' }));
	expect(pauses).not.toHaveBeenCalled();
});

test.each([
	['waitTimedOut', 'running', 'continuing'],
	['answerUnreadable', 'succeeded', 'undelivered'],
	['videoUrlMissing', 'succeeded', 'undelivered'],
	['taskFailed', 'failed', 'failed'],
	['taskCancelled', 'cancelled', 'cancelled'],
	['taskNotFound', 'running', 'failed'],
] as const)(
	'an item that ends with %s while its task is %s is in the sum as %s: what may be charged has not failed',
	(kind, status, place) => {
		const { lines, log } = logOf(1);
		log.claimed(task(0), true, false);
		log.status(0, taskOf('cgt-0', status), 60_000);
		log.failed(0, failureOf({ kind, taskId: 'cgt-0' }));
		log.ended('ended', true);
		const { ended } = lines.at(-1)?.metadata['counts'] as { ended: Record<string, number> };
		expect(Object.entries(ended).filter(([, count]) => count > 0)).toEqual([[place, 1]]);
	},
);

test.each(['connectionLost', 'stopped'] as const)(
	'a create that ends with %s is in the sum as unknown while its outcome is',
	(kind) => {
		const { lines, log } = logOf(1);
		log.failed(0, failureOf({ kind, outcomeUnknown: true }));
		log.ended('ended', true);
		expect(lines.at(-1)?.metadata['counts']).toMatchObject({
			ended: { outcomeUnknown: 1, failed: 0, notCreated: 0 },
		});
	},
);

test('the sum of items that share a video covers all of them', () => {
	const { of, log } = logOf(3);
	for (let item = 0; item < 3; item++) {
		log.claimed({ itemIndex: item, taskId: 'cgt-0' }, item === 0, false);
		log.returned(item, { kind: 'delivered', tokens: 100 });
	}
	log.ended('ended', true);
	// Nothing says that only some of the videos are known.
	expect(of('info').at(-1)?.match(/\d+/g)).toEqual(['42', '1', '0', '3', '0', '3', '100']);
});

test('a stop lists at most 50 tasks in a line, and none twice', () => {
	const { clock, lines, log } = logOf(120);
	for (let item = 0; item < 120; item++) log.claimed(task(item), true, false);
	lines.length = 0;
	clock.stop();
	const listed = lines.map(({ metadata }) => metadata['tasks'] as unknown[]);
	expect(listed.map(({ length }) => length)).toEqual([50, 50, 20]);
	expect(listed.flat()).toEqual(Array.from({ length: 120 }, (_, item) => task(item)));
	for (const { level, text } of lines) {
		expect(level).toBe('warn');
		expect(text).toMatch(/, execution 42: cgt-\d+ \(item \d+\), /);
	}
});

test('a run that is aborted without a stop says nothing of its tasks', () => {
	const { clock, lines, log } = logOf(2);
	log.claimed(task(0), true, false);
	lines.length = 0;
	clock.abortRun();
	expect(lines).toEqual([]);
});
