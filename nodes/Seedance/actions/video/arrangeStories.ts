import { issue, type Result } from '../../panel/issues';
import type { ReadCreate } from '../../panel/createRequest';
import { wireFieldsOf } from '../../panel/options';
import { earlierShotIssues, laterShotIssues, type ReadShot } from '../../panel/rules/storyRules';
import { storyOf, type Story } from '../../panel/story';
import type { Connection } from '../../seedance/connection';
import { modelIdAt } from '../../seedance/providers/provider';
import type { UnsentRequest } from '../../seedance/request';
import type { ReadItem } from '../operation';
import { placesOf, type ShotPlace } from './storyGraph';

/** An item that may be a shot of a story. */
interface Placed extends ReadCreate {
	/** Undefined for an item of another mode. */
	readonly place?: ShotPlace | undefined;
}

/**
 * The items of the mode Continue Previous Item, placed in their stories and made from the shots before them. An item that was refused keeps its place, so that none takes it.
 * An item whose story cannot be read may be of any story, so no later item is made from what may be the wrong shot.
 */
export function arrangeStories<Parsed extends Placed>(
	connection: Connection,
	items: ReadonlyArray<ReadItem<Parsed>>,
): { readonly arranged: Map<number, Result<Parsed>>; readonly awaited: number[] } {
	const named = items.map(({ itemIndex, parameter }) => ({
		itemIndex,
		story: storyOf(parameter),
	}));
	const unreadable = named.find(({ story }) => story === null)?.itemIndex ?? Infinity;
	const shots = named.flatMap(({ itemIndex, story }) =>
		typeof story === 'string' ? [{ itemIndex, story }] : [],
	);
	const places = placesOf(shots);
	const inputs = new Map(items.map(({ itemIndex, read }) => [itemIndex, read.value]));
	const arranged = new Map<number, Result<Parsed>>();
	for (const [itemIndex, place] of places) {
		const input = inputs.get(itemIndex);
		if (input?.story === undefined) continue;
		if (itemIndex > unreadable) {
			const refused = issue('story', 'storyBeforeUnreadable', { item: unreadable });
			arranged.set(itemIndex, { issues: [refused] });
			continue;
		}
		const nextStory = inputs.get(place.next ?? -1)?.story;
		const first = inputs.get(place.first);
		const shot = { ...input, place };
		const issues = [
			...(place.previous === undefined || first === undefined
				? []
				: laterShotIssues(readShot(shot, place.shot), readShot(first, 1))),
			...(nextStory?.continueWith === 'lastFrame' ? earlierShotIssues(input) : []),
		];
		arranged.set(itemIndex, issues.length > 0 ? { issues } : placed(connection, shot, nextStory));
	}
	const awaited = [...places].flatMap(([itemIndex, { next }]) =>
		next === undefined ? [] : [itemIndex],
	);
	return { arranged, awaited };
}

const readShot = ({ request, options }: ReadCreate, shot: number): ReadShot => ({
	...{ request, options, shot },
});

function placed<Parsed extends Placed>(
	connection: Connection,
	input: Parsed & { readonly place: ShotPlace },
	nextStory: Story | undefined,
): Result<Parsed> {
	const { previous } = input.place;
	const { continueWith } = input.story ?? {};
	const later =
		previous === undefined
			? input.request
			: laterRequest(connection, input.request, continueWith, previous);
	const form = connection.wire.bodyForm(later.model);
	const asksForFrame = nextStory?.continueWith === 'lastFrame';
	const wireFields = {
		...later.wireFields,
		...(asksForFrame ? wireFieldsOf({ returnLastFrame: true }, form) : {}),
	};
	return { value: { ...input, request: { ...later, wireFields } } };
}

/**
 * The request of a shot that continues another one. Its ratio is that of the frame or video.
 * Source: the provider's refusal of other ratios for Seedance 2.x; BytePlus docs 2607688 (adaptive for frames and extensions of 2.5); PowerTokens API reference, ratio (1.x crops to any other).
 */
function laterRequest(
	connection: Connection,
	request: UnsentRequest,
	continueWith: Story['continueWith'] = 'lastFrame',
	shotOfItem: number,
): UnsentRequest {
	const common = { ...request, ratio: 'adaptive' } as const;
	if (continueWith === 'extension') {
		const form = connection.wire.bodyForm(request.model);
		return {
			...common,
			mode: 'reference',
			media: [{ kind: 'video', role: 'reference_video', shotOfItem }],
			wireFields: { ...request.wireFields, ...wireFieldsOf({ taskType: 'extend' }, form) },
		};
	}
	return {
		...common,
		mode: 'firstFrame',
		model: withImage(connection, request),
		media: [{ kind: 'image', role: 'first_frame', shotOfItem }],
	};
}

/** One family has another model for requests with an image. */
function withImage({ provider }: Connection, { model, family }: UnsentRequest): string {
	if (family === undefined || model !== modelIdAt(provider, family, false)) return model;
	return modelIdAt(provider, family, true);
}
