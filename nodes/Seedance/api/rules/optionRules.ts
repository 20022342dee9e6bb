import type { CreateOptions } from '../createRequest';
import { labelsOfFamilies, type ModelFamily } from '../models';
import { orList, type Problem } from '../problem';
import { notInDialect, type Rule } from './rule';

/** Options that only some families take. */
const familyOptions = [
	'frames',
	'draft',
	'cameraFixed',
	'serviceTier',
	'priority',
	'outputFormat',
	'taskType',
] as const satisfies ReadonlyArray<keyof ModelFamily & keyof CreateOptions>;

/** An entry of Options that the model does not take is an error: the user set it. */
export const optionsOfModelRule: Rule = ({ family, options }) => {
	if (family === undefined) return [];
	const set = familyOptions.filter((name) => options[name] !== undefined);
	const wrong: string[] = set.filter((name) => !family[name]);
	if (options.webSearch === true && !family.webSearch) wrong.push('webSearch');
	return wrong.map((name) => ({
		parameter: `options.${name}`,
		text: `is set, but ${family.label} does not take it. Remove it, or choose ${orList(labelsOfFamilies((row) => row[name as keyof ModelFamily] === true))} as the model.`,
	}));
};

/** An entry of Options that the interface cannot say is an error. */
export const optionsOfDialectRule: Rule = ({ options, connection, modelId }) => {
	const available: readonly string[] = connection.dialect.options(modelId);
	return Object.entries(options)
		.filter(([name, value]) => value !== undefined && !available.includes(name))
		.filter(([name, value]) => name !== 'webSearch' || value === true)
		.map(([name]) => notInDialect(`options.${name}`, connection));
};

/** Entries of Options that exclude each other or that the host does not offer. Source: PowerTokens API reference, POST /byteplus/api/v3/contents/generations/tasks (draft, priority, service_tier, tools, camera_fixed). */
export const combinationRule: Rule = ({ options, parameters, connection, media, family }) => {
	const { provider } = connection;
	const problems: Problem[] = [];
	if (options.serviceTier === 'flex' && !provider.flexTier) {
		problems.push({
			parameter: 'options.serviceTier',
			text: `is Flex, which ${provider.label} does not offer. Choose Default, or remove it.`,
		});
	}
	if (options.serviceTier === 'flex' && options.priority !== undefined) {
		problems.push({
			parameter: 'options.priority',
			text: 'is set, but tasks of the service tier Flex have no priority. Remove one of them.',
		});
	}
	if (options.draft === true && options.returnLastFrame === true) {
		problems.push({
			parameter: 'options.returnLastFrame',
			text: 'is on, but a draft has no last frame to return. Turn it off.',
		});
	}
	if (options.draft === true && options.serviceTier === 'flex') {
		problems.push({
			parameter: 'options.serviceTier',
			text: 'is Flex, which is not available for drafts. Choose Default, or remove it.',
		});
	}
	if (options.draft === true && parameters.mode === 'draftTask') {
		problems.push({
			parameter: 'options.draft',
			text: 'is on, but this request makes the final video of a draft. Turn it off.',
		});
	}
	if (options.webSearch === true && family?.webSearch !== false) {
		if (!provider.webSearch) {
			problems.push({
				parameter: 'options.webSearch',
				text: `is on, which ${provider.label} does not offer. Turn it off.`,
			});
		} else if (parameters.mode !== 'textToVideo') {
			problems.push({
				parameter: 'options.webSearch',
				text: 'is on, which works with text alone. Turn it off, or choose the mode Text to Video.',
			});
		}
	}
	if (options.cameraFixed !== undefined && media.some(({ role }) => role === 'reference_image')) {
		problems.push({
			parameter: 'options.cameraFixed',
			text: 'is set, which does not work with reference images. Remove it.',
		});
	}
	return problems;
};
