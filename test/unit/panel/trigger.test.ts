import type { Result } from '../../../nodes/Seedance/panel/issues';
import { moment } from '../../../nodes/Seedance/panel/moment';
import { readTriggerOptions, type TriggerOptions } from '../../../nodes/Seedance/panel/trigger';
import type { Connection } from '../../../nodes/Seedance/seedance/connection';
import { isOfFamily } from '../../../nodes/Seedance/seedance/models';
import type { Task, TaskStatus } from '../../../nodes/Seedance/seedance/task';
import { taskOf } from '../given';

const connection = { wire: { managesTasks: true } } as Connection;

function read(parameters: Readonly<Record<string, unknown>>): Result<TriggerOptions> {
	return readTriggerOptions((name) => parameters[name], connection, 'Europe/Berlin');
}

function wanted(parameters: Readonly<Record<string, unknown>>, tasks: readonly Task[]): string[] {
	const { value } = read({ event: 'anyEnd', ...parameters });
	if (value === undefined) throw new Error('The parameters are refused');
	return tasks.filter((task) => value.isWanted(task)).map(({ taskId }) => taskId);
}

const statuses: TaskStatus[] = [
	...(['queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired', 'unknown'] as const),
];

test.each([
	['videoFinished', ['succeeded']],
	['taskFailed', ['failed', 'expired']],
	['anyEnd', ['succeeded', 'failed', 'cancelled', 'expired']],
])('%s is %j', (event, expected) => {
	const tasks = statuses.map((status) => taskOf(status, status));
	expect(wanted({ event }, tasks)).toEqual(expected);
});

test.each([
	['seedance-2-0', ['dreamina', 'doubao', 'later', 'none']],
	['Seedance 2.0 Fast', ['fast', 'none']],
	['seedance-1-0-lite', ['lite', 'none']],
	['doubao-seedance-2-0-260128', ['doubao', 'none']],
])('the model %s', (model, expected) => {
	const models = {
		dreamina: 'dreamina-seedance-2-0-260128',
		doubao: 'doubao-seedance-2-0-260128',
		later: 'seedance-2-0-270101',
		fast: 'dreamina-seedance-2-0-fast-260128',
		lite: 'seedance-1-0-lite-i2v-250428',
		none: undefined,
	};
	const tasks = Object.entries(models).map(([id, shown]) =>
		taskOf(id, 'succeeded', { model: shown }),
	);
	expect(wanted({ filters: { model } }, tasks)).toEqual(expected);
});

test('the versions of a family are of it, its relatives are not', () => {
	const is = (id: string) => isOfFamily(id, { value: 'seedance-2-0' });
	expect(['dreamina-seedance-2-0', 'seedance-2-0-260128'].every(is)).toBe(true);
	expect(['seedance-2-0-mini-260615', 'seedance-2-05', 'x-seedance-2-0'].some(is)).toBe(false);
});

test('Created After counts by the time of the create', () => {
	const createdAtMs = Date.UTC(2026, 10, 20, 7, 0, 0);
	const tasks = [-1, 0, 1].map((seconds) =>
		taskOf(String(seconds), 'succeeded', { createdAtMs: createdAtMs + seconds * 1000 }),
	);
	expect(wanted({ filters: { createdAfter: '2026-11-20T08:00:00' } }, tasks)).toEqual(['1']);
	expect(
		read({ event: 'anyEnd', filters: { createdAfter: '2026-11-20T08:00:00' } }).value
			?.createdAfterMs,
	).toBe(createdAtMs);
});

test.each([
	['2026-11-20T08:00:00', '2026-11-20T07:00:00Z'],
	['2026-07-20 08:00', '2026-07-20T06:00:00Z'],
	['2026-11-20', '2026-11-19T23:00:00Z'],
	['2026-10-25T03:30:00', '2026-10-25T02:30:00Z'],
	['2026-11-20T08:00:00.000+05:30', '2026-11-20T02:30:00Z'],
	['2026-11-20T08:00:00z', '2026-11-20T08:00:00Z'],
	[new Date('2026-11-20T08:00:00Z'), '2026-11-20T08:00:00Z'],
	[{ toISO: () => '2026-11-20T08:00:00.000+01:00' }, '2026-11-20T07:00:00Z'],
])('%j is the moment %s', (given, expected) => {
	expect(moment('Europe/Berlin').schema.parse(given)).toBe(Date.parse(expected));
});

test.each([[''], [undefined], [null]])('%j is no moment', (given) => {
	expect(moment('UTC').schema.parse(given)).toBeUndefined();
});

test.each([['soon'], ['20.11.2026'], ['2026-13-01'], ['2026-11-20T25:00:00'], [7], [{}], [NaN]])(
	'%j is refused',
	(given) => {
		expect(moment('UTC').schema.safeParse(given).success).toBe(false);
	},
);

test.each([
	[{ event: 'never' }, ['event']],
	[{ event: '' }, ['event']],
	[{ filters: { model: 'ep-20260101-abcde' } }, ['filters.model']],
	[{ filters: { model: null, createdAfter: 'soon' } }, ['filters.createdAfter', 'filters.model']],
	[{ filters: { status: 'failed' } }, ['filters']],
	[{ downloadVideo: true, binaryPropertyName: 'lastFrame' }, ['binaryPropertyName']],
	[{ downloadVideo: 'perhaps' }, ['downloadVideo']],
])('%j is refused', (parameters, expected) => {
	expect(
		read({ event: 'anyEnd', ...parameters }).issues?.map(({ parameter }) => parameter),
	).toEqual(expected);
});
