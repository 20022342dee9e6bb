import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { magicPrompts } from '../../nodes/Seedance/testMode/magicPrompts';
import { startSimulator, type Interceptor } from '../simulator/simulator';
import { magicTable } from '../docs/magicTable';
import { speedUpTime } from './fastTime';
import { itemsWithFiles, png } from './files';
import { setUp } from './setup';
import { errorNode, videoNode } from './workflows';

// The simulator keeps the usual time.
const setup = setUp({ queueMs: 25, renderMs: 175 });
let restoreTime: () => void;
beforeAll(() => {
	restoreTime = speedUpTime(40);
});
afterAll(() => restoreTime());

const testMode = { seedanceApi: { provider: 'testMode' } };

/** What makes the simulator do what a magic prompt does. */
interface Counterpart {
	/** In the prompt of the simulator. */
	readonly marker?: string;
	readonly apiKey?: string;
	readonly interceptor?: () => Interceptor;
}

const marked = (marker: string): Counterpart => ({ marker: `[simulate:${marker}]` });

const isCreate = ({ method }: { readonly method: string }) => method === 'POST';
const isVideo = ({ path }: { readonly path: string }) => path.endsWith('.mp4');

const refusedWith = (status: number, code: string) => ({
	status,
	body: { error: { code, message: 'Refused', param: '', type: 'x' } },
});

/** Cancels the task of the first read, as somebody else would. */
const cancelling = (): Interceptor => {
	let isCancelled = false;
	return async ({ method, path }) => {
		if (method !== 'GET' || isCancelled) return undefined;
		isCancelled = true;
		const { origin, apiKey } = setup.simulator;
		const headers = { Authorization: `Bearer ${apiKey}` };
		await fetch(origin + path, { method: 'DELETE', headers });
		return undefined;
	};
};

/** Each answer has half of what is left, or nothing. */
const breaking = (times: number) => (): Interceptor => {
	let count = 0;
	return (request) => {
		if (!isVideo(request) || count >= times) return undefined;
		return ++count === 1 ? { truncateAfterBytes: 1_000 } : 'reset';
	};
};

const counterparts: Readonly<Record<string, Counterpart>> = {
	'refused text': marked('input-refused InputTextSensitiveContentDetected'),
	'refused image': marked('input-refused InputImageSensitiveContentDetected'),
	'real person': marked('input-refused InputImageSensitiveContentDetected.PrivacyInformation'),
	'refused output': marked('failed OutputVideoSensitiveContentDetected'),
	'refused sound': marked('failed OutputAudioSensitiveContentDetected'),
	failed: marked('failed'),
	expired: marked('expired'),
	cancelled: { ...marked('queue 100m'), interceptor: cancelling },
	throttled: {
		interceptor: () => {
			let count = 0;
			const refusal = refusedWith(429, 'RateLimitExceeded.EndpointRPMExceeded');
			return (request) => (isCreate(request) && ++count <= 2 ? refusal : undefined);
		},
	},
	'no credit': {
		interceptor: () => (request) =>
			isCreate(request) ? refusedWith(403, 'AccountOverdueError') : undefined,
	},
	'wrong key': { apiKey: 'another-key' },
	'lost answer': { interceptor: () => (request) => (isCreate(request) ? 'reset' : undefined) },
	'lost answer, found': {
		interceptor: () => (request) => (isCreate(request) ? { after: 'reset' } : undefined),
	},
	'stays queued': marked('queue 1000m'),
	'stays running': marked('render 1000m'),
	'download continued': { interceptor: breaking(1) },
	'download broken': { interceptor: breaking(Infinity) },
	'download refused': {
		interceptor: () => (request) => (isVideo(request) ? { status: 404 } : undefined),
	},
};

/** The keys of a value with the types of what is behind them; Test Mode's own mark apart. */
function shapeOf(value: unknown): unknown {
	if (Array.isArray(value)) {
		return [...new Set(value.map((entry) => JSON.stringify(shapeOf(entry))))];
	}
	if (typeof value !== 'object' || value === null) return typeof value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([name]) => name !== 'testMode')
			.map(([name, member]) => [name, shapeOf(member)]),
	);
}

