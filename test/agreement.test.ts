import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import fc from 'fast-check';
import { withNamedMedia } from '../nodes/Seedance/actions/video/requestFiles';
import { readCredential } from '../nodes/Seedance/panel/credential';
import type { Connection } from '../nodes/Seedance/seedance/connection';
import { textOfIssue } from '../nodes/Seedance/panel/issues';
import { readCreateRequest } from '../nodes/Seedance/panel/createRequest';
import type { MediaInput } from '../nodes/Seedance/seedance/media';
import { modelFamilies, type ModelFamily } from '../nodes/Seedance/seedance/models';
import { estimatedCost, costOf, priceOf } from '../nodes/Seedance/seedance/prices';
import { ratios } from '../nodes/Seedance/seedance/request';
import { readTask } from '../nodes/Seedance/seedance/task';
import { estimateTokens } from '../nodes/Seedance/seedance/tokens';
import { startSimulator, type ProviderName, type Simulator } from './simulator/simulator';

/**
 * Draws thousands of parameter sets for each provider and interface, and puts the node's verdict beside the simulator's, which has a table of its own:
 * what the node would send has to be taken, and what the node refuses has to be refused when it is sent all the same.
 */
const samplesPerSystem = Number(process.env['AGREEMENT_SAMPLES'] ?? 1_000);

/** Fixed, so that main does not turn red by chance; set AGREEMENT_SEED to draw others. */
const seed = Number(process.env['AGREEMENT_SEED'] ?? 20_261_121);

interface Parameters {
	readonly model: string;
	readonly mode: string;
	readonly prompt: string;
	readonly firstFrame: string;
	readonly lastFrame: string;
	readonly references: { readonly reference: readonly Reference[] };
	readonly draftTaskId: string;
	readonly resolution: string;
	readonly ratio: string;
	readonly duration: number;
	readonly generateAudio: boolean;
	readonly options: Readonly<Record<string, unknown>>;
}

interface Reference {
	readonly type: 'image' | 'video' | 'audio';
	readonly source: 'url';
	readonly value: string;
}

const models: Readonly<Record<string, string>> = {
	'seedance-2-5': 'seedance-2-5-260628',
	'seedance-2-0': 'seedance-2-0-260128',
	'seedance-2-0-fast': 'seedance-2-0-fast-260128',
	'seedance-2-0-mini': 'seedance-2-0-mini-260615',
	'seedance-1-5-pro': 'seedance-1-5-pro-251215',
	'seedance-1-0-pro': 'seedance-1-0-pro-250528',
	'seedance-1-0-pro-fast': 'seedance-1-0-pro-fast-251015',
	'seedance-1-0-lite': 'seedance-1-0-lite-t2v-250428',
};

/** Mostly what is right, sometimes what is not: with wrong values alone nothing would ever be taken. */
const mostly = <Value>(right: readonly Value[], wrong: readonly Value[]) =>
	fc.oneof(
		{ weight: 9, arbitrary: fc.constantFrom(...right) },
		{ weight: 1, arbitrary: fc.constantFrom(...wrong) },
	);

const images = ['https://example.com/i.png', 'asset://asset-1', 'data:image/png;base64,AAAA'];
const badImages = [
	'',
	'data:audio/mp3;base64,AAAA',
	'data:image/PNG;base64,AAAA',
	'example.com/i.png',
];
const image = mostly(images, badImages);

const reference = fc.oneof(
	{ weight: 4, arbitrary: image.map((value) => ({ type: 'image' as const, value })) },
	{
		weight: 1,
		arbitrary: mostly(
			['https://example.com/v.mp4', 'asset://asset-2'],
			['data:video/mp4;base64,AAAA'],
		).map((value) => ({ type: 'video' as const, value })),
	},
	{
		weight: 1,
		arbitrary: mostly(
			['https://example.com/a.mp3', 'asset://asset-3', 'data:audio/mp3;base64,AAAA'],
			['data:image/png;base64,AAAA'],
		).map((value) => ({ type: 'audio' as const, value })),
	},
);

