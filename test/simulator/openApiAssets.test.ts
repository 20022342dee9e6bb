import { dateOf, sendOpenApi, sign } from './testOpenApi';
import { requestId, startMs, useSimulator } from './testSimulator';

const setup = useSimulator({
	provider: 'volcengine',
	assetMs: ({ name, kind }) => (name === 'late' && kind === 'image' ? 3000 : 0),
});

let passedMs = 0;
beforeEach(() => (passedMs = 0));
const pass = (milliseconds: number) => {
	passedMs += milliseconds;
	setup.pass(milliseconds);
};
const call = async (action: string, body: Record<string, unknown>) => {
	const { origin, accessKeyId, secretAccessKey } = setup.simulator;
	const request = sign({
		query: `Action=${action}&Version=2024-01-01`,
		body: JSON.stringify(body),
		host: new URL(origin).host,
		date: dateOf(startMs + passedMs),
		region: 'cn-beijing',
		service: 'ark',
		accessKeyId,
		secretAccessKey,
	});
	return await sendOpenApi(origin, request);
};
const metadata = (action: string) => ({
	RequestId: requestId,
	Action: action,
	Version: '2024-01-01',
	Service: 'ark',
	Region: 'cn-beijing',
});
const answer = (action: string, result: unknown) => ({
	status: 200,
	data: { ResponseMetadata: metadata(action), Result: result },
});
const refusal = (action: string, code: string, message: string) => ({
	status: 200,
	data: { ResponseMetadata: { ...metadata(action), Error: { Code: code, Message: message } } },
});
const idOf = async (action: string, body: Record<string, unknown>): Promise<string> => {
	const { data } = await call(action, body);
	return (data as { Result: { Id: string } }).Result.Id;
};
const resultOf = async (action: string, body: Record<string, unknown>) => {
	const { data } = await call(action, body);
	const { Items, ...rest } = (data as { Result: { Items: Array<{ Name: string }> } }).Result;
	return { names: Items.map(({ Name }) => Name), ...rest };
};
const newGroup = async (fields: Record<string, unknown> = {}) =>
	await idOf('CreateAssetGroup', { Name: 'Cats', GroupType: 'AIGC', ...fields });
const url = 'https://example.com/cat.png';
const newAsset = async (groupId: string, fields: Record<string, unknown> = {}) =>
	await idOf('CreateAsset', { GroupId: groupId, URL: url, AssetType: 'Image', ...fields });

it('keeps a group', async () => {
	const created = await call('CreateAssetGroup', {
		Name: 'Cats',
		Description: 'All of them',
		GroupType: 'AIGC',
		ProjectName: 'films',
	});
	expect(created).toEqual(
		answer('CreateAssetGroup', { Id: expect.stringMatching(/^group-20261121080000-[0-9a-z]{5}$/) }),
	);
	const { Result: { Id = '' } = {} } = created.data as { Result?: { Id?: string } };
	const group = {
		Id,
		Name: 'Cats',
		Description: 'All of them',
		GroupType: 'AIGC',
		ProjectName: 'films',
		CreateTime: '2026-11-21T00:00:00Z',
	};
	expect(await call('GetAssetGroup', { Id, ProjectName: 'films' })).toEqual(
		answer('GetAssetGroup', group),
	);
	const filter = { GroupType: 'AIGC' };
	expect(await call('ListAssetGroups', { Filter: filter, ProjectName: 'films' })).toEqual(
		answer('ListAssetGroups', { Items: [group], TotalCount: 1 }),
	);
	expect(await call('ListAssetGroups', { Filter: filter })).toEqual(
		answer('ListAssetGroups', { Items: [], TotalCount: 0 }),
	);
});

it('processes an asset until it is active', async () => {
	const groupId = await newGroup();
	const created = await call('CreateAsset', {
		GroupId: groupId,
		URL: url,
		AssetType: 'Image',
		Name: 'late',
		ProjectName: 'default',
		Moderation: { Strategy: 'Skip' },
	});
	expect(created).toEqual(
		answer('CreateAsset', { Id: expect.stringMatching(/^asset-20261121080000-[0-9a-z]{5}$/) }),
	);
	const { Result: { Id = '' } = {} } = created.data as { Result?: { Id?: string } };
	const asset = {
		Id,
		GroupId: groupId,
		AssetType: 'Image',
		Name: 'late',
		ProjectName: 'default',
		CreateTime: '2026-11-21T00:00:00Z',
	};
	pass(2999);
	expect(await call('GetAsset', { Id })).toEqual(
		answer('GetAsset', { ...asset, Status: 'Processing' }),
	);
	pass(1);
	const active = { ...asset, Status: 'Active', URL: url };
	expect(await call('GetAsset', { Id })).toEqual(answer('GetAsset', active));
	expect(await call('ListAssets', {})).toEqual(
		answer('ListAssets', { Items: [active], TotalCount: 1 }),
	);
});

