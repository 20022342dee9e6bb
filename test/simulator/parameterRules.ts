import type { Content } from './contentRules';
import type { CreateBody } from './createFields';
import { ArkError, invalidParameter, unsupportedParameter } from './errors';
import type { ModelField, ModelRules } from './models';
import { ratios } from './pixels';

const modelFields: readonly ModelField[] = [
	'generate_audio',
	'draft',
	'camera_fixed',
	'service_tier',
	'priority',
	'tools',
	'frames',
	'output_format',
	'omni_reference_task_type',
];

type NumberField = 'execution_expires_after' | 'priority' | 'seed';
type EnumField = 'output_format' | 'omni_reference_task_type' | 'ratio';

/** Source: PowerTokens create reference, required ranges. */
const rangeByField: Readonly<Record<NumberField, readonly [least: number, most: number]>> = {
	execution_expires_after: [3600, 259200],
	priority: [0, 9],
	seed: [-1, 4294967295],
};

/** Source: PowerTokens create reference, ratio; BytePlus docs 2607688 (the others). */
const valuesByField: Readonly<Record<EnumField, readonly string[]>> = {
	ratio: [...ratios, 'adaptive'],
	output_format: ['mp4', 'mov'],
	omni_reference_task_type: ['auto', 'reference', 'edit', 'extend'],
};

/** Checks the rules that hold for every model and endpoint. Throws the 400 for the first that is broken. */
export function checkGeneralRules(body: CreateBody): void {
	for (const field of ['execution_expires_after', 'priority', 'seed'] as const) {
		const [least, most] = rangeByField[field];
		const value = body[field];
		if (value !== undefined && (value < least || value > most)) {
			throw invalidParameter(field, `an integer from ${least} to ${most}`);
		}
	}
	for (const field of ['ratio', 'output_format', 'omni_reference_task_type'] as const) {
		const value = body[field];
		if (value !== undefined && !valuesByField[field].includes(value)) {
			throw invalidParameter(field, `one of ${valuesByField[field].join(', ')}`);
		}
	}
	// Source: PowerTokens create reference, safety_identifier (64 characters).
	if (body.safety_identifier !== undefined && body.safety_identifier.length > 64) {
		throw invalidParameter('safety_identifier', 'at most 64 characters');
	}
	if (body.callback_url !== undefined && !isWebAddress(body.callback_url)) {
		throw invalidParameter('callback_url', 'an http: or https: URL');
	}
}

/** Checks a request against what its model accepts. Throws the 400 for the first rule that is broken. */
export function checkModelRules(body: CreateBody, rules: ModelRules, content: Content): void {
	for (const field of modelFields) {
		if (body[field] !== undefined && !rules.fields.includes(field)) {
			throw unsupportedParameter(field, body.model);
		}
	}
	if (body.resolution !== undefined && !rules.resolutions.includes(body.resolution)) {
		throw invalidParameter('resolution', `one of ${rules.resolutions.join(', ')}`);
	}
	checkLength(body, rules);
	// Source: PowerTokens create reference, ratio (adaptive on other models only for image-to-video).
	if (rules.generation === '1.0' && body.ratio === 'adaptive' && content.mode === 'text') {
		throw invalidParameter('ratio', `one of ${ratios.join(', ')} for text-to-video`);
	}
	// Source: PowerTokens create reference, camera_fixed (not with reference images).
	if (body.camera_fixed !== undefined && content.mode === 'references') {
		throw invalidParameter('camera_fixed', 'no value along with reference images');
	}
	if (body.draft === true) checkDraft(body, content);
	if (rules.generation !== '2.5') return;
	if (content.mode === 'draftTask') checkFinal(body);
	checkTaskType(body, content);
}

/** Source: Volcengine docs 1520757 (the final video of a 2.5 draft takes nothing but its resolution from the request). */
function checkFinal(body: CreateBody): void {
	for (const field of [
		...(['duration', 'ratio', 'seed', 'generate_audio'] as const),
		'omni_reference_task_type' as const,
	]) {
		if (body[field] !== undefined) {
			throw invalidParameter(field, 'no value for the final video of a draft');
		}
	}
}

function checkLength(body: CreateBody, rules: ModelRules): void {
	const { duration, frames } = body;
	const { shortestSeconds, longestSeconds, choosesDuration } = rules;
	if (duration !== undefined && !(choosesDuration && duration === -1)) {
		if (duration < shortestSeconds || duration > longestSeconds) {
			const range = `an integer from ${shortestSeconds} to ${longestSeconds}`;
			throw invalidParameter('duration', choosesDuration ? `${range}, or -1` : range);
		}
	}
	// Source: PowerTokens create reference, frames (25 + 4n in [29, 289]).
	if (frames !== undefined && (frames < 29 || frames > 289 || (frames - 25) % 4 !== 0)) {
		throw invalidParameter('frames', 'an integer of the form 25 + 4n from 29 to 289');
	}
}

/** Source: PowerTokens create reference, draft; BytePlus docs 2607688. */
function checkDraft(body: CreateBody, content: Content): void {
	if (content.mode === 'draftTask') {
		throw invalidParameter('draft', 'false for the final video of a draft');
	}
	if (body.resolution !== undefined && body.resolution !== '480p') {
		throw invalidParameter('resolution', '480p for a draft');
	}
	if (body.return_last_frame === true) {
		throw invalidParameter('return_last_frame', 'false for a draft');
	}
}

/** Source: BytePlus docs 2607688 (TaskTypeConstraint and TaskTypeMismatch of Seedance 2.5). */
function checkTaskType(body: CreateBody, content: Content): void {
	const taskType = body.omni_reference_task_type ?? 'auto';
	const changesVideo = taskType === 'edit' || taskType === 'extend';
	if (taskType !== 'auto' && content.mode !== 'references') {
		throw taskTypeError('Mismatch', 'needs references', 'omni_reference_task_type');
	}
	if (changesVideo && content.referenceVideos === 0) {
		throw taskTypeError('Mismatch', 'needs a reference video', 'omni_reference_task_type');
	}
	const follows = changesVideo || content.mode === 'frames';
	if (follows && body.ratio !== undefined && body.ratio !== 'adaptive') {
		throw taskTypeError('Constraint', 'needs the ratio adaptive', 'ratio');
	}
	if (taskType === 'edit' && body.duration !== -1) {
		throw taskTypeError('Constraint', 'needs the duration -1', 'duration');
	}
}

function taskTypeError(kind: 'Constraint' | 'Mismatch', need: string, param: string): ArkError {
	const code = `InvalidParameter.TaskType${kind}`;
	return new ArkError(400, code, `The task type of this request ${need}.`, param);
}

function isWebAddress(url: string): boolean {
	return /^https?:\/\//i.test(url) && URL.canParse(url);
}