const options = fc.record(
	{
		seed: mostly<unknown>([-1, 0, 42, 4294967295], [-2, 4294967296, 1.5]),
		watermark: fc.boolean(),
		returnLastFrame: fc.boolean(),
		cameraFixed: fc.boolean(),
		draft: fc.boolean(),
		frames: mostly([29, 57, 289], [25, 28, 58, 293]),
		serviceTier: fc.constantFrom('default', 'flex'),
		priority: mostly([0, 5, 9], [-1, 10]),
		executionExpiresAfter: mostly([3600, 259200], [3599, 259201]),
		safetyIdentifier: mostly(['user-1', 'x'.repeat(64)], ['x'.repeat(65)]),
		callbackUrl: mostly(
			['https://example.com/hook', 'http://example.com'],
			['example.com', 'ftp://h'],
		),
		webSearch: fc.constant(true),
		outputFormat: fc.constantFrom('mp4', 'mov'),
		taskType: fc.constantFrom('auto', 'reference', 'edit', 'extend'),
	},
	{ requiredKeys: [] },
);

/** Few options at a time: with all of them at once nearly everything would be refused for one of them. */
const fewOptions = fc
	.tuple(options, fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 13 }))
	.map(([all, count, first]) => {
		const entries = Object.entries(all);
		return Object.fromEntries(
			[...entries.slice(first), ...entries.slice(0, first)].slice(0, count),
		);
	});

const anyParameters = (draftTaskId: string) =>
	fc.record({
		model: mostly([...Object.keys(models), 'ep-20260101-abcde'], ['sora-2', 'seedance-9-9']),
		mode: fc.constantFrom(
			'textToVideo',
			'textToVideo',
			'firstFrame',
			'firstLastFrame',
			'reference',
			'draftTask',
		),
		prompt: fc.constantFrom('A kitten', 'A kitten', 'A kitten', ''),
		firstFrame: image,
		lastFrame: image,
		references: fc
			.oneof(
				{ weight: 8, arbitrary: fc.array(reference, { minLength: 1, maxLength: 5 }) },
				{ weight: 1, arbitrary: fc.array(reference, { minLength: 6, maxLength: 55 }) },
			)
			.map((list) => ({
				reference: list.map((entry): Reference => ({ ...entry, source: 'url' })),
			})),
		draftTaskId: fc.constantFrom(draftTaskId, draftTaskId, ''),
		resolution: fc.constantFrom('', '480p', '720p', '1080p', '4k'),
		ratio: mostly(['adaptive', 'adaptive', '16:9', '21:9'], ['9:21']),
		duration: mostly([5, 5, 8, 12, -1], [0, 1, 3, 13, 16, 31, 5.5]),
		generateAudio: fc.boolean(),
		options: fewOptions,
	});

/** Drafts and their final videos, with the few options that decide about them: drawn from everything, they would be rare. */
const draftOptions = fc.record(
	{ draft: fc.boolean(), seed: fc.constant(7), taskType: fc.constantFrom('auto', 'edit') },
	{ requiredKeys: [] },
);
const draftParameters = (draftTaskId: string) =>
	fc
		.record({
			model: fc.constantFrom('seedance-2-5', 'seedance-1-5-pro'),
			mode: fc.constantFrom('textToVideo', 'draftTask'),
			resolution: fc.constantFrom('', '480p', '720p', '1080p'),
			generateAudio: fc.boolean(),
			options: draftOptions,
		})
		.map((drawn) => ({
			...{ prompt: 'A kitten', firstFrame: '', lastFrame: '', references: { reference: [] } },
			...{ ratio: 'adaptive', duration: 5, draftTaskId },
			...drawn,
		}));

const parametersFor = (draftTaskId: string) =>
	fc.oneof(
		{ weight: 9, arbitrary: anyParameters(draftTaskId) },
		{ weight: 1, arbitrary: draftParameters(draftTaskId) },
	);

