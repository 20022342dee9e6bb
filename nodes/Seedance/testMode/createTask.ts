import type { IN8nHttpFullResponse } from 'n8n-workflow';
import { z } from 'zod';
import { findFamilyOfModelId, isFullModelId, resolutions } from '../seedance/models';
import { testSecondsField, usualTestSeconds } from '../seedance/providers/testMode';
import { ratios } from '../seedance/request';
import { randomDigits, refusal } from './answer';
import { fitsInTaskId, taskOfId, type TestTask } from './testTask';

const number = z.number().int().nonnegative().optional().catch(undefined);
const onOff = z.boolean().optional().catch(undefined);
const bodyShape = z.object({
	model: z.string(),
	content: z.array(
		z.object({
			type: z.string(),
			text: z.string().optional(),
			draft_task: z.object({ id: z.string() }).optional().catch(undefined),
		}),
	),
	resolution: z.enum(resolutions).optional().catch(undefined),
	ratio: z.enum(ratios).optional().catch(undefined),
	duration: z.number().int().optional().catch(undefined),
	frames: number,
	generate_audio: onOff,
	draft: onOff,
	return_last_frame: onOff,
	service_tier: z.string().optional().catch(undefined),
	tools: z.array(z.unknown()).optional().catch(undefined),
	output_format: z.string().optional().catch(undefined),
	priority: number,
	execution_expires_after: number,
	safety_identifier: z.string().optional().catch(undefined),
	seed: number,
	[testSecondsField]: number,
});

type Body = z.infer<typeof bodyShape>;

/** A create that was read. */
export interface TestCreate {
	readonly prompt: string;
	readonly safetyIdentifier: string | undefined;
	/** The task with this ending. */
	taskWith(endingId: string): TestTask;
}

/** Source: PowerTokens API reference, POST /byteplus/api/v3/contents/generations/tasks (defaults). */
const defaultExpiresSeconds = 172_800;
const usualDurationSeconds = 5;

/** The create in a body, or the answer that refuses it. Everything but the model and the draft was checked before it was sent. */
export function readCreate(body: unknown, nowMs: number): TestCreate | IN8nHttpFullResponse {
	const parsed = bodyShape.safeParse(body);
	if (!parsed.success) return refusal(400, 'InvalidParameter', 'content');
	const { model, content } = parsed.data;
	const family = findFamilyOfModelId(model);
	const isEndpoint = isFullModelId(model) && model.startsWith('ep-');
	if (!fitsInTaskId(model) || (family === undefined && !isEndpoint)) {
		return refusal(404, 'InvalidEndpointOrModel.NotFound', 'model');
	}
	const draftId = content.find(({ draft_task }) => draft_task !== undefined)?.draft_task?.id;
	const draft = draftId === undefined ? undefined : taskOfId(draftId);
	if (draftId !== undefined && draft?.draft !== true) {
		return refusal(400, 'InvalidParameter', 'content[0].draft_task.id');
	}
	return {
		prompt: content.map(({ text = '' }) => text).join(' '),
		safetyIdentifier: parsed.data.safety_identifier,
		taskWith: (endingId) => taskOf(parsed.data, draft, endingId, nowMs),
	};
}

function taskOf(body: Body, draft: TestTask | undefined, endingId: string, createdMs: number) {
	const family = findFamilyOfModelId(body.model);
	const {
		series = '2.0',
		generateAudio: hasSound = true,
		defaultResolution = '720p',
	} = family ?? {};
	const { ratio = draft?.ratio, duration = draft?.durationSeconds ?? usualDurationSeconds } = body;
	const { frames } = body;
	return {
		createdMs,
		endingId,
		frames,
		model: body.model,
		random: randomDigits(),
		seconds: body[testSecondsField] ?? usualTestSeconds,
		resolution: body.draft === true ? '480p' : (body.resolution ?? defaultResolution),
		// What the model chooses where it may.
		ratio: ratio === undefined || ratio === 'adaptive' ? '16:9' : ratio,
		durationSeconds: duration === -1 ? usualDurationSeconds : duration,
		generateAudio: hasSound ? (body.generate_audio ?? draft?.generateAudio ?? true) : undefined,
		draft: series === '1.0' ? undefined : (body.draft ?? false),
		hasInputVideo: body.content.some(({ type }) => type === 'video_url'),
		returnLastFrame: body.return_last_frame === true,
		isFlex: body.service_tier === 'flex',
		webSearch: (body.tools ?? []).length > 0,
		isMov: body.output_format === 'mov',
		priority: series === '2.0' || series === '2.5' ? (body.priority ?? 0) : undefined,
		expiresSeconds: body.execution_expires_after ?? defaultExpiresSeconds,
		seed: body.seed ?? draft?.seed,
	} satisfies TestTask;
}
