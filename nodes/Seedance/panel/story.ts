import type { INodeProperties } from 'n8n-workflow';
import { key } from './accepts';
import type { ReadParameter } from './readParameter';

/** The mode in which items continue each other; it has no counterpart at the provider. */
export const continueMode = 'continue';

/** What a shot begins with. */
export const continueWithOptions = [
	{
		name: 'Last Frame',
		value: 'lastFrame',
		description: 'The video begins with the last frame of the shot before it',
	},
	{
		name: 'Video Extension',
		value: 'extension',
		description:
			'The shot before it is a reference video, with the task type Extend. Only for Seedance 2.5; its seconds are charged too.',
	},
] as const;

/** What an item says about its story. */
export interface Story {
	/** Empty for none. */
	readonly story: string;
	readonly continueWith: (typeof continueWithOptions)[number]['value'];
}

const maxCharacters = 200;

/** The name of a story; sheets deliver numbers. */
export const storyName = key(maxCharacters, `Enter a text of at most ${maxCharacters} characters.`);

/** The story that an item of the mode names, also where its other parameters are refused; undefined in other modes, null where it cannot be read. */
export function storyOf(parameter: ReadParameter): string | undefined | null {
	try {
		if (parameter('mode') !== continueMode) return undefined;
		const given = parameter('story');
		const read = storyName.schema.safeParse(given);
		return given === null || !read.success ? null : (read.data ?? '');
	} catch {
		// An expression that fails is reported when the item is read.
		return null;
	}
}

const inMode = { show: { mode: [continueMode] } };

/** Story and Continue With. */
export const storyProperties: INodeProperties[] = [
	{
		displayName: 'Story',
		name: 'story',
		type: 'string',
		default: '',
		placeholder: 'e.g. {{ $json.story }}',
		displayOptions: inMode,
		description:
			'Items with the same text are the shots of one story, in the order of the items: each begins where the one before it ended. An item without a story continues the item directly before it, if that has none either.',
	},
	{
		displayName: 'Continue With',
		name: 'continueWith',
		type: 'options',
		options: [...continueWithOptions],
		default: 'lastFrame',
		displayOptions: inMode,
		description: 'What each shot after the first is made from, besides its prompt',
	},
];
