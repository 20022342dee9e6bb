import { labelsOfFamilies } from '../../seedance/models';
import { offeredResolution } from '../createFields';
import { issue, type Issue } from '../issues';
import { supportsOption, taskTypes } from '../options';
import type { Rule } from './rule';

/** The resolution is one that the model supports and the host offers. Source: PowerTokens API reference, POST /byteplus/api/v3/contents/generations/tasks, resolution and draft. */
export const resolutionRule: Rule = ({ parameters, family, connection, options }) => {
	const { resolution: given, mode } = parameters;
	if (given === undefined || given === '') return [];
	const { provider, wire } = connection;
	const issues: Issue[] = [];
	const allowed = provider.resolutions.filter((tier) => family?.resolutions.includes(tier) ?? true);
	if (family !== undefined && !family.resolutions.includes(given)) {
		const models = labelsOfFamilies((other) => other.resolutions.includes(given));
		const values = { given, model: family.label, allowed, models };
		issues.push(issue('resolution', 'resolutionNotSupported', values));
	} else if (!allowed.includes(given)) {
		const values = { given, provider: provider.label, allowed };
		issues.push(issue('resolution', 'resolutionNotOffered', values));
	}
	const forText =
		wire.style === 'openAi' && mode === 'textToVideo' && family?.series.startsWith('2.') === true
			? provider.openAiTextToVideoResolutions
			: undefined;
	if (issues.length === 0 && forText !== undefined && !forText.includes(given)) {
		issues.push(issue('resolution', 'resolutionNotInInterface', { given, allowed: forText }));
	}
	if (options.draft === true && given !== '480p' && given !== offeredResolution) {
		issues.push(issue('resolution', 'resolutionNotForDraft', { given }));
	}
	return issues;
};

/** The length is one that the model supports. Source: as above, duration. */
export const durationRule: Rule = ({ parameters, family }) => {
	const { duration: given, mode } = parameters;
	if (family === undefined || given === undefined || mode === 'draftTask') return [];
	const { minimum, maximum, automatic } = family.durationSeconds;
	if ((given >= minimum && given <= maximum) || (given === -1 && automatic)) return [];
	const range = { minSeconds: minimum, maxSeconds: maximum, automatic };
	return [issue('duration', 'durationNotSupported', { given, model: family.label, ...range })];
};

/** Edits, extensions and frames follow their input on Seedance 2.5. Source: BytePlus docs 2607688: TaskTypeConstraint and TaskTypeMismatch of Seedance 2.5. */
export const taskTypeRule: Rule = ({ parameters, family, options, media }) => {
	if (family === undefined || !supportsOption(family, 'taskType')) return [];
	const { taskType = 'auto' } = options;
	const { mode, ratio, duration } = parameters;
	const changesVideo = taskType === 'edit' || taskType === 'extend';
	const given = taskTypes.find(({ value }) => value === taskType)?.name ?? taskType;
	const issues: Issue[] = [];
	if (taskType !== 'auto' && mode !== 'reference' && mode !== 'draftTask') {
		issues.push(issue('options.taskType', 'taskTypeNeedsReference', { given }));
	} else if (changesVideo && mode === 'reference' && !media.some(({ kind }) => kind === 'video')) {
		issues.push(issue('options.taskType', 'taskTypeNeedsVideo', { given }));
	}
	const followsInput = changesVideo || mode === 'firstFrame' || mode === 'firstLastFrame';
	if (followsInput && ratio !== undefined && ratio !== 'adaptive') {
		issues.push(issue('ratio', 'ratioFollowsInput', { given: ratio, model: family.label }));
	}
	if (taskType === 'edit' && mode !== 'draftTask' && duration !== -1) {
		issues.push(issue('duration', 'durationNotForEdit', { given: duration }));
	}
	return issues;
};
