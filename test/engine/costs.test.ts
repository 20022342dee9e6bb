import type { IDataObject } from 'n8n-workflow';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSimulator, type Simulator } from '../simulator/simulator';
import { speedUpTime } from './fastTime';
import { itemsWithFiles } from './files';
import { quickCreate, setUp } from './setup';
import { errorNode, videoNode } from './workflows';

const restoreTime = speedUpTime(40);
afterAll(restoreTime);

/** PowerTokens. */
const setup = setUp({ now: () => Date.now() });

let bytePlus: Simulator;
beforeAll(async () => {
	bytePlus = await startSimulator({ provider: 'bytePlus', renderMs: 300, now: () => Date.now() });
});
afterAll(async () => {
	await bytePlus.close();
});

const video = (name: string) => ({
	bytes: readFileSync(join(__dirname, '../unit/seedance/videos', name)),
	fileName: name,
});

const create = { ...quickCreate, ratio: '16:9', duration: 5, downloadVideo: false };
const rows = (...prompts: readonly string[]) => prompts.map((prompt) => ({ json: { prompt } }));

interface Changes {
	readonly parameters?: IDataObject;
	readonly options?: IDataObject;
	readonly prompts?: readonly string[];
	readonly settings?: IDataObject;
}

/** A run with BytePlus, and the tasks that it created. */
async function atBytePlus({ parameters = {}, options = {}, prompts = ['A'], settings }: Changes) {
	const { origin, apiKey } = bytePlus;
	const before = bytePlus.tasks.length;
	const execution = await setup.runVideo(
		{ ...create, prompt: '={{ $json.prompt }}', ...parameters, options },
		{
			items: rows(...prompts),
			credentials: { seedanceApi: { provider: 'bytePlus', baseUrl: origin, apiKey } },
			...(settings === undefined ? {} : { settings }),
		},
	);
	const items = execution.items(videoNode).map(({ json }) => json);
	return { execution, items, created: bytePlus.tasks.slice(before) };
}

const continued = { onError: 'continueErrorOutput' };
const failed = '[simulate:failed InternalServiceError] A';

describe('a dry run', () => {
	test('counts the length of a file of the item', async () => {
		const { items } = await setup
			.runVideo(
				{
					...create,
					mode: 'reference',
					references: { reference: [{ type: 'video', source: 'binary', value: 'data' }] },
					options: { dryRun: true, pricePerMillionTokens: 5 },
				},
				{
					items: itemsWithFiles([
						{ data: video('last.mp4') },
						{ data: video('last.mov') },
						{ data: video('fragmented.mp4') },
					]),
				},
			)
			.then((execution) => ({ items: execution.items(videoNode).map(({ json }) => json) }));
		const counted = (inputVideoSeconds: number, tokens: number, atMaximum?: string[]) => ({
			estimatedTokens: tokens,
			estimatedCost: (tokens * 5) / 1e6,
			currency: 'USD',
			priceBasis: 'your price',
			estimateIncludes: {
				...{ outputSeconds: 5, inputVideoSeconds },
				...(atMaximum === undefined ? {} : { atMaximum }),
			},
		});
		expect(items).toMatchObject([
			counted(7.4, 269_100),
			// At least as long as the output: the provider bills a minimum.
			counted(5, 216_900),
			counted(15.2, 437_400, ['inputVideoSeconds']),
		]);
		expect(items[0]?.['estimateIncludes']).toEqual(counted(7.4, 0).estimateIncludes);
		expect(setup.calls()).toEqual([]);
	});

	test('has the cost by the list price, and none where nothing is known', async () => {
		const { items, created } = await atBytePlus({ options: { dryRun: true } });
		expect(items).toMatchObject([
			{
				...{ estimatedTokens: 108_900, estimatedCost: 0.7623 },
				...{ currency: 'USD', priceBasis: 'list price of 2026-10' },
			},
		]);
		expect(created).toEqual([]);
		const other = await setup.runVideo({ ...create, options: { dryRun: true } });
		const [{ json } = { json: {} }] = other.items(videoNode);
		expect(json).toMatchObject({ estimatedTokens: 108_900 });
		expect(Object.keys(json)).toEqual(
			expect.not.arrayContaining(['estimatedCost', 'currency', 'priceBasis']),
		);
	});
});