/** The request that would be sent without any checks, written without the node's code. */
function uncheckedBody(parameters: Parameters, connection: Connection): Record<string, unknown> {
	const { mode, prompt, ratio, duration, resolution, options: set } = parameters;
	const media = mediaOf(parameters);
	const prefix = /volc|apiYi/.test(connection.provider.value)
		? 'doubao-'
		: parameters.model.startsWith('seedance-2')
			? 'dreamina-'
			: '';
	const known = models[parameters.model];
	const name = media.length > 0 ? known?.replace('lite-t2v', 'lite-i2v') : known;
	const model = name === undefined ? parameters.model : prefix + name;
	const shared = {
		model,
		seed: set['seed'],
		watermark: set['watermark'],
		return_last_frame: set['returnLastFrame'],
		camera_fixed: set['cameraFixed'],
		draft: set['draft'],
		frames: set['frames'],
		service_tier: set['serviceTier'],
		priority: set['priority'],
		execution_expires_after: set['executionExpiresAfter'],
		safety_identifier: set['safetyIdentifier'],
		callback_url: set['callbackUrl'],
		tools: set['webSearch'] === true ? [{ type: 'web_search' }] : undefined,
		output_format: set['outputFormat'],
		omni_reference_task_type: set['taskType'],
	};
	const isDraft = set['draft'] === true && mode !== 'draftTask';
	const chosen =
		resolution === '' ? undefined : isDraft && resolution === '720p' ? '480p' : resolution;
	// Panel defaults that a model does not accept are omitted, and a draft has its own.
	const silent = parameters.model.startsWith('seedance-1-0');
	const audio = silent || mode === 'draftTask' ? undefined : parameters.generateAudio;
	const shape = silent && ratio === 'adaptive' && mode === 'textToVideo' ? undefined : ratio;
	const length = set['frames'] === undefined ? duration : undefined;
	const text = prompt === '' ? [] : [{ type: 'text', text: prompt }];

	if (connection.wire.style === 'openAi') {
		const flat = /seedance-1-/.test(model);
		const input = flat
			? flatInput(parameters)
			: { media: [...text, ...media.map(({ role, url }) => ({ type: role, url }))] };
		return defined({
			...shared,
			...input,
			draft_task: mode === 'draftTask' ? parameters.draftTaskId : undefined,
			seconds: length === undefined ? undefined : String(length),
			size: chosen,
			ratio: shape,
			generate_audio: audio,
		});
	}
	const content =
		mode === 'draftTask'
			? [{ type: 'draft_task', draft_task: { id: parameters.draftTaskId } }]
			: [
					...text,
					...media.map(({ kind, role, url }) => ({
						type: `${kind}_url`,
						[`${kind}_url`]: { url },
						...(mode === 'firstFrame' ? {} : { role }),
					})),
				];
	return defined({
		...shared,
		content,
		resolution: chosen,
		...(mode === 'draftTask' ? {} : { ratio: shape, duration: length, generate_audio: audio }),
	});
}

/** The flat body has room for one image. Other requested values become members that it does not have. */
function flatInput(parameters: Parameters) {
	const { mode, prompt } = parameters;
	const [first, last] = mediaOf(parameters);
	return {
		prompt: prompt === '' ? undefined : prompt,
		image: mode === 'reference' ? undefined : first?.url,
		last_image: mode === 'firstLastFrame' ? last?.url : undefined,
		references: mode === 'reference' ? parameters.references.reference : undefined,
	};
}

function mediaOf({ mode, firstFrame, lastFrame, references }: Parameters) {
	const first = { kind: 'image', role: 'first_frame', url: firstFrame };
	const last = { kind: 'image', role: 'last_frame', url: lastFrame };
	if (mode === 'firstFrame') return [first];
	if (mode === 'firstLastFrame') return [first, last];
	if (mode !== 'reference') return [];
	return (['image', 'video', 'audio'] as const).flatMap((kind) =>
		references.reference
			.filter(({ type }) => type === kind)
			.map(({ value }) => ({ kind, role: `reference_${kind}`, url: value })),
	);
}

