import { labelsOfFamilies } from '../models';
import { orList, type Problem } from '../problem';
import type { Rule } from './rule';

/** The resolution is one that the model makes and the host offers. Source: PowerTokens API reference, POST /byteplus/api/v3/contents/generations/tasks, resolution and draft. */
export const resolutionRule: Rule = ({ parameters, family, connection, options }) => {
	const { resolution, mode } = parameters;
	if (resolution === undefined || resolution === '') return [];
	const { provider, dialect } = connection;
	const problems: Problem[] = [];
	const allowed = provider.resolutions.filter((tier) => family?.resolutions.includes(tier) ?? true);
	if (!allowed.includes(resolution)) {
		const byModel = family !== undefined && !family.resolutions.includes(resolution);
		const able = labelsOfFamilies((row) => row.resolutions.includes(resolution));
		problems.push({
			parameter: 'resolution',
			text: byModel
				? `is ${resolution}, which ${family.label} does not make. Choose ${orList(allowed)}, or ${orList(able)} as the model.`
				: `is ${resolution}, which ${provider.label} does not offer. Choose ${orList(allowed)}.`,
		});
	}
	const ofText =
		dialect.style === 'openAi' && mode === 'textToVideo' && family?.series.startsWith('2.') === true
			? provider.openAiTextToVideoResolutions
			: undefined;
	if (problems.length === 0 && ofText !== undefined && !ofText.includes(resolution)) {
		problems.push({
			parameter: 'resolution',
			text: `is ${resolution}, which the OpenAI-style interface does not make from text alone. Choose ${orList(ofText)}, or set API Style to Official in the credential.`,
		});
	}
	if (options.draft === true && resolution !== '480p') {
		problems.push({
			parameter: 'resolution',
			text: `is ${resolution}, and a draft is always 480p. Choose 480p or Model Default.`,
		});
	}
	return problems;
};

/** The length is one that the model makes. Source: as above, duration. */
export const durationRule: Rule = ({ parameters, family }) => {
	const { duration, mode } = parameters;
	if (family === undefined || duration === undefined) return [];
	if (mode === 'draftTask') return [];
	const { minimum, maximum, automatic } = family.durationSeconds;
	if ((duration >= minimum && duration <= maximum) || (duration === -1 && automatic)) return [];
	return [
		{
			parameter: 'duration',
			text: `is ${duration}. ${family.label} takes ${minimum} to ${maximum} seconds${automatic ? ', or -1 to let the model choose' : ''}.`,
		},
	];
};

/** Edits, extensions and frames follow their input on Seedance 2.5. Source: BytePlus docs 2607688: TaskTypeConstraint and TaskTypeMismatch of Seedance 2.5. */
export const taskTypeRule: Rule = ({ parameters, family, options, media }) => {
	if (family?.taskType !== true) return [];
	const { taskType = 'auto' } = options;
	const { mode, ratio, duration } = parameters;
	const changesVideo = taskType === 'edit' || taskType === 'extend';
	const word = { auto: 'Auto', reference: 'Reference', edit: 'Edit', extend: 'Extend' }[taskType];
	const problems: Problem[] = [];
	if (taskType !== 'auto' && mode !== 'reference') {
		problems.push({
			parameter: 'options.taskType',
			text: `is ${word}, which needs the mode Reference.`,
		});
	} else if (changesVideo && !media.some(({ kind }) => kind === 'video')) {
		problems.push({
			parameter: 'options.taskType',
			text: `is ${word}, which needs a reference video. Add one to References.`,
		});
	}
	const followsInput = changesVideo || mode === 'firstFrame' || mode === 'firstLastFrame';
	if (followsInput && ratio !== undefined && ratio !== 'adaptive') {
		problems.push({
			parameter: 'ratio',
			text: `is ${ratio}, but here ${family.label} follows the input's own ratio. Choose Adaptive.`,
		});
	}
	if (taskType === 'edit' && mode !== 'draftTask' && duration !== -1) {
		problems.push({
			parameter: 'duration',
			text: `is ${duration}, but an edit keeps the length of its video. Enter -1.`,
		});
	}
	return problems;
};
