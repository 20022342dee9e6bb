import { labelsOfFamilies } from '../../seedance/models';
import { issue, type Issue } from '../issues';
import { isOptionSet, optionRows, supportsOption } from '../options';
import { notInInterface, type Rule } from './rule';

/** The user set it, so an option that the model does not support is an error. */
export const optionsOfModelRule: Rule = ({ family, options }) => {
	if (family === undefined) return [];
	return optionRows
		.filter((row) => isOptionSet(row, options) && row.supportedBy?.(family) === false)
		.map(({ name, supportedBy }) =>
			issue(`options.${name}`, 'optionNotSupported', {
				model: family.label,
				models: labelsOfFamilies((other) => supportedBy?.(other) ?? true),
			}),
		);
};

/** An option that the interface does not have is an error. */
export const optionsOfInterfaceRule: Rule = ({ options, connection, modelId }) => {
	const form = connection.wire.bodyForm(modelId);
	return optionRows
		.filter((row) => row.wire !== undefined && row.wire[form] === undefined)
		.filter((row) => isOptionSet(row, options))
		.map(({ name }) => notInInterface(`options.${name}`, connection));
};

/** The final video of a draft has everything but its resolution from the draft. Source: Volcengine docs 82379/1520757 (draft of Seedance 2.5). */
export const finalOfDraftRule: Rule = ({ family, parameters, options }) => {
	if (parameters.mode !== 'draftTask' || family?.finalFollowsDraft !== true) return [];
	return (['seed', 'taskType'] as const)
		.filter((name) => options[name] !== undefined)
		.map((name) => issue(`options.${name}`, 'notForFinal', { model: family.label }));
};

/** Options that exclude each other or that the host does not offer. Source: PowerTokens API reference, POST /byteplus/api/v3/contents/generations/tasks (draft, priority, service_tier, tools, camera_fixed). */
export const combinationRule: Rule = ({ options, parameters, connection, media, family }) => {
	const provider = connection.provider.label;
	const issues: Issue[] = [];
	const isFlex = options.serviceTier === 'flex';
	if (isFlex && !connection.provider.flexTier) {
		issues.push(issue('options.serviceTier', 'flexNotOffered', { provider }));
	}
	if (isFlex && options.priority !== undefined) {
		issues.push(issue('options.priority', 'flexHasNoPriority'));
	}
	if (options.draft === true && options.returnLastFrame === true) {
		issues.push(issue('options.returnLastFrame', 'draftHasNoLastFrame'));
	}
	if (options.draft === true && isFlex) {
		issues.push(issue('options.serviceTier', 'draftNotInFlex'));
	}
	if (options.draft === true && parameters.mode === 'draftTask') {
		issues.push(issue('options.draft', 'draftOfDraft'));
	}
	if (options.webSearch === true && supportsOption(family, 'webSearch')) {
		if (!connection.provider.webSearch) {
			issues.push(issue('options.webSearch', 'webSearchNotOffered', { provider }));
		} else if (parameters.mode !== 'textToVideo') {
			issues.push(issue('options.webSearch', 'webSearchNeedsText'));
		}
	}
	if (options.cameraFixed !== undefined && media.some(({ role }) => role === 'reference_image')) {
		issues.push(issue('options.cameraFixed', 'cameraFixedWithReferences'));
	}
	return issues;
};
