import type { AssetApi } from '../../../nodes/Seedance/n8n/assetLibrary';
import type { InputFile } from '../../../nodes/Seedance/n8n/inputFile';
import { SeedanceFailure } from '../../../nodes/Seedance/seedance/failure';
import type { Asset } from '../../../nodes/Seedance/seedance/wire/assets';
import { createAssets } from '../../../nodes/Seedance/tasks/assets';
import { endingOf, FakeClock, flush } from '../fakeClock';
import { forbidden, notFound, policyOf, unavailable } from '../given';

const processing: Asset = { status: 'processing' };
const ready: Asset = { status: 'ready', assetId: 'asset-1' };

type Answer = Asset | SeedanceFailure;

/** A library whose polls are answered in turn, the last answer for ever. */
function assetRun(answers: readonly Answer[], upload?: AssetApi['upload']) {
	const clock = new FakeClock();
	const polledAtMs: number[] = [];
	const timeouts: number[] = [];
	const uploads: string[] = [];
	let timesOpened = 0;
	const unexpected = async () => await Promise.reject(new TypeError('This call is not expected'));
	const api: AssetApi = {
		...{ addUrl: unexpected, read: unexpected, list: unexpected, delete: unexpected },
		async upload(file, fileName, groupId) {
			uploads.push(fileName);
			return await (upload?.(file, fileName, groupId) ?? `upload-${uploads.length}`);
		},
		async poll(_id, timeoutMs) {
			const answer = answers[Math.min(polledAtMs.length, answers.length - 1)] ?? processing;
			polledAtMs.push(clock.monotonicMs());
			timeouts.push(timeoutMs);
			if (answer instanceof SeedanceFailure) throw answer;
			return answer;
		},
	};
	const assets = createAssets(clock, () => {
		timesOpened++;
		return api;
	});
	return {
		...{ clock, assets, polledAtMs, timeouts, uploads, api },
		timesOpened: () => timesOpened,
		wait: (pollIntervalMs?: number) =>
			endingOf(clock, assets.wait('id', policyOf({ pollIntervalMs, maxWaitMs: 60_000 }))),
		uriOf: (changes?: Partial<InputFile>) => endingOf(clock, assets.uriOf(fileOf(changes))),
	};
}

function fileOf(changes: Partial<InputFile> = {}): InputFile {
	const head = new Uint8Array();
	return {
		...{ field: 'data', fileName: 'cat.png', head, sizeBytes: 1, identity: 'cat' },
		videoSeconds: undefined,
		type: { kind: 'image', mimeType: 'image/png', extension: 'png' } as InputFile['type'],
		open: async () => await Promise.reject(new TypeError('Nothing reads the file')),
		...changes,
	};
}

describe('the library', () => {
	test('is opened when an asset needs it first, and once in a run', () => {
		const { assets, api, timesOpened } = assetRun([]);
		expect(timesOpened()).toBe(0);
		expect(assets.api()).toBe(api);
		expect(assets.api()).toBe(api);
		expect(timesOpened()).toBe(1);
	});

	test('that cannot be opened refuses the wait', async () => {
		const clock = new FakeClock();
		const assets = createAssets(clock, () => {
			throw forbidden();
		});
		const ending = endingOf(clock, assets.wait('id', policyOf()));
		await clock.advance(60_000);
		expect(ending.failure).toMatchObject({ kind: 'notAllowed', taskId: 'id' });
	});
});

describe('a wait', () => {
	test('polls at once and then after each interval, until the asset is ready', async () => {
		const { clock, wait, polledAtMs, timeouts } = assetRun([processing, processing, ready]);
		const ending = wait(3_000);
		await clock.advance(60_000);
		expect(polledAtMs).toEqual([50, 3_050, 6_050]);
		expect(timeouts).toEqual([59_950, 56_950, 53_950]);
		expect(ending).toMatchObject({ value: { seen: ready, timedOut: false }, atMs: 6_050 });
	});

	test('ends with an asset that failed', async () => {
		const failed: Asset = { status: 'failed' };
		const { clock, wait } = assetRun([failed]);
		const ending = wait(3_000);
		await clock.advance(60_000);
		expect(ending).toMatchObject({ value: { seen: failed, timedOut: false }, atMs: 50 });
	});

	test('without an interval polls every 3 s', async () => {
		const { clock, wait, polledAtMs } = assetRun([processing, processing, ready]);
		wait();
		await clock.advance(60_000);
		expect(polledAtMs).toEqual([50, 3_050, 6_050]);
	});

	test('times out while it is being processed, also when no poll has worked', async () => {
		for (const answer of [processing, unavailable()]) {
			const { clock, wait } = assetRun([answer]);
			const ending = wait(3_000);
			await clock.advance(70_000);
			expect(ending).toMatchObject({
				value: { seen: { status: 'processing' }, timedOut: true },
				atMs: 60_000,
			});
		}
	});

	test('gives a new asset 20 s to be found', async () => {
		const { clock, wait } = assetRun([notFound()]);
		const ending = wait(3_000);
		await clock.advance(60_000);
		expect(ending).toMatchObject({ failure: { kind: 'taskNotFound', taskId: 'id' }, atMs: 21_050 });
	});
});

