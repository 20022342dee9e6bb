import type { INodePropertyOptions } from 'n8n-workflow';
import { modes, type Mode } from '../seedance/request';

/** The entries of the dropdown Mode. */
export const modeOptions = [
	{
		name: 'Final From Draft',
		value: 'draftTask',
		description:
			'Make the video of a draft in full quality. It is charged in addition to the draft.',
	},
	{
		name: 'First and Last Frame',
		value: 'firstLastFrame',
		description: 'The video moves from one image to another',
	},
	{ name: 'First Frame', value: 'firstFrame', description: 'The video begins with an image' },
	{
		name: 'Reference',
		value: 'reference',
		description: 'Images, videos and audio that the prompt names',
	},
	{ name: 'Text to Video', value: 'textToVideo', description: 'A prompt alone' },
] as const satisfies ReadonlyArray<INodePropertyOptions & { value: Mode }>;

/** The label of a mode, as the dropdown shows it. */
export function labelOfMode(mode: Mode): string {
	return modeOptions.find(({ value }) => value === mode)?.name ?? mode;
}

/** The labels of all modes, the simplest first. */
export const modeLabels: readonly string[] = modes.map(labelOfMode);