test('an item has its cost beside its tokens, of what it got and not of what was asked for', async () => {
	const { items } = await atBytePlus({
		parameters: { duration: -1 },
		prompts: ['A', 'B [simulate:duration 8s]'],
	});
	const basis = { currency: 'USD', priceBasis: 'list price of 2026-10' };
	expect(items).toMatchObject([
		{ totalTokens: 108_900, cost: 0.7623, ...basis },
		{ totalTokens: 173_700, cost: 1.2159, ...basis },
	]);
	const own = await atBytePlus({ options: { pricePerMillionTokens: 10 } });
	expect(own.items).toMatchObject([{ cost: 1.089, currency: 'USD', priceBasis: 'your price' }]);
});

test('a task that failed, one that is not waited for and a whole task have no cost', async () => {
	const failing = await atBytePlus({ prompts: [failed], options: { onFailedTask: 'returnTask' } });
	const unwaited = await atBytePlus({ parameters: { waitForCompletion: false } });
	const whole = await atBytePlus({ parameters: { simplify: false } });
	for (const { items } of [failing, unwaited, whole]) {
		expect(items).toHaveLength(1);
		expect(Object.keys(items[0] ?? {})).not.toContain('cost');
	}
});

describe('Cost Budget', () => {
	test('a run within it is created', async () => {
		const { created } = await atBytePlus({ prompts: ['A', 'B'], options: { costBudget: 1.5246 } });
		expect(created).toHaveLength(2);
	});

	test('a run above it does not start, and the message has each estimate', async () => {
		const { execution, created } = await atBytePlus({
			prompts: ['A', 'B'],
			options: { costBudget: 1.5245 },
		});
		expect(created).toEqual([]);
		expect(execution.error).toMatchObject({
			message: expect.stringMatching(/^Cost Budget is 1\.5245 USD, .* 1\.5246 USD/),
			description: expect.stringContaining('item 1: 0.7623, item 2: 0.7623'),
			context: { itemIndex: 0, code: 'costBudgetExceeded' },
		});
	});

	test('a run whose price is not known does not start, and with an own price it does', async () => {
		const parameters = { ...create, waitForCompletion: false };
		const refused = await setup.runVideo({ ...parameters, options: { costBudget: 100 } });
		expect(refused.error).toMatchObject({ context: { code: 'costBudgetNotEstimable' } });
		expect(setup.calls()).toEqual([]);
		const options = { costBudget: 100, pricePerMillionTokens: 7 };
		const started = await setup.runVideo({ ...parameters, options });
		expect(started.items(errorNode)).toEqual([]);
		expect(setup.calls()).toEqual(['POST /tasks']);
	});

	test('an input video of unknown length counts as the longest', async () => {
		const parameters = {
			mode: 'reference',
			references: { reference: [{ type: 'video', source: 'url', value: 'https://h/v.mp4' }] },
		};
		// 486 frames at 4.30 USD, rather than 241.
		const { execution, created } = await atBytePlus({ parameters, options: { costBudget: 1.88 } });
		expect(created).toEqual([]);
		expect(execution.error).toMatchObject({ context: { code: 'costBudgetExceeded' } });
		const within = await atBytePlus({ parameters, options: { costBudget: 1.89 } });
		expect(within.created).toHaveLength(1);
	});
});

describe('creating again after a failure', () => {
	test.each([
		['tokenBudget', 3 * 108_900, 3],
		['tokenBudget', 3 * 108_900 - 1, 2],
		['costBudget', 3 * 0.7623, 3],
		['costBudget', 3 * 0.7623 - 0.000_001, 2],
	])('stops at the %s of %d', async (budget, limit, creates) => {
		const { items, created, execution } = await atBytePlus({
			prompts: [failed],
			options: { createAgainAfterFailure: 3, [budget]: limit },
			settings: continued,
		});
		expect(created).toHaveLength(creates);
		expect(items).toEqual([]);
		expect(execution.items(errorNode).map(({ json }) => json['error'])).toMatchObject([
			{ code: 'InternalServiceError', taskId: created.at(-1)?.id },
		]);
		expect(setup.logs.filter(({ level }) => level === 'warn')).toHaveLength(1);
	});

	test('leaves the other items of the run what they need', async () => {
		const { created } = await atBytePlus({
			prompts: [failed, 'B'],
			options: { createAgainAfterFailure: 3, tokenBudget: 3 * 108_900 },
			settings: continued,
		});
		expect(created.map(({ prompt }) => prompt).sort()).toEqual([failed, failed, 'B'].sort());
	});

	test('counts what an earlier try has spent', async () => {
		const { created } = await atBytePlus({
			prompts: [failed],
			options: { createAgainAfterFailure: 3, tokenBudget: 2 * 108_900 },
			settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 10 },
		});
		expect(created).toHaveLength(2);
	});
});
