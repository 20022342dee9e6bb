import type { FindAsset } from './assets';
import { readContent, type Content } from './contentRules';
import { assertFields, readJsonObject, type CreateBody } from './createFields';
import { ArkError, invalidParameter, modelNotFound } from './errors';
import { checkAssets } from './mediaRules';
import type { CheckOwnFile } from './mediaUrls';
import { seedance20, type ModelRules } from './models';
import { checkGeneralRules, checkModelRules } from './parameterRules';
import { framesPerSecond } from './pixels';
import { readMarkers, type Markers } from './promptMarkers';
import { checkEndpointResolution, checkServiceTier, checkTools } from './providerRules';
import { findModelRules, isEndpointId, type Provider } from './providers';
import type { SimulatedTask, TaskPlan } from './task';

/** Source: PowerTokens create reference, duration and execution_expires_after (defaults). */
const defaultSeconds = 5;
const defaultExpiresSeconds = 172_800;

/** The rules whose defaults an endpoint ID (`ep-…`) renders with, as its model is not known here. */
const endpointDefaults: ModelRules = seedance20;

/** What the simulator's "model" settles on for adaptive and -1, unless the prompt says otherwise. */
const usualRatio = '16:9';
const usualSeconds = 5;

/** The length of each input video, unless the prompt says otherwise: no URL is fetched. Source: BytePlus docs 2291680 (at least 2 s). */
const usualInputSeconds = 2;

/** How much longer than documented input videos may be. Source: github comfyanonymous/ComfyUI, nodes_bytedance.py. */
const inputToleranceSeconds = 0.2;

/**
 * Reads the body of a create request and returns the requested task. Throws the refusal as the API documents it.
 * `findTask` finds a readable task by its ID, for the draft that a request may name. Without
 * `findAsset`, every asset counts as ready.
 */
export function readCreateRequest(
	requestBody: unknown,
	provider: Provider,
	findTask: (id: string) => SimulatedTask | undefined,
	findAsset?: FindAsset,
	checkOwn?: CheckOwnFile,
): TaskPlan {
	const body = readJsonObject(requestBody);
	assertFields(body);
	const rules = findModelRules(provider, body.model);
	if (rules === undefined && !isEndpointId(provider, body.model)) throw modelNotFound();
	checkGeneralRules(body);
	checkServiceTier(body, provider);
	const content = readContent(body.content, rules, checkOwn);
	checkTools(body, content, provider);
	if (rules !== undefined) checkModelRules(body, rules, content);
	else checkEndpointResolution(body, provider);
	if (findAsset !== undefined) checkAssets(content.media, findAsset);
	const draftTask = findDraft(content.draftTaskId, findTask);
	const markers = readMarkers(content.prompt);
	if (markers.refusedCode !== undefined) {
		throw new ArkError(400, markers.refusedCode, 'The input was refused.', 'content');
	}
	const { generation, defaultResolution, fields } = rules ?? endpointDefaults;
	return {
		model: body.model,
		shownModel: provider.shownModel(body.model),
		generation,
		prompt: content.prompt,
		resolution: body.draft === true ? '480p' : (body.resolution ?? defaultResolution),
		...shapeOf(body, draftTask, content, generation, markers),
		inputVideoSeconds: inputVideoSecondsOf(content, rules, markers),
		// A seed of -1 is replaced by a random one, which the task object then shows.
		seed: body.seed === -1 ? undefined : (body.seed ?? draftTask?.seed),
		returnLastFrame: body.return_last_frame ?? false,
		generateAudio: fields.includes('generate_audio')
			? (body.generate_audio ?? draftTask?.generateAudio ?? true)
			: undefined,
		draft: generation === '1.0' ? undefined : (body.draft ?? false),
		draftTaskId: draftTask?.id,
		priority: fields.includes('priority') ? (body.priority ?? 0) : undefined,
		serviceTier: body.service_tier ?? 'default',
		webSearch: (body.tools ?? []).length > 0,
		expiresSeconds: body.execution_expires_after ?? defaultExpiresSeconds,
		safetyIdentifier: body.safety_identifier,
		callbackUrl: body.callback_url,
		fileExtension: body.output_format ?? 'mp4',
		outcome: markers.outcome,
		markedRenderMs: markers.renderMs,
		markedQueueMs: markers.queueMs,
	};
}

function shapeOf(
	body: CreateBody,
	draftTask: SimulatedTask | undefined,
	content: Content,
	generation: string,
	{ chosenRatio = usualRatio, chosenSeconds = usualSeconds }: Markers,
) {
	const ratio = body.ratio ?? draftTask?.ratio ?? 'adaptive';
	// Source: measured: without a duration, Seedance 2.5 chooses it.
	const usual = generation === '2.5' ? -1 : defaultSeconds;
	const duration = body.duration ?? draftTask?.durationSeconds ?? usual;
	const { frames } = body;
	// Source: a refusal of Ark: "the output ratio follows the first-frame image".
	const followsFrame = content.mode === 'frames' && /^2/.test(generation);
	return {
		ratio: ratio === 'adaptive' || followsFrame ? chosenRatio : ratio,
		// Source: PowerTokens create reference, duration (frames takes precedence).
		durationSeconds:
			frames !== undefined ? frames / framesPerSecond : duration === -1 ? chosenSeconds : duration,
		frames,
	};
}

/** Throws the 400 for input videos that are longer than the model accepts. */
function inputVideoSecondsOf(
	{ referenceVideos }: Content,
	rules: ModelRules | undefined,
	{ inputVideoSeconds = referenceVideos * usualInputSeconds }: Markers,
): number | undefined {
	if (referenceVideos === 0) return undefined;
	const most = rules?.referenceVideoSeconds ?? Infinity;
	if (inputVideoSeconds > most + inputToleranceSeconds) {
		throw invalidParameter('content', `at most ${most} s of reference videos`);
	}
	return inputVideoSeconds;
}

function findDraft(
	id: string | undefined,
	findTask: (id: string) => SimulatedTask | undefined,
): SimulatedTask | undefined {
	if (id === undefined) return undefined;
	const task = findTask(id);
	if (task?.draft !== true || task.status !== 'succeeded') {
		throw invalidParameter('content[0].draft_task.id', 'the id of a draft that succeeded');
	}
	return task;
}
