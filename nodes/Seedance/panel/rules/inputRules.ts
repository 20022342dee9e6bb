import { labelsOfFamilies } from '../../seedance/models';
import { isField, type MediaRole } from '../../seedance/media';
import { isTaskId } from '../../seedance/wire/wire';
import { issue, type Issue } from '../issues';
import { labelOfMode, supportsMode } from '../modes';
import { notInInterface, type CreateInput, type Rule } from './rule';

/** A prompt is needed without media, and always where the interface says so. */
export const promptRule: Rule = ({ parameters, connection }) => {
	const { mode, prompt } = parameters;
	const needed = mode === 'textToVideo' || connection.wire.promptRequired;
	if (prompt !== '' || !needed || mode === 'draftTask') return [];
	return [issue('prompt', 'promptMissing')];
};

/** The mode is one that the model and the interface support. */
export const modeRule: Rule = ({ parameters, family, connection, modelId }) => {
	const { mode, draftTaskId } = parameters;
	if (mode === undefined) return [];
	const issues: Issue[] = [];
	if (!connection.wire.modes(modelId).includes(mode)) {
		issues.push(notInInterface('mode', connection));
	}
	const supports = supportsMode[mode];
	if (supports !== undefined && family !== undefined && !supports(family)) {
		const values = { mode: labelOfMode(mode), model: family.label };
		issues.push(
			issue('mode', 'modeNotSupported', { ...values, models: labelsOfFamilies(supports) }),
		);
	}
	if (mode === 'draftTask' && draftTaskId !== undefined && !isTaskId(draftTaskId)) {
		issues.push(issue('draftTaskId', 'draftTaskInvalid', { given: draftTaskId }));
	}
	return issues;
};

/** Both frames come from the panel's default field until one of them is changed: that would be charged, and shows no change. A loop on purpose can name the same URL or asset. */
export const framesRule: Rule = ({ media }) => {
	const fieldOf = (role: MediaRole) =>
		media.filter(isField).find((one) => one.role === role)?.field;
	const field = fieldOf('last_frame');
	if (field === undefined || field !== fieldOf('first_frame')) return [];
	return [issue('lastFrame', 'framesFromOneField', { field })];
};

/** References stay within the model's numbers. Source: BytePlus docs 1330310; APIYI Seedance 2.0 reference (audio together with an image or video). */
export const referenceRule: Rule = ({ parameters, family, media }: CreateInput) => {
	if (parameters.mode !== 'reference' || family === undefined || family.references.total === 0) {
		return [];
	}
	const { references: limits, label: model } = family;
	const count = (kind: string) => media.filter((reference) => reference.kind === kind).length;
	const [images, videos, audios] = [count('image'), count('video'), count('audio')];
	const over = (kind: string, number: number, max: number): Issue[] =>
		number <= max
			? []
			: [issue('references', 'tooManyReferences', { count: number, kind, model, max })];
	const isAudioAlone = audios > 0 && images + videos === 0 && !limits.audioAlone;
	return [
		...over('image', images, limits.images),
		...over('video', videos, limits.videos),
		...over('audio file', audios, limits.audios),
		...over('file', images + videos + audios, limits.total),
		...(isAudioAlone ? [issue('references', 'audioAlone', { model })] : []),
	];
};