it.each<readonly [marker: string, milliseconds: number, end: object]>([
	[
		'simulate-asset-failed',
		0,
		{ Status: 'Failed', Error: { Code: 'FaceMismatch', Message: 'face mismatch' } },
	],
	['simulate-asset-slow', 59_999, { Status: 'Processing' }],
	['simulate-asset-slow', 60_000, { Status: 'Active', URL: `${url}?simulate-asset-slow` }],
])('steers an asset by %s in its URL, after %d ms', async (marker, milliseconds, end) => {
	const groupId = await newGroup();
	const Id = await newAsset(groupId, { URL: `${url}?${marker}` });
	pass(milliseconds);
	expect(await call('GetAsset', { Id })).toEqual(
		answer('GetAsset', {
			Id,
			GroupId: groupId,
			AssetType: 'Image',
			Name: '',
			ProjectName: 'default',
			CreateTime: '2026-11-21T00:00:00Z',
			...end,
		}),
	);
});

it('deletes an asset', async () => {
	const Id = await newAsset(await newGroup());
	expect(await call('DeleteAsset', { Id })).toEqual(answer('DeleteAsset', {}));
	for (const action of ['GetAsset', 'DeleteAsset']) {
		expect(await call(action, { Id })).toEqual(
			refusal(action, 'NotFound.Asset', `The project has no asset ${Id}.`),
		);
	}
});

it('keeps the projects apart', async () => {
	const groupId = await newGroup({ ProjectName: 'films' });
	const notInDefault = [
		'NotFound.AssetGroup',
		`The project has no asset group ${groupId}.`,
	] as const;
	expect(await call('GetAssetGroup', { Id: groupId })).toEqual(
		refusal('GetAssetGroup', ...notInDefault),
	);
	const body = { GroupId: groupId, URL: url, AssetType: 'Image' };
	expect(await call('CreateAsset', body)).toEqual(refusal('CreateAsset', ...notInDefault));
	const Id = await newAsset(groupId, { ProjectName: 'films' });
	expect(await call('GetAsset', { Id })).toEqual(
		refusal('GetAsset', 'NotFound.Asset', `The project has no asset ${Id}.`),
	);
	expect(await call('ListAssets', {})).toEqual(answer('ListAssets', { Items: [], TotalCount: 0 }));
	expect((await resultOf('ListAssets', { ProjectName: 'films' })).names).toEqual(['']);
});

it('filters assets', async () => {
	const [cats, dogs] = [await newGroup(), await newGroup({ Name: 'Dogs' })];
	await newAsset(cats, { Name: 'cat one' });
	await newAsset(cats, { Name: 'late' });
	await newAsset(dogs, { Name: 'dog one', URL: `${url}?simulate-asset-failed` });
	for (const [filter, names] of [
		[{}, ['dog one', 'late', 'cat one']],
		[{ GroupIds: [cats] }, ['late', 'cat one']],
		[{ GroupIds: [cats, dogs], Statuses: ['Active', 'Failed'] }, ['dog one', 'cat one']],
		[{ Statuses: ['Processing'] }, ['late']],
		[{ Name: 'one', GroupIds: [] }, ['dog one', 'cat one']],
		[{ GroupType: 'AIGC', Name: 'cat' }, ['cat one']],
		[{ GroupType: 'LivenessFace' }, []],
	] as const) {
		const found = await resultOf('ListAssets', { Filter: filter });
		expect(found).toEqual({ names, TotalCount: names.length });
	}
});

it('filters groups', async () => {
	const cats = await newGroup();
	await newGroup({ Name: 'Dogs' });
	for (const [filter, names] of [
		[{}, ['Dogs', 'Cats']],
		[{ Name: 'og' }, ['Dogs']],
		[{ GroupIds: [cats] }, ['Cats']],
	] as const) {
		const found = await resultOf('ListAssetGroups', { Filter: { GroupType: 'AIGC', ...filter } });
		expect(found).toEqual({ names, TotalCount: names.length });
	}
});

it('returns a list in pages', async () => {
	for (let index = 12; index >= 1; index--) await newGroup({ Name: String(index) });
	const list = async (fields: Record<string, unknown>) =>
		await resultOf('ListAssetGroups', { Filter: { GroupType: 'AIGC' }, ...fields });
	const names = Array.from({ length: 12 }, (_, index) => String(index + 1));
	expect(await list({})).toEqual({ names: names.slice(0, 10), TotalCount: 12 });
	expect(await list({ PageNumber: 2 })).toEqual({ names: names.slice(10), TotalCount: 12 });
	expect(await list({ PageNumber: 2, PageSize: 5 })).toEqual({
		names: names.slice(5, 10),
		TotalCount: 12,
	});
	expect(await list({ PageNumber: 9 })).toEqual({ names: [], TotalCount: 12 });
	const first = await list({ MaxResults: 7 });
	expect(first).toEqual({ names: names.slice(0, 7), NextToken: 'from-7' });
	expect(await list({ MaxResults: 7, NextToken: 'from-7' })).toEqual({
		names: names.slice(7),
		NextToken: '',
	});
});

