import type { INodePropertyOptions } from 'n8n-workflow';
import type { ModelFamily } from '../seedance/models';
import { modes, type Mode } from '../seedance/request';
import { continueMode } from './story';

/** What Mode can be: what the API has, and Continue Previous Item. */
export const panelModes = [...modes, continueMode] as const;

/** One of {@link panelModes}. */
export type PanelMode = Mode | typeof continueMode;

/** The entries of the dropdown Mode. */
export const modeOptions = [
	{
		name: 'Continue Previous Item',
		value: continueMode,
		description: 'The items are shots of a story: each begins where the one before it ended',
	},
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
] as const satisfies ReadonlyArray<INodePropertyOptions & { value: PanelMode }>;

/** The label of a mode, as the dropdown shows it. */
export function labelOfMode(mode: PanelMode): string {
	return modeOptions.find(({ value }) => value === mode)?.name ?? mode;
}

/** The labels of all modes, the simplest first. */
export const modeLabels: readonly string[] = panelModes.map(labelOfMode);

/** The modes that only some families support. Source: BytePlus docs 1520757; BytePlus docs 1330310. */
export const supportsMode: Readonly<Partial<Record<Mode, (family: ModelFamily) => boolean>>> = {
	firstLastFrame: (family) => family.firstLastFrame,
	reference: (family) => family.references.total > 0,
	draftTask: (family) => family.draft,
};
