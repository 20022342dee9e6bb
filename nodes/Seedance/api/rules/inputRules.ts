import { isTaskId } from '../dialects/dialect';
import { labelsOfFamilies } from '../models';
import { orList, quoted, type Problem } from '../problem';
import { notInDialect, type Rule } from './rule';

/** A prompt is needed without media, and always where the interface says so. */
export const promptRule: Rule = ({ parameters, connection }) => {
	const { mode, prompt } = parameters;
	const needed = mode === 'textToVideo' || connection.dialect.promptRequired;
	if (prompt !== '' || !needed || mode === 'draftTask') return [];
	return [
		{
			parameter: 'prompt',
			text: 'is empty. Describe the clip, for example "A kitten runs across a sunny meadow, the camera follows".',
		},
	];
};

/** The mode is one that the model and the interface take. Source: BytePlus docs 1520757; BytePlus docs 1330310. */
export const modeRule: Rule = ({ parameters, family, connection, modelId }) => {
	const { mode, draftTaskId } = parameters;
	const problems: Problem[] = [];
	if (mode !== undefined && !connection.dialect.modes(modelId).includes(mode)) {
		problems.push(notInDialect('mode', connection));
	}
	if (mode === 'firstLastFrame' && family?.firstLastFrame === false) {
		problems.push({
			parameter: 'mode',
			text: `is First and Last Frame, which ${family.label} does not take. Choose another mode, or ${orList(labelsOfFamilies((row) => row.firstLastFrame))} as the model.`,
		});
	}
	if (mode === 'reference' && family !== undefined && family.references.total === 0) {
		problems.push({
			parameter: 'mode',
			text: `is Reference, which ${family.label} does not take. Choose another mode, or ${orList(labelsOfFamilies((row) => row.references.total > 0))} as the model.`,
		});
	}
	if (mode === 'draftTask') {
		if (draftTaskId !== undefined && !isTaskId(draftTaskId)) {
			problems.push({
				parameter: 'draftTaskId',
				text: `is ${draftTaskId === '' ? 'empty' : quoted(draftTaskId)}. Enter the id of a task that was created with Draft on, not older than 7 days.`,
			});
		}
		if (family?.draft === false) {
			problems.push({
				parameter: 'mode',
				text: `is Final From Draft, which ${family.label} does not take. Choose ${orList(labelsOfFamilies((row) => row.draft))} as the model.`,
			});
		}
	}
	return problems;
};

/** References stay within the model's numbers. Source: BytePlus docs 1330310; APIYI Seedance 2.0 reference (audio together with an image or video). */
export const referenceRule: Rule = ({ parameters, family, media }) => {
	if (parameters.mode !== 'reference' || family === undefined || family.references.total === 0) {
		return [];
	}
	const { references: limits, label } = family;
	const count = (kind: string) => media.filter((reference) => reference.kind === kind).length;
	const [images, videos, audios] = [count('image'), count('video'), count('audio')];
	const over = (kind: string, number: number, most: number): Problem[] =>
		number <= most
			? []
			: [
					{
						parameter: 'references',
						text: `holds ${number} ${kind}, and ${label} takes ${most === 0 ? 'none' : `at most ${most}`}.`,
					},
				];
	const alone = audios > 0 && images + videos === 0 && !limits.audioAlone;
	return [
		...over('images', images, limits.images),
		...over('videos', videos, limits.videos),
		...over('audios', audios, limits.audios),
		...over('files', images + videos + audios, limits.total),
		...(alone
			? [
					{
						parameter: 'references',
						text: `holds audio alone, and ${label} takes audio only together with an image or a video. Add one of them.`,
					},
				]
			: []),
	];
};
