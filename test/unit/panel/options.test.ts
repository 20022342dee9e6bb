import type { INodeProperties } from 'n8n-workflow';
import { readFields } from '../../../nodes/Seedance/panel/accepts';
import { optionsProperty } from '../../../nodes/Seedance/panel/createProperties';
import {
	optionRows,
	wireFieldsOf,
	type CreateOptions,
	type OptionRow,
} from '../../../nodes/Seedance/panel/options';
import { modelFamilies } from '../../../nodes/Seedance/seedance/models';

/** One case per option: a value as stored, what is read, what is refused, and the member of the body in each form. */
interface OptionCase {
	readonly name: keyof CreateOptions;
	readonly stored: unknown;
	readonly read: unknown;
	readonly refused: unknown;
	readonly official?: Readonly<Record<string, unknown>>;
	readonly openAiMedia?: Readonly<Record<string, unknown>>;
	readonly openAiFlat?: Readonly<Record<string, unknown>>;
	/** The series that support it; all when absent. */
	readonly series?: readonly string[];
	/** Whether an entry that yields nothing is refused; otherwise it is not set. */
	readonly neverEmpty?: boolean;
	/** Whether only an empty text is not set. */
	readonly neverNull?: boolean;
}

const everywhere = (member: Readonly<Record<string, unknown>>) => ({
	official: member,
	openAiMedia: member,
	openAiFlat: member,
});

const cases: readonly OptionCase[] = [
	{
		...{ name: 'callbackUrl', stored: 'https://h/x', read: 'https://h/x', refused: 'ftp://h' },
		official: { callback_url: 'https://h/x' },
	},
	{
		...{ name: 'cameraFixed', stored: 'FALSE', read: false, refused: 'no' },
		neverEmpty: true,
		official: { camera_fixed: false },
		openAiFlat: { camera_fixed: false },
		series: ['1.0', '1.5'],
	},
	{
		...{ name: 'createAgainAfterFailure', stored: '3', read: 3, refused: 4 },
		neverEmpty: true,
	},
	{
		...{ name: 'draft', stored: true, read: true, refused: 1 },
		neverEmpty: true,
		official: { draft: true },
		openAiFlat: { draft: true },
		series: ['1.5', '2.5'],
	},
	{ name: 'dryRun', stored: 'true', read: true, refused: 'yes', neverEmpty: true },
	{
		...{ name: 'executionExpiresAfter', stored: '3600', read: 3600, refused: 3599 },
		neverEmpty: true,
		official: { execution_expires_after: 3600 },
	},
	{ name: 'extraBody', stored: '{"a":0}', read: { a: 0 }, refused: '[1' },
	{ name: 'fileName', stored: ' clip 1.MP4 ', read: 'clip 1', refused: '../clip' },
	{
		...{ name: 'frames', stored: 29, read: 29, refused: 30 },
		neverNull: true,
		official: { frames: 29 },
		series: ['1.0'],
	},
	{
		...{ name: 'idempotencyKey', stored: ' 7-a ', read: '7-a', refused: 'x'.repeat(10_001) },
		neverEmpty: true,
	},
	{ name: 'maxConcurrency', stored: '1', read: 1, refused: 0, neverEmpty: true },
	{
		name: 'onFailedTask',
		stored: 'returnTask',
		read: 'returnTask',
		refused: 'ignore',
		neverEmpty: true,
	},
	{
		...{ name: 'onUnknownOutcome', stored: 'createAgain', read: 'createAgain', refused: 'retry' },
		neverEmpty: true,
	},
	{
		...{ name: 'outputFormat', stored: 'mov', read: 'mov', refused: 'avi' },
		official: { output_format: 'mov' },
		series: ['2.5'],
	},
	{
		...{ name: 'priority', stored: 0, read: 0, refused: 10 },
		official: { priority: 0 },
		series: ['2.0', '2.5'],
	},
	{
		...{ name: 'recoveryMarker', stored: 'none', read: 'none', refused: 'seed' },
		neverEmpty: true,
	},
	{
		...{ name: 'returnLastFrame', stored: false, read: false, refused: {} },
		neverEmpty: true,
		...everywhere({ return_last_frame: false }),
	},
	{
		...{ name: 'safetyIdentifier', stored: 'u1', read: 'u1', refused: 'x'.repeat(65) },
		official: { safety_identifier: 'u1' },
		openAiMedia: { safety_identifier: 'u1' },
	},
	{
		...{ name: 'seed', stored: '-1', read: -1, refused: 2 ** 32 },
		neverNull: true,
		...everywhere({ seed: -1 }),
	},
	{
		...{ name: 'serviceTier', stored: 'flex', read: 'flex', refused: 'cheap' },
		neverEmpty: true,
		official: { service_tier: 'flex' },
		series: ['1.0', '1.5'],
	},
	{
		...{ name: 'taskType', stored: 'edit', read: 'edit', refused: 'Edit' },
		official: { omni_reference_task_type: 'edit' },
		series: ['2.5'],
	},
	{ name: 'testDuration', stored: '60', read: 60, refused: 0 },
	{ name: 'pricePerMillionTokens', stored: '0.5', read: 0.5, refused: 0, neverEmpty: true },
	{ name: 'costBudget', stored: '0.5', read: 0.5, refused: 0, neverEmpty: true },
	{ name: 'tokenBudget', stored: 1, read: 1, refused: 0.5, neverEmpty: true },
	{
		...{ name: 'watermark', stored: false, read: false, refused: 'off' },
		neverEmpty: true,
		...everywhere({ watermark: false }),
	},
	{
		...{ name: 'webSearch', stored: true, read: true, refused: 'on' },
		neverEmpty: true,
		official: { tools: [{ type: 'web_search' }] },
		series: ['2.0', '2.5'],
	},
];

