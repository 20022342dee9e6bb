import type { FindAsset } from './assets';
import { readContent } from './contentRules';
import { assertFields, readJsonObject, type CreateBody } from './createFields';
import { ArkError, invalidParameter, modelNotFound } from './errors';
import { checkAssets } from './mediaRules';
import { seedance20, type ModelRules } from './models';
import { checkGeneralRules, checkModelRules } from './parameterRules';
import { framesPerSecond } from './pixels';
import { readMarkers } from './promptMarkers';
import { checkEndpointResolution, checkServiceTier, checkTools } from './providerRules';
import { findModelRules, isEndpointId, type Provider } from './providers';
import type { SimulatedTask, TaskPlan } from './task';

/** Source: PowerTokens create reference, duration and execution_expires_after (defaults). */
const defaultSeconds = 5;
const defaultExpiresSeconds = 172_800;

/** The rules whose defaults an endpoint ID (`ep-…`) renders with, as its model is not known here. */
const endpointDefaults: ModelRules = seedance20;

/** What the simulator's "model" settles on for adaptive and -1. */
const chosenRatio = '16:9';
const chosenSeconds = 5;

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
): TaskPlan {
	const body = readJsonObject(requestBody);
	assertFields(body);
	const rules = findModelRules(provider, body.model);
	if (rules === undefined && !isEndpointId(provider, body.model)) throw modelNotFound();
	checkGeneralRules(body);
	checkServiceTier(body, provider);
	const content = readContent(body.content, rules);
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
		...shapeOf(body, draftTask),
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

function shapeOf(body: CreateBody, draftTask: SimulatedTask | undefined) {
	const ratio = body.ratio ?? draftTask?.ratio ?? 'adaptive';
	const duration = body.duration ?? draftTask?.durationSeconds ?? defaultSeconds;
	const { frames } = body;
	return {
		ratio: ratio === 'adaptive' ? chosenRatio : ratio,
		// Source: PowerTokens create reference, duration (frames takes precedence).
		durationSeconds:
			frames !== undefined ? frames / framesPerSecond : duration === -1 ? chosenSeconds : duration,
		frames,
	};
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
