import {
	readArkAnswer,
	readArkAsset,
	readAssetJob,
} from '../../../nodes/Seedance/seedance/wire/assets';

test.each<[unknown, string, string | undefined]>([
	[{ code: 200, data: {}, msg: '' }, 'processing', undefined],
	[{ code: 200, data: null, msg: '' }, 'processing', undefined],
	[{ code: 202, data: { asset_id: '' }, msg: 'processing' }, 'processing', undefined],
	[{ code: 200, data: { asset_id: 'asset-1' }, msg: '' }, 'ready', 'asset-1'],
	[{ code: 200, asset_id: 'asset-1' }, 'ready', 'asset-1'],
	[{ code: 500, data: null, msg: 'Name must be no more than 64 characters' }, 'failed', undefined],
	['<html>', 'processing', undefined],
])('what PowerTokens says of an upload: %j', (body, status, assetId) => {
	expect(readAssetJob(body)).toMatchObject({
		status,
		...(assetId === undefined ? {} : { assetId }),
	});
});

test.each([
	['Processing', 'processing'],
	['Active', 'ready'],
	['Failed', 'failed'],
	['Anything', 'processing'],
])("Ark's status %s", (Status, status) => {
	expect(readArkAsset({ Id: 'asset-1', Status })).toMatchObject({ assetId: 'asset-1', status });
});

test("an error of Ark's OpenAPI inside HTTP 200", () => {
	expect(
		readArkAnswer({
			ResponseMetadata: { RequestId: 'r', Error: { Code: 'InvalidParameter', Message: 'no' } },
		}),
	).toEqual({
		result: undefined,
		requestId: 'r',
		error: { code: 'InvalidParameter', message: 'no' },
	});
});
