import type { IDataObject } from 'n8n-workflow';
import { readRequest } from '../../../nodes/Seedance/testMode/answer';
import { answerAboutAssets, type AssetMemory } from '../../../nodes/Seedance/testMode/assets';

const origin = 'https://test-mode.invalid';
const startMs = 1_796_000_000_000;

/** A process of its own: the calls of its library, at a moment after the start. */
function startProcess() {
	const memory: AssetMemory = new Map();
	async function answer(path: string, afterMs: number, body?: object) {
		const given = body === undefined ? {} : { body: JSON.stringify(body) };
		const request = readRequest({ url: origin + path, ...given }, startMs + afterMs);
		const { statusCode, body: text } = await answerAboutAssets(request, memory);
		return { status: statusCode, body: JSON.parse(String(text)) as IDataObject };
	}
	return {
		act: async (action: string, body: object) => await answer(`/?Action=${action}`, 0, body),
		read: async (id: string) =>
			(await answer(`/v1/asset/jobs/get-asset-id?task_id=${id}`, 5_000)).body,
	};
}

const page = { PageNumber: 1, PageSize: 100 };
const resultOf = ({ body }: { body: IDataObject }) => body['Result'] as IDataObject;

test('an asset that was deleted is neither listed nor read', async () => {
	const { act, read } = startProcess();
	const created = await act('CreateAsset', { Name: 'a.png', AssetType: 'Image' });
	const ids = async () =>
		(resultOf(await act('ListAssets', page))['Items'] as IDataObject[]).map(({ Id }) => String(Id));
	const listed = await ids();
	expect(listed).toHaveLength(3);
	expect(listed).toContain(resultOf(created)['Id']);
	for (const id of listed) {
		expect(await read(id)).toMatchObject({ code: 200, data: { asset_id: id } });
		expect((await act('DeleteAsset', { Id: id })).status).toBe(200);
		expect(await read(id)).toMatchObject({ code: 404, data: null });
	}
	expect(await ids()).toEqual([]);
});

test('an action that the library does not have is refused and deletes nothing', async () => {
	const { act, read } = startProcess();
	const { Id } = resultOf(await act('CreateAsset', { Name: 'a.png', AssetType: 'Image' }));
	expect(await act('UpdateAsset', { Id })).toMatchObject({
		...{ status: 400, body: { error: { code: 'InvalidParameter', param: 'Action' } } },
	});
	expect(await read(String(Id))).toMatchObject({ data: { asset_id: Id } });
	expect(resultOf(await act('ListAssets', page))['TotalCount']).toBe(3);
});