function defined(members: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** Requests that the node refuses although the simulator accepts them, each with its reason. */
const documentedExceptions: ReadonlyArray<{
	readonly reason: string;
	readonly applies: (parameters: Parameters, refusal: string) => boolean;
}> = [
	{
		reason:
			'what options exclude each other is documented for every model; the simulator does not know the model behind an endpoint id',
		applies: ({ model }, refusal) =>
			model.startsWith('ep-') &&
			/options\.frames is \d|a draft is always 480p|a draft has no last frame|not available for drafts|have no priority|works with text alone|does not work with reference images|makes the final video of a draft/.test(
				refusal,
			),
	},
	{
		reason:
			'without any reference the provider would make a video from the prompt alone, which is not what the mode Reference asks for',
		applies: (_parameters, refusal) => refusal.includes('references is empty'),
	},
];

const systems: ReadonlyArray<[ProviderName, 'official' | 'openAi']> = [
	['powerTokens', 'official'],
	['powerTokens', 'openAi'],
	['apiYi', 'official'],
	['bytePlus', 'official'],
	['volcengine', 'official'],
];

/** Thousands of requests in sequence: `fetch` would need twice the time. */
const agent = new Agent({ keepAlive: true });
afterAll(() => agent.destroy());

let simulator: Simulator;
afterEach(async () => {
	await simulator.close();
});

test.each(systems)(
	'%s, %s: the node and the simulator agree',
	async (provider, apiStyle) => {
		let nowMs = Date.UTC(2026, 10, 21);
		simulator = await startSimulator({ provider, renderMs: 1, now: () => nowMs });
		const connection = readCredential({
			provider,
			apiStyle,
			apiKey: simulator.apiKey,
			baseUrl: simulator.origin,
		}).value;
		if (connection === undefined) throw new Error('No connection');
		const draftTaskId = await createDraft(simulator, provider);
		nowMs += 60_000;
		const verdicts = { taken: 0, refused: 0 };

		await fc.assert(
			fc.asyncProperty(parametersFor(draftTaskId), async (parameters) => {
				const stored = { ...parameters, firstFrameSource: 'url', lastFrameSource: 'url' };
				const request = readCreateRequest(stored, connection);
				const unchecked = uncheckedBody(parameters, connection);
				if (request.value !== undefined) {
					verdicts.taken++;
					const body = connection.wire.createBody(withNamedMedia(request.value.request));
					expect(JSON.parse(JSON.stringify(body))).toEqual(unchecked);
					expect(await send(simulator, connection, body)).toEqual({ status: 200 });
					return;
				}
				verdicts.refused++;
				const refusal = request.issues
					.map((one) => `${one.parameter} ${textOfIssue(one)}`)
					.join(' ');
				if (documentedExceptions.some(({ applies }) => applies(parameters, refusal))) return;
				const answer = await send(simulator, connection, unchecked);
				if (answer.status < 300) {
					throw new Error(`Taken, but the node says: ${refusal}\n${JSON.stringify(unchecked)}`);
				}
			}),
			{ numRuns: samplesPerSystem, seed, endOnFailure: true },
		);
		await simulator.close();
		// Both verdicts must be common, or the comparison means little.
		expect(verdicts.taken).toBeGreaterThan(samplesPerSystem / 50);
		expect(verdicts.refused).toBeGreaterThan(samplesPerSystem / 50);
	},
	120_000,
);

/** A reference video of a certain length, which the node may know or not. */
interface DrawnVideo {
	readonly seconds: number;
	readonly isKnown: boolean;
}

/** What the provider's model settles on. */
interface Chosen {
	readonly ratio: string;
	readonly seconds: number;
}

const toleranceSeconds = 0.2;

/** Parameters of one family, what its model chooses, and the lengths of its reference videos. */
const billableOf = (family: ModelFamily) => {
	const { minimum, maximum } = family.durationSeconds;
	const seconds = fc.integer({ min: minimum, max: maximum });
	const { videos, videoSeconds } = family.references;
	const video = fc.record({
		seconds: fc.integer({ min: 18, max: 302 }),
		isKnown: fc.boolean(),
	});
	return fc.record({
		model: fc.constant(family.value),
		mode: fc.constantFrom('textToVideo', 'firstFrame', 'reference', 'reference'),
		resolution: fc.constantFrom('', '480p', ...family.resolutions),
		ratio: fc.constantFrom(...ratios),
		duration: fc.oneof(seconds, fc.constantFrom(-1, undefined)),
		generateAudio: fc.constantFrom(true, false, undefined),
		options: fc.oneof(
			{ weight: 3, arbitrary: fc.constant({}) },
			{ weight: 1, arbitrary: fc.constant(shortenedBy(family)) },
		),
		videos: fc
			.array(video, { maxLength: Math.min(videos, 3) })
			.map((drawn) => withinLimit(drawn, videoSeconds)),
		chosen: fc.record({
			ratio: fc.constantFrom(...ratios.filter((ratio) => ratio !== 'adaptive')),
			seconds: fc.oneof(seconds, fc.constant(maximum)),
		}),
	});
};

/** The option that makes a video of the family count less. */
function shortenedBy({ draft, series }: ModelFamily): object {
	return draft ? { draft: true } : series === '1.0' ? { frames: 29 } : {};
}

/** Lengths are drawn in tenths of a second; those that are too long together are shortened alike. */
function withinLimit(drawn: readonly DrawnVideo[], limitSeconds: number): DrawnVideo[] {
	const sum = drawn.reduce((tenths, { seconds }) => tenths + seconds, 0);
	const factor = Math.min(1, ((limitSeconds + toleranceSeconds) * 10) / sum);
	return drawn.map(({ seconds, isKnown }) => ({
		seconds: Math.floor(seconds * factor) / 10,
		isKnown,
	}));
}

const sumOf = (videos: readonly DrawnVideo[]) =>
	Math.round(videos.reduce((sum, { seconds }) => sum + seconds, 0) * 10) / 10;

const markersOf = ({ ratio, seconds }: Chosen, videos: readonly DrawnVideo[]) =>
	`[simulate:ratio ${ratio}] [simulate:duration ${seconds}s] [simulate:input-video ${sumOf(videos)}s]`;

test.each(systems)(
	"%s, %s: the estimate is never below the simulator's bill",
	async (provider, apiStyle) => {
		let nowMs = Date.UTC(2026, 10, 21);
		simulator = await startSimulator({ provider, renderMs: 1, now: () => nowMs });
		const { apiKey, origin } = simulator;
		const connection = readCredential({ provider, apiStyle, apiKey, baseUrl: origin }).value;
		if (connection === undefined) throw new Error('No connection');
		const families: readonly ModelFamily[] = modelFamilies.filter(
			({ value }) => !connection.provider.familiesNotOffered.includes(value),
		);
		const billable = fc.oneof(...families.map(billableOf));
		const billed = { withoutVideo: 0, known: 0, unknown: 0, exactly: 0, priced: 0 };

		await fc.assert(
			fc.asyncProperty(billable, async ({ videos, chosen, ...parameters }) => {
				const references = videos.map(({ seconds, isKnown }, index) => ({
					...{ type: 'video', source: 'url' },
					value: `https://h/${isKnown ? `known-${seconds}` : 'unknown'}/${index}.mp4`,
				}));
				const stored = {
					...parameters,
					prompt: `A kitten ${markersOf(chosen, videos)}`,
					firstFrameSource: 'url',
					firstFrame: 'https://h/i.png',
					references: {
						reference: [{ type: 'image', source: 'url', value: 'https://h/i.png' }, ...references],
					},
				};
				const read = readCreateRequest(stored, connection).value;
				if (read === undefined) return;
				const { request } = read;
				const body = connection.wire.createBody(withNamedMedia(request));
				const created = await post(connection, body);
				nowMs += 60_000;
				const task = readTask(await get(connection, String(created['id'])));
				const estimate = estimateTokens(request, secondsOf);
				if (estimate === undefined || task?.totalTokens === undefined) {
					expect(task).toMatchObject({ status: 'succeeded', resolution: '4k' });
					return;
				}
				expect(estimate.tokens).toBeGreaterThanOrEqual(task.totalTokens);
				if (estimate.tokens === task.totalTokens) billed.exactly++;
				const usesVideo = parameters.mode === 'reference' && videos.length > 0;
				if (!usesVideo) billed.withoutVideo++;
				else if (videos.every(({ isKnown }) => isKnown)) billed.known++;
				else billed.unknown++;
				const price = priceOf(connection.provider, request, undefined);
				const cost = price && costOf(task, price);
				if (price === undefined || cost === undefined) return;
				billed.priced++;
				expect(estimatedCost(estimate, price).amount).toBeGreaterThanOrEqual(cost.amount);
			}),
			{ numRuns: samplesPerSystem, seed, endOnFailure: true },
		);
		await simulator.close();
		const { priced, ...counts } = billed;
		for (const count of Object.values(counts))
			expect(count).toBeGreaterThan(samplesPerSystem / 100);
		expect(priced > 0).toBe(provider !== 'apiYi');
	},
	120_000,
);

function secondsOf(media: MediaInput): number | undefined {
	const [, known] = /known-([\d.]+)\//.exec('url' in media ? media.url : '') ?? [];
	return known === undefined ? undefined : Number(known);
}

test('both tables have the same longest reference videos', async () => {
	simulator = await startSimulator({ provider: 'bytePlus', renderMs: 1 });
	const { apiKey, origin } = simulator;
	const connection = readCredential({ provider: 'bytePlus', apiKey, baseUrl: origin }).value;
	if (connection === undefined) throw new Error('No connection');
	const statusOf = async (model: string, seconds: number) => {
		const stored = {
			...{ model, mode: 'reference', prompt: `[simulate:input-video ${seconds}s]` },
			references: { reference: [{ type: 'video', source: 'url', value: 'https://h/v.mp4' }] },
		};
		const read = readCreateRequest(stored, connection).value;
		if (read === undefined) throw new Error(`${model} is refused`);
		const body = connection.wire.createBody(withNamedMedia(read.request));
		return (await send(simulator, connection, body)).status;
	};
	const families: readonly ModelFamily[] = modelFamilies;
	for (const { value, references } of families.filter(({ references: { videos } }) => videos > 0)) {
		const longest = references.videoSeconds + toleranceSeconds;
		expect(await statusOf(value, longest)).toBe(200);
		expect(await statusOf(value, longest + 0.1)).toBe(400);
	}
});

async function post(connection: Connection, body: unknown): Promise<Record<string, unknown>> {
	const { status, answer } = await call(connection, 'POST', connection.tasksUrl, body);
	expect({ status, answer }).toMatchObject({ status: 200 });
	return answer;
}

const get = async (connection: Connection, taskId: string) =>
	(await call(connection, 'GET', `${connection.tasksUrl}/${taskId}`)).answer;

async function call(
	{ authorization, provider }: Connection,
	method: string,
	url: string,
	body?: unknown,
): Promise<{ status: number; answer: Record<string, unknown> }> {
	const headers = { ...provider.headers, authorization, 'content-type': 'application/json' };
	const sent = httpRequest(url, { method, agent, headers });
	sent.end(body === undefined ? undefined : JSON.stringify(body));
	const [answer] = (await once(sent, 'response')) as [IncomingMessage];
	return {
		status: answer.statusCode ?? 0,
		answer: (await json(answer)) as Record<string, unknown>,
	};
}

async function send(
	simulator: Simulator,
	connection: Connection,
	body: unknown,
): Promise<{ status: number; message?: unknown }> {
	simulator.requests.length = 0;
	const { status, answer } = await call(connection, 'POST', connection.tasksUrl, body);
	return status === 200 ? { status } : { status, message: answer['error'] };
}

async function createDraft(simulator: Simulator, provider: ProviderName): Promise<string> {
	const connection = readCredential({
		provider,
		apiKey: simulator.apiKey,
		baseUrl: simulator.origin,
	});
	const draft = connection.value && {
		model: connection.value.provider.modelIdPrefix['2.5'] + models['seedance-2-5'],
		content: [{ type: 'text', text: 'A draft' }],
		resolution: '480p',
		draft: true,
	};
	if (connection.value === undefined) throw new Error('No connection');
	expect(await send(simulator, connection.value, draft)).toEqual({ status: 200 });
	return String(simulator.tasks.at(-1)?.id);
}