const rowOf = (name: string) => optionRows.find((row) => row.name === name) as OptionRow;

test('every option has a case', () => {
	expect(cases.map(({ name }) => name).sort()).toEqual(optionRows.map(({ name }) => name).sort());
});

test.each(cases)('$name: a stored value is read, another one refused', (one) => {
	const { name, stored, read, refused } = one;
	expect(readFields([rowOf(name)], { [name]: stored }, 'options.')).toEqual({
		fields: { [name]: read },
		issues: [],
	});
	expect(readFields([rowOf(name)], { [name]: refused }, 'options.').issues).toEqual([
		{
			parameter: `options.${name}`,
			code: 'invalidValue',
			values: { given: refused, expected: expect.any(String) },
		},
	]);
});

test.each(cases)('$name: an entry that was not added is not set', ({ name }) => {
	expect(readFields([rowOf(name)], {}, 'options.')).toEqual({ fields: {}, issues: [] });
});

test.each(
	cases.flatMap(({ name, neverEmpty = false, neverNull = false }) =>
		[undefined, null, ''].map((given) => ({
			...{ name, given },
			isRefused: neverEmpty || (neverNull && given !== ''),
		})),
	),
)('$name: an added entry that yields $given is refused: $isRefused', (one) => {
	const { name, given, isRefused } = one;
	const issue = {
		parameter: `options.${name}`,
		code: 'entryEmpty',
		values: { expected: rowOf(name).accepts.expected },
	};
	expect(readFields([rowOf(name)], { [name]: given }, 'options.')).toEqual({
		fields: {},
		issues: isRefused ? [issue] : [],
	});
});

test.each(cases.filter(({ neverEmpty }) => neverEmpty))('$name: blanks are nothing', ({ name }) => {
	expect(readFields([rowOf(name)], { [name]: ' \t\n' }, 'options.').issues).toEqual([
		expect.objectContaining({ code: 'entryEmpty' }),
	]);
});

test.each([
	[7, '7'],
	[0, '0'],
	[-1.5, '-1.5'],
	['  row 7 ', 'row 7'],
	['cafe\u0301', 'caf\u00e9'],
])('the idempotency key %j is %j', (stored, read) => {
	expect(readFields([rowOf('idempotencyKey')], { idempotencyKey: stored })).toEqual({
		fields: { idempotencyKey: read },
		issues: [],
	});
});

test('an idempotency key may have 10,000 characters', () => {
	const idempotencyKey = 'x'.repeat(10_000);
	expect(readFields([rowOf('idempotencyKey')], { idempotencyKey })).toEqual({
		fields: { idempotencyKey },
		issues: [],
	});
});

test.each([NaN, Infinity, true, false, {}, ['a']])(
	'the idempotency key %j is refused: it may be the same for many items',
	(idempotencyKey) => {
		expect(readFields([rowOf('idempotencyKey')], { idempotencyKey })).toEqual({
			fields: {},
			issues: [expect.objectContaining({ code: 'invalidValue' })],
		});
	},
);

test.each(cases)('$name: the member of the body in each form', (one) => {
	const options = { [one.name]: one.read } as CreateOptions;
	for (const form of ['official', 'openAiMedia', 'openAiFlat'] as const) {
		expect(wireFieldsOf(options, form)).toEqual(one[form] ?? {});
	}
});

test.each(cases)('$name: the panel offers it for the models that support it', (one) => {
	const property = (optionsProperty.options as INodeProperties[]).find(
		({ name }) => name === one.name,
	);
	const models = modelFamilies
		.filter(({ series }) => one.series?.includes(series) ?? true)
		.map(({ value }) => value as string);
	expect(property?.displayOptions).toEqual(
		one.series === undefined ? undefined : { show: { '/model': [...models, 'custom'] } },
	);
});

test('web search that is off is not sent', () => {
	expect(wireFieldsOf({ webSearch: false }, 'official')).toEqual({});
});