const asset = { GroupId: 'group-1', URL: url, AssetType: 'Image' };
const missing = (path: string) => [
	`MissingParameter.${path}`,
	`The parameter ${path} is required.`,
];
const invalid = (path: string, expectation: string) => [
	`InvalidParameter.${path}`,
	`The parameter ${path} is not valid: expected ${expectation}.`,
];

it.each<readonly [action: string, body: Record<string, unknown>, refusal: readonly string[]]>([
	['CreateAssetGroup', {}, missing('Name')],
	['CreateAssetGroup', { Name: '' }, missing('Name')],
	['CreateAssetGroup', { Name: 5 }, invalid('Name', 'a string')],
	['CreateAssetGroup', { Name: 'n'.repeat(65) }, invalid('Name', 'at most 64 characters')],
	[
		'CreateAssetGroup',
		{ Name: 'n', Description: 'd'.repeat(301) },
		invalid('Description', 'at most 300 characters'),
	],
	[
		'CreateAssetGroup',
		{ Name: 'n', GroupType: 'LivenessFace' },
		invalid('GroupType', 'one of AIGC'),
	],
	['CreateAssetGroup', { Name: 'n', Title: 'n' }, invalid('Title', 'no such parameter')],
	['GetAssetGroup', {}, missing('Id')],
	[
		'GetAssetGroup',
		{ Id: 'group-1' },
		['NotFound.AssetGroup', 'The project has no asset group group-1.'],
	],
	['ListAssetGroups', {}, missing('Filter')],
	['ListAssetGroups', { Filter: [] }, invalid('Filter', 'an object')],
	['ListAssetGroups', { Filter: {} }, missing('Filter.GroupType')],
	[
		'ListAssetGroups',
		{ Filter: { GroupType: 'aigc' } },
		invalid('Filter.GroupType', 'one of AIGC, LivenessFace'),
	],
	['CreateAsset', { ...asset, GroupId: undefined }, missing('GroupId')],
	['CreateAsset', { ...asset, URL: undefined }, missing('URL')],
	['CreateAsset', { ...asset, AssetType: undefined }, missing('AssetType')],
	['CreateAsset', asset, ['NotFound.AssetGroup', 'The project has no asset group group-1.']],
	[
		'CreateAsset',
		{ ...asset, AssetType: 'image' },
		invalid('AssetType', 'one of Image, Video, Audio'),
	],
	...['ftp://example.com/a.png', 'data:image/png;base64,AAAA', 'https://', 'cat.png'].map(
		(wrong) =>
			['CreateAsset', { ...asset, URL: wrong }, invalid('URL', 'an http: or https: URL')] as const,
	),
	['CreateAsset', { ...asset, Name: 'n'.repeat(65) }, invalid('Name', 'at most 64 characters')],
	[
		'CreateAsset',
		{ ...asset, Moderation: { Strategy: 'None' } },
		invalid('Moderation.Strategy', 'one of Skip'),
	],
	['GetAsset', {}, missing('Id')],
	['ListAssets', { Filter: { GroupIds: 'g' } }, invalid('Filter.GroupIds', 'an array of strings')],
	[
		'ListAssets',
		{ Filter: { Statuses: ['active'] } },
		invalid('Filter.Statuses', 'some of Processing, Active, Failed'),
	],
	['ListAssets', { Filter: { Ids: [] } }, invalid('Filter.Ids', 'no such parameter')],
	['ListAssets', { PageNumber: 0 }, invalid('PageNumber', 'a whole number from 1')],
	['ListAssets', { PageSize: 101 }, invalid('PageSize', 'a whole number from 1 to 100')],
	['ListAssets', { MaxResults: '5' }, invalid('MaxResults', 'a whole number from 1 to 100')],
	['ListAssets', { NextToken: 'x' }, invalid('NextToken', 'the token of an earlier answer')],
	['DeleteAsset', { Id: 'a' }, ['NotFound.Asset', 'The project has no asset a.']],
])('refuses %s of %j', async (action, body, [code = '', message = '']) => {
	expect(await call(action, body)).toEqual(refusal(action, code, message));
});

it.each(['CreateAssetGroup', 'CreateAsset'])(
	'takes %s with a name of 64 characters',
	async (action) => {
		const Name = 'n'.repeat(64);
		const body =
			action === 'CreateAsset' ? { ...asset, GroupId: await newGroup(), Name } : { Name };
		expect(await idOf(action, body)).toMatch(/^(group|asset)-/);
	},
);
