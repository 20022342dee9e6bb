import { Draw } from './draw';
import { judge, type Evidence } from './judge';
import type { HistoryEntry } from './provider';
import { sha256OfVideo, type ProviderTask } from './providerTasks';
import { secretOf } from './secret';
import type { CancelItem, ChaosResult, ManagedResult, RowItem } from './worker';

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

const list = (atMs: number, shownIds: readonly string[], fault?: string): HistoryEntry => ({
	...{ atMs, shownIds, fault, route: 'list 1', row: undefined, taskId: undefined },
	...{ endedAtMs: atMs, status: 200 },
});

const cancelled = (says = 'cancelled', askedId = 'cgt-2'): CancelItem => ({
	...{ askedId, says, json: JSON.stringify({ says, askedId }) },
});

/** Of a task that is cancelled after the run. */
const read = (fault?: string): HistoryEntry => ({
	...list(0, [], fault),
	row: 2,
	shownIds: undefined,
});

interface Given {
	/** The task that is cancelled after the run. */
	readonly managedTask?: Partial<ProviderTask>;
	readonly managed?: Partial<ManagedResult>;
	readonly history?: readonly HistoryEntry[];
	readonly tasks?: readonly ProviderTask[];
	readonly result?: Partial<ChaosResult>;
	readonly unknownRows?: readonly number[];
	readonly rest?: Partial<Evidence>;
}

/** Two rows of which everything is right, but what is given, and a task that is cancelled. */
function evidence(given: Given = {}): Evidence {
	const { tasks = [task(0), task(1)], result, unknownRows = [], rest } = given;
	const { managedTask, managed, history } = given;
	const ids = ['cgt-2', ...tasks.map(({ id }) => id)];
	return {
		...{ rows: 2, secret, printed: '', lateRequests: [], failure: undefined },
		scenario: { name: 'a test', onError: 'continueErrorOutput' },
		provider: {
			tasks: [...tasks, task(2, { status: 'cancelled', ...managedTask })],
			history: history ?? [list(0, ids), list(1_000, ids.slice(1))],
			textsWithoutKey: ['/tasks'],
			unknownRows: new Set(unknownRows),
		},
		result: {
			...{ ended: true, executions: 1, status: 'success', tookMs: 1, error: '' },
			...{ items: [video(0), video(1)], filesKept: 2, leaks: [], astray: [], log: [] },
			stall: { wholeMs: 20, ownMs: 10 },
			managed: {
				...{ ended: true, tookMs: 1, errors: [], cancelItems: [cancelled()] },
				...{ listedIds: ids, ...managed },
			},
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

test.each<[string, Given, number]>([
	['none', { result: { managed: undefined } }, 1],
	['one without an end', { managed: { ended: false, listedIds: [], cancelItems: [] } }, 1],
	['Get Many that fails', { managed: { errors: ['Get Many: 500'] } }, 1],
	['an ID twice', { managed: { listedIds: ['cgt-2', 'cgt-1', 'cgt-0', 'cgt-1'] } }, 1],
	['an ID of nowhere', { managed: { listedIds: ['cgt-2', 'cgt-1', 'cgt-0', 'cgt-9'] } }, 1],
	['an ID that was shown and is missing', { managed: { listedIds: ['cgt-2', 'cgt-1'] } }, 1],
	[
		'an ID that exists and was not shown',
		{ history: [list(0, ['cgt-2', 'cgt-1'])], managed: { listedIds: ['cgt-2', 'cgt-1'] } },
		0,
	],
	['a list that shows nothing', { history: [list(0, [], 'hang')], managed: { listedIds: [] } }, 1],
	[
		'a second list request too soon',
		{ history: [list(0, [], 'reset'), list(700, ['cgt-2', 'cgt-1', 'cgt-0'])] },
		1,
	],
	[
		'a timer that is early',
		{ history: [list(0, [], 'reset'), list(990, ['cgt-2', 'cgt-1', 'cgt-0'])] },
		0,
	],
	['a task that is not in the output', { managed: { cancelItems: [] } }, 1],
	['a task twice in the output', { managed: { cancelItems: [cancelled(), cancelled()] } }, 1],
	[
		'a finished task that was deleted',
		{
			managedTask: { status: 'succeeded', deletedWhile: 'succeeded' },
			managed: { cancelItems: [cancelled('taskNotCancellable')] },
		},
		2,
	],
	['a finished task that is said to be cancelled', { managedTask: { status: 'succeeded' } }, 2],
	[
		'a cancelled task that is said to be running',
		{ managed: { cancelItems: [cancelled('runningTaskNotCancellable')] } },
		1,
	],
	[
		'a cancelled task that is said to have finished',
		{ managed: { cancelItems: [cancelled('taskNotCancellable')] } },
		1,
	],
	[
		'a cancelled task of which nobody can tell',
		{ managed: { cancelItems: [cancelled('cancelUnconfirmed')] } },
		0,
	],
	[
		'a failure of a fault that a retry survives',
		{
			history: [read('hang'), list(0, ['cgt-2', 'cgt-1', 'cgt-0'])],
			managed: { cancelItems: [cancelled('answerTimedOut')] },
		},
		1,
	],
	[
		'a failure of a refusal',
		{
			history: [read('unauthorized'), list(0, ['cgt-2', 'cgt-1', 'cgt-0'])],
			managed: { cancelItems: [cancelled('AuthenticationError')] },
		},
		0,
	],
	['an item without its ID', { managed: { cancelItems: [{ ...cancelled(), json: '{}' }] } }, 1],
])('Get Many and Cancel: %s', (_, given, count) => {
	expect(offOf(given)).toEqual(count === 0 ? {} : { managed: count });
});