/** What a workflow sees of both outputs of the node, and what its branches decide by. */
function seenOf(execution: Awaited<ReturnType<typeof setup.runVideo>>) {
	const outputs = [execution.items(videoNode, 0), execution.items(errorNode)];
	return outputs.map((items: INodeExecutionData[]) =>
		items.map(({ json, binary }) => {
			const { code, httpStatus, outcomeUnknown } = Object(json['error']) as IDataObject;
			const { status, timedOut, failureCode } = json;
			return {
				...{ json: shapeOf(json), binary: shapeOf(binary) },
				decisive: { code, httpStatus, outcomeUnknown, status, timedOut, failureCode },
			};
		}),
	);
}

const create = {
	operation: 'create',
	prompt: 'A kitten runs across a meadow',
	ratio: '16:9',
	waitOptions: { pollInterval: 1, maxWait: 2 },
} as const;
const settings = { onError: 'continueErrorOutput' } as const;

async function agree(parameters: IDataObject, words?: string): Promise<ReturnType<typeof seenOf>> {
	const { marker = '', apiKey, interceptor } = counterparts[words ?? ''] ?? {};
	const prompt = String(parameters['prompt'] ?? create.prompt);
	const { simulator } = setup;
	const remove = interceptor === undefined ? () => {} : simulator.intercept(interceptor());
	try {
		const magic = words === undefined ? '' : ` [test: ${words}]`;
		const [real, test] = await Promise.all([
			setup.runVideo(
				{ ...create, ...parameters, prompt: prompt + marker },
				{
					settings,
					credentials: {
						seedanceApi: { baseUrl: simulator.origin, apiKey: apiKey ?? simulator.apiKey },
					},
				},
			),
			setup.runVideo(
				{ ...create, ...parameters, prompt: prompt + magic },
				{ settings, credentials: testMode },
			),
		]);
		const seen = seenOf(test);
		expect(seen).toEqual(seenOf(real));
		return seen;
	} finally {
		remove();
	}
}

const forms = [
	['simplified', {}],
	['whole', { simplify: false, options: { onFailedTask: 'returnTask', returnLastFrame: true } }],
] as const;

test.each(forms)('a video is the same item as at the simulator, %s', async (_form, parameters) => {
	const [done = []] = await agree({ ...parameters });
	expect(done).toMatchObject([{ decisive: { status: 'succeeded' } }]);
});

test('a task whose answer was lost is found by its safety identifier', async () => {
	const byIdentifier = { options: { recoveryMarker: 'safetyIdentifier' } };
	const [done = []] = await agree(byIdentifier, 'lost answer, found');
	expect(done).toMatchObject([{ decisive: { status: 'succeeded' } }]);
});

test.each([
	['without waiting', { waitForCompletion: false }],
	['as a dry run', { options: { dryRun: true } }],
	['of another model', { model: 'seedance-1-0-pro', simplify: false }],
	['of frames', { model: 'seedance-1-0-pro', simplify: false, options: { frames: 57 } }],
	['of a draft', { model: 'seedance-1-5-pro', simplify: false, options: { draft: true } }],
	['of an unknown model', { model: 'seedance-9-9-991231' }],
])('a create %s is the same as at the simulator', async (_name, parameters) => {
	await agree(parameters);
});

test('every magic prompt has its counterpart', () => {
	expect(Object.keys(counterparts)).toEqual(magicPrompts.map(({ words }) => words));
});

describe.each(forms)('%s', (form, parameters) => {
	test.each(magicPrompts.map(({ words }) => [words]))(
		'[test: %s] gives what the simulator gives',
		async (words) => {
			const [done = [], failed = []] = await agree({ ...parameters }, words);
			expect(done.length + failed.length).toBe(1);
			const [item] = [...done, ...failed];
			if (form === 'whole') return;
			const { code, failureCode, status } = item?.decisive ?? {};
			const shown = code ?? failureCode ?? status;
			const [, , documented] = magicTable().find(([cell]) => cell === `\`[test: ${words}]\``) ?? [];
			expect(documented).toMatch(new RegExp(`^\`${String(shown)}\``));
		},
	);
});

