import { Draw } from './draw';
import { judge, type Evidence } from './judge';
import { sha256OfVideo, type ProviderTask } from './providerTasks';
import { secretOf } from './secret';
import type { ChaosResult, RowItem } from './worker';

const secret = secretOf(new Draw(1));

const task = (row: number, rest: Partial<ProviderTask> = {}): ProviderTask => ({
	...{ id: `cgt-${row}`, row, createdAtMs: 0, echoed: {}, listedFromMs: 0, status: 'succeeded' },
	...{ endedAtMs: 1, isAnswered: true, deletedWhile: undefined, readsOfFinished: 1 },
	expiredUpTo: -1,
	...rest,
});

const video = (row: number, taskId = `cgt-${row}`): RowItem => ({
	...{ row, taskId, json: JSON.stringify({ taskId }) },
	sha256: sha256OfVideo({ id: taskId }),
});

const failed = (row: number, error: object): RowItem => ({
	...{ row, taskId: undefined, json: JSON.stringify({ error }), sha256: undefined },
});

interface Given {
	readonly tasks?: readonly ProviderTask[];
	readonly result?: Partial<ChaosResult>;
	readonly unknownRows?: readonly number[];
	readonly rest?: Partial<Evidence>;
}

/** Two rows of which everything is right, but what is given. */
function evidence({ tasks, result, unknownRows = [], rest }: Given = {}): Evidence {
	return {
		...{ rows: 2, secret, printed: '', lateRequests: [], failure: undefined },
		scenario: { name: 'a test', onError: 'continueErrorOutput' },
		provider: {
			tasks: tasks ?? [task(0), task(1)],
			history: [],
			textsWithoutKey: ['/tasks'],
			unknownRows: new Set(unknownRows),
		},
		result: {
			...{ ended: true, executions: 1, status: 'success', tookMs: 1, error: '' },
			...{ items: [video(0), video(1)], filesKept: 2, leaks: [], astray: [], log: [] },
			stall: { wholeMs: 20, ownMs: 10 },
			...result,
		},
		...rest,
	};
}

/** The number of cases of each figure that is off. */
function offOf(given?: Given): Record<string, number> {
	const { figures } = judge(evidence(given));
	return Object.fromEntries(
		figures.flatMap(({ name, cases }) => (cases.length === 0 ? [] : [[name, cases.length]])),
	);
}

test('two rows with their videos', () => {
	expect(offOf()).toEqual({});
	expect(judge(evidence())).toMatchObject({ accepted: 2, delivered: 2, unknown: 0 });
});

test.each<[string, Given, Record<string, number>]>([
	['a row twice', { result: { items: [video(0), video(1), video(1)] } }, { rows: 1 }],
	[
		'a task that nothing names',
		{ tasks: [task(0), task(1), task(1, { id: 'x' })] },
		{ twice: 1, lost: 1 },
	],
	[
		'a cancelled task besides',
		{ tasks: [task(0), task(1), task(1, { id: 'x', status: 'cancelled' })] },
		{},
	],
	['a deleted video', { tasks: [task(0), task(1, { deletedWhile: 'succeeded' })] }, { deleted: 1 }],
	[
		'the video of another row',
		{ result: { items: [video(0), video(1, 'cgt-0')] } },
		{ lost: 1, 'no video': 1, files: 2 },
	],
	['a file too many', { result: { filesKept: 3 } }, { files: 1 }],
	[
		'a file that is another',
		{ result: { items: [video(0), { ...video(1), sha256: 'x' }] } },
		{ 'no video': 1, files: 2 },
	],
	[
		'a candidate',
		{ result: { items: [video(0), failed(1, { candidates: ['cgt-1'] })], filesKept: 1 } },
		{ 'no video': 1 },
	],
	[
		'a row that nobody can know of',
		{
			tasks: [task(0)],
			unknownRows: [1],
			result: { items: [video(0), failed(1, { outcomeUnknown: true })], filesKept: 1 },
		},
		{},
	],
	[
		'a row that was never created',
		{ tasks: [task(0)], result: { items: [video(0), failed(1, {})], filesKept: 1 } },
		{ 'no video': 1 },
	],
	['a run without an end', { result: { ended: false, items: [] } }, { limit: 1 }],
	['a worker without an end', { rest: { result: undefined, failure: 'It hangs' } }, { limit: 1 }],
	['the key in what was printed', { rest: { printed: secret.echoes[3] ?? '' } }, { leaks: 1 }],
	['an address besides', { result: { astray: ['169.254.7.7:80'] } }, { astray: 1 }],
	[
		'an event loop that stands still',
		{ result: { stall: { wholeMs: 150, ownMs: 120 } } },
		{ stall: 1 },
	],
	['one that has to wait for a processor', { result: { stall: { wholeMs: 150, ownMs: 20 } } }, {}],
])('%s', (_, given, off) => {
	expect(offOf(given)).toEqual(off);
});
