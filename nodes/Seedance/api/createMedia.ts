import { z } from 'zod';
import type { CreateParameters } from './createRequest';
import {
	isField,
	mostBodyBytes,
	readMediaUrl,
	type MediaInput,
	type MediaKind,
	type MediaRole,
} from './mediaReference';
import { quoted, type Problem } from './problem';

const kinds = ['image', 'video', 'audio'] as const satisfies readonly MediaKind[];

const referencesShape = z.object({
	reference: z
		.array(
			z.object({
				type: z.enum(kinds).default('image'),
				source: z.string().default('binary'),
				value: z.unknown().optional(),
			}),
		)
		.default([]),
});

const emptyField =
	'is empty. Enter the name of the input field that holds the file, such as "data".';

/** Takes the parameters of Create and gives the media of its mode, in the order that the API wants (images, videos, audios, each in the user's order), and what is wrong with them. */
export function readMedia(parameters: CreateParameters): {
	references: MediaInput[];
	problems: Problem[];
} {
	const { mode } = parameters;
	const references: MediaInput[] = [];
	const problems: Problem[] = [];

	function add(
		parameter: string,
		entry: { source: unknown; value: unknown; kind: MediaKind; role: MediaRole },
		place = '',
	) {
		const { source, value, kind, role } = entry;
		if (source === 'binary') {
			const field = typeof value === 'string' ? value.trim() : '';
			if (field !== '') references.push({ kind, role, field, parameter, place });
			else problems.push({ parameter, text: `${place}${emptyField}` });
			return;
		}
		const url = readMediaUrl(parameter, source, value, kind, place);
		if (url.problems !== undefined) problems.push(...url.problems);
		else references.push({ kind, role, url: url.value });
	}

	if (mode === 'firstFrame' || mode === 'firstLastFrame') {
		add('firstFrame', {
			source: parameters.firstFrameSource,
			value: parameters.firstFrame,
			kind: 'image',
			role: 'first_frame',
		});
	}
	if (mode === 'firstLastFrame') {
		add('lastFrame', {
			source: parameters.lastFrameSource,
			value: parameters.lastFrame,
			kind: 'image',
			role: 'last_frame',
		});
	}
	if (mode === 'reference') {
		const shape = referencesShape.safeParse(parameters.references ?? {});
		if (!shape.success) {
			problems.push({
				parameter: 'references',
				text: `is ${quoted(parameters.references)}. Add references of the type image, video or audio.`,
			});
		} else if (shape.data.reference.length === 0) {
			problems.push({
				parameter: 'references',
				text: 'is empty. Add an image, a video or an audio file.',
			});
		} else {
			const numbered = shape.data.reference.map((entry, index) => ({
				...entry,
				number: index + 1,
			}));
			for (const kind of kinds) {
				for (const { source, value, number } of numbered.filter(({ type }) => type === kind)) {
					const entry = { source, value, kind, role: `reference_${kind}` as const };
					add('references', entry, `number ${number} (${kind}) `);
				}
			}
		}
	}

	const embeddedBytes = references
		.map((media) => (isField(media) ? '' : media.url))
		.filter((url) => url.startsWith('data:'))
		.reduce((sum, url) => sum + url.length, 0);
	if (embeddedBytes > mostBodyBytes) {
		problems.push({
			parameter: mode === 'reference' ? 'references' : 'firstFrame',
			text: `holds ${Math.ceil(embeddedBytes / 1024 / 1024)} MB of embedded data, and a request holds at most 64 MB. Use URLs or assets.`,
		});
	}
	return { references, problems };
}