/** The tasks of a finished and of a queued video, at both providers. */
async function tasksOf(credentials: Credentials) {
	const ids = new Map<string, string>();
	for (const [name, prompt] of [
		['done', ''],
		['queued', '[simulate:queue 100m] [test: stays queued]'],
	] as const) {
		// Each provider reads only its own words.
		const own =
			credentials === testMode ? prompt.replace(/\[sim.*?\] /, '') : prompt.replace(/\[test.*/, '');
		const parameters = { ...create, prompt: `A kitten ${own}`, waitForCompletion: name === 'done' };
		const execution = await setup.runVideo(parameters, { credentials });
		ids.set(name, String(execution.items(videoNode)[0]?.json['taskId']));
	}
	return ids;
}

type Credentials = Readonly<Record<string, Record<string, string>>>;

const simulated = (): Credentials => {
	const { origin, apiKey } = setup.simulator;
	return { seedanceApi: { baseUrl: origin, apiKey } };
};

const operations: Array<[string, IDataObject]> = [
	['get', { operation: 'get', taskId: 'done' }],
	['get with the file', { operation: 'get', taskId: 'done', downloadVideo: true }],
	['get of an unknown task', { operation: 'get', taskId: 'cgt-1' }],
	['get whole', { operation: 'get', taskId: 'queued', simplify: false }],
	['get many', { operation: 'getAll', returnAll: true, filters: { taskIds: 'done' } }],
	[
		'get many whole',
		{ operation: 'getAll', returnAll: true, simplify: false, filters: { taskIds: 'done' } },
	],
	['cancel', { operation: 'cancel', taskId: 'queued' }],
	['cancel of a cancelled task', { operation: 'cancel', taskId: 'queued' }],
	['delete of a cancelled task', { operation: 'delete', taskId: 'queued' }],
	['cancel of a finished task', { operation: 'cancel', taskId: 'done' }],
	['delete', { operation: 'delete', taskId: 'done' }],
	['get of a deleted task', { operation: 'get', taskId: 'done' }],
];

test('every other operation gives the same items as at the simulator', async () => {
	const seen = new Map<Credentials, unknown[]>();
	for (const credentials of [simulated(), testMode]) {
		const ids = await tasksOf(credentials);
		const results: unknown[] = [];
		for (const [name, parameters] of operations) {
			const written = JSON.stringify(parameters).replace(
				/"(done|queued)"/,
				(_text, which: string) => JSON.stringify(ids.get(which)),
			);
			const given = JSON.parse(written) as IDataObject;
			const execution = await setup.runVideo(given, { credentials, settings });
			results.push([name, seenOf(execution)]);
		}
		seen.set(credentials, results);
	}
	const [real, testItems] = [...seen.values()];
	expect(testItems).toEqual(real);
});

const photo = { bytes: png, fileName: 'photo.png', mimeType: 'image/png' };
const image = { source: 'url', url: 'https://example.com/a.png' };

test('assets are the same items as at the simulators of both kinds of library', async () => {
	const bytePlus = await startSimulator({ provider: 'bytePlus' });
	const { origin, apiKey, accessKeyId, secretAccessKey } = bytePlus;
	const keys = { apiKey, accessKeyId, secretAccessKey };
	const ark = { seedanceApi: { provider: 'bytePlus', baseUrl: origin, ...keys } };
	async function run(credentials: Credentials, parameters: IDataObject) {
		const execution = await setup.runVideo(
			{ operation: 'upload', ...parameters },
			{
				...{ credentials, items: itemsWithFiles([{ data: photo }]) },
				settings: { ...settings, type: 'n8n-nodes-seedance.seedanceAsset' },
			},
		);
		return { execution, id: String(execution.items(videoNode)[0]?.json['assetId']) };
	}
	try {
		for (const [real, parameters] of [
			[simulated(), {}],
			[ark, image],
			[ark, { operation: 'getAll', returnAll: true }],
		] as const) {
			const [first, second] = [await run(real, parameters), await run(testMode, parameters)];
			const [[item]] = [seenOf(second.execution)[0] ?? []];
			expect(item).toEqual(seenOf(first.execution)[0]?.[0]);
			expect(item).toMatchObject({ decisive: { status: 'ready' } });
		}
		const [first, second] = [await run(ark, image), await run(testMode, image)];
		const deleteOf = (id: string) => ({ operation: 'delete', id });
		expect(seenOf((await run(testMode, deleteOf(second.id))).execution)).toEqual(
			seenOf((await run(ark, deleteOf(first.id))).execution),
		);
	} finally {
		await bytePlus.close();
	}
});
