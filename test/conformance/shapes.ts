import { z } from 'zod';
import type { ApiStyle } from '../../nodes/Seedance/seedance/wire/wire';
import type { TaskStatus } from '../../nodes/Seedance/seedance/task';

const text = z.string();
const number = z.number();
const whole = z.number().int();

/** Source: Volcengine Python SDK, types/content_generation (declared members); BytePlus docs 1521309. */
const files = z
	.object({ video_url: text, last_frame_url: text, file_url: text })
	.partial()
	.strict();
const filesOfSuccess = files.required({ video_url: true });
const usage = z
	.object({
		completion_tokens: whole,
		total_tokens: whole,
		prompt_tokens: whole.optional(),
		tool_usage: z.object({ web_search: whole }).partial().strict().optional(),
	})
	.strict();
const reason = z.object({ code: text, message: text }).strict();

/** Every member that a document names. Absent unless a status demands it. Source: as above; github volcengine/ark-cli, gen-meta.md. */
const taskMembers = {
	id: text,
	model: text,
	status: text,
	error: reason.nullish(),
	content: files.nullish(),
	usage: usage.nullish(),
	created_at: whole.optional(),
	updated_at: whole.optional(),
	seed: whole.optional(),
	resolution: text.optional(),
	ratio: text.optional(),
	duration: number.optional(),
	frames: whole.optional(),
	framespersecond: number.optional(),
	generate_audio: z.boolean().optional(),
	draft: z.boolean().optional(),
	draft_task_id: text.optional(),
	service_tier: text.optional(),
	execution_expires_after: whole.optional(),
	priority: whole.optional(),
	safety_identifier: text.optional(),
	tools: z.array(z.unknown()).optional(),
	revised_prompt: text.optional(),
	subdivisionlevel: text.optional(),
	fileformat: text.optional(),
};

/** Source: PowerTokens API reference, POST /v1/videos (Seedance 1.x), video status. */
const openAiMembers = {
	task_id: text.optional(),
	object: text.optional(),
	progress: number.optional(),
	metadata: z.unknown(),
};

const membersOfSuccess = { content: filesOfSuccess, usage };
/** Source: APIYI Seedance 2.0 reference and PowerTokens quick start (recorded answers). */
const membersOfVideo = {
	seed: whole,
	resolution: text,
	ratio: text,
	duration: number,
	framespersecond: number,
};
const times = { created_at: whole, updated_at: whole };

/** The documented shape of a task that is read separately, by its status. */
export function taskShape(style: ApiStyle, status: TaskStatus): z.ZodTypeAny {
	return z
		.object({
			...taskMembers,
			...(style === 'official' ? times : openAiMembers),
			...(status === 'succeeded' ? { ...membersOfSuccess, ...membersOfVideo } : {}),
			...(status === 'failed' ? { error: reason } : {}),
		})
		.strict();
}

/** The documented shape of a task in a list, which holds less. Source: github volcengine/ark-cli, gen-meta.md (failure_reason; no resolution, ratio, duration). */
const listedTask = z
	.object({ ...taskMembers, ...times, failure_reason: reason.nullish() })
	.strict();

/** The documented shape of a page of tasks. Source: BytePlus docs 1521675; Volcengine Python SDK, tasks.py, list. */
export const listShape = z.object({ total: whole, items: z.array(listedTask) }).strict();

/** The documented shape of the list of models. Source: github ym1623/powertokens-cli, dist/client.js. */
export const modelsShape = z
	.object({
		object: text.optional(),
		data: z.array(
			z
				.object({
					id: text,
					owned_by: text,
					supported_endpoint_types: z.array(text),
					object: text.optional(),
					created: whole.optional(),
				})
				.strict(),
		),
	})
	.strict();

/** The documented shape of a create's answer. Source: PowerTokens API reference, POST …/tasks and POST /v1/videos; Volcengine Python SDK (safety_identifier). */
export function createdShape(style: ApiStyle): z.ZodTypeAny {
	if (style === 'official') {
		return z.object({ id: text, safety_identifier: text.optional() }).strict();
	}
	return z
		.object({
			id: text,
			task_id: text,
			status: text,
			object: text.optional(),
			model: text.optional(),
			progress: number.optional(),
			created_at: whole.optional(),
		})
		.strict();
}

/** The documented shape of a refusal. Source: BytePlus docs 1299023. No document has one for the OpenAI-style interface, so this is OpenAI's own. */
export function refusalShape(style: ApiStyle): z.ZodTypeAny {
	const members =
		style === 'official'
			? { code: text, message: text, param: text.optional(), type: text.optional() }
			: { code: text, message: text, type: text, param: text.nullish() };
	return z.object({ error: z.object(members).strict() }).strict();
}

/** Lists the path of each member that is missing, undocumented or of another type. */
export function differencesFrom(shape: z.ZodTypeAny, answer: unknown): string[] {
	const result = shape.safeParse(answer);
	const differences = result.success ? [] : result.error.issues.flatMap(describeIssue);
	// What is off in one entry of a list is usually off in all.
	return [...new Set(differences)];
}

function describeIssue(issue: z.ZodIssue): string[] {
	const path = pathOf(issue.path);
	if (issue.code === 'unrecognized_keys') {
		return issue.keys.map((key) => `not documented: ${pathOf([...issue.path, key])}`);
	}
	if (issue.code === 'invalid_type') {
		return issue.received === 'undefined'
			? [`missing: ${path}`]
			: [`${path} is ${issue.received} instead of ${issue.expected}`];
	}
	return [`${path}: ${issue.message}`];
}

function pathOf(path: ReadonlyArray<string | number>): string {
	const names = path.map((name) => (typeof name === 'number' ? '[]' : `.${name}`));
	return names.join('').replace(/^\./, '') || 'the body';
}