describe('a file for a video', () => {
	test('is uploaded, waited for and used by its asset', async () => {
		const { clock, uriOf, uploads } = assetRun([processing, ready]);
		const ending = uriOf();
		await clock.advance(60_000);
		expect(ending).toEqual({ value: 'asset://asset-1', atMs: 3_050 });
		expect(uploads).toEqual(['cat.png']);
	});

	test('that is the same is uploaded once in a run, whichever item needs it', async () => {
		const { clock, uriOf, uploads } = assetRun([ready]);
		const endings = [uriOf(), uriOf({ field: 'other' })];
		await clock.advance(60_000);
		endings.push(uriOf());
		await clock.advance(60_000);
		expect(endings.map(({ value }) => value)).toEqual(Array(3).fill('asset://asset-1'));
		expect(uploads).toHaveLength(1);
		uriOf({ identity: 'dog' });
		await clock.advance(60_000);
		expect(uploads).toHaveLength(2);
	});

	test('whose upload failed is uploaded again for another item', async () => {
		const failures: SeedanceFailure[] = [forbidden()];
		const { clock, uriOf, uploads } = assetRun([ready], async () => {
			const failure = failures.shift();
			if (failure !== undefined) throw failure;
			return 'upload-2';
		});
		const [first, second] = [uriOf(), uriOf()];
		await clock.advance(1_000);
		expect([first, second]).toMatchObject([
			{ failure: { kind: 'notAllowed' } },
			{ failure: { kind: 'notAllowed' } },
		]);
		const third = uriOf();
		await clock.advance(1_000);
		expect(third.value).toBe('asset://asset-1');
		expect(uploads).toHaveLength(2);
	});

	test.each<[string, Asset, object]>([
		[
			'failed',
			{ status: 'failed', failure: { code: '400', message: 'no' } },
			{ kind: 'assetRefused', code: '400', providerMessage: 'no' },
		],
		['is ready without an id', { status: 'ready' }, { kind: 'assetRefused' }],
		['failed with an id', { ...ready, status: 'failed' }, { kind: 'assetRefused' }],
		['is never ready', processing, { kind: 'assetWaitTimedOut' }],
	])(
		'whose asset %s fails, and its id is not that of the video',
		async (_name, asset, expected) => {
			const { clock, uriOf } = assetRun([asset]);
			const ending = uriOf();
			await clock.advance(700_000);
			expect(ending.failure).toMatchObject({ ...expected, taskId: undefined });
			expect(ending.failure).toMatchObject({ values: { uploadTaskId: 'upload-1' } });
		},
	);

	test('whose asset takes longer than 10 minutes has timed out', async () => {
		const { clock, uriOf } = assetRun([processing]);
		const ending = uriOf();
		await clock.advance(700_000);
		expect(ending).toMatchObject({ failure: { values: { minutes: 10 } }, atMs: 600_000 });
	});

	test('that was not checked is a bug, and is not uploaded', async () => {
		const { clock, uriOf, uploads } = assetRun([ready]);
		const ending = uriOf({ type: undefined });
		await clock.advance(1_000);
		expect(ending.failure).toMatchObject({ kind: 'bug' });
		expect(uploads).toEqual([]);
	});

	test('a stop ends the wait', async () => {
		const { clock, uriOf } = assetRun([processing]);
		const ending = uriOf();
		await clock.advance(1_000);
		clock.stop();
		await flush();
		expect(ending).toMatchObject({ failure: { kind: 'stopped' }, atMs: 1_000 });
	});
});
