/*
 * Which item continues which. The items that come here are those of the mode Continue Previous Item, in input order:
 *
 *   has a story ──the same story was there before──▶ continues the last item of it, whatever is in between
 *     └──otherwise──▶ shot 1 of a new chain
 *   has none ──the item directly before it in the input has none either──▶ continues it
 *     └──otherwise──▶ shot 1 of a new chain
 *
 * Rows of several stories may be mixed with each other and with single items; only without a name does the place in the input say what belongs together.
 */

/** An item of the mode. */
export interface StoryItem {
	/** Its place in the input, from 0. */
	readonly itemIndex: number;
	/** Empty for none. */
	readonly story: string;
}

/** Where an item is in its chain. */
export interface ShotPlace {
	readonly story: string;
	/** From 1. */
	readonly shot: number;
	/** The item that it continues; undefined for the first shot. */
	readonly previous: number | undefined;
	/** The item of the chain's first shot. */
	readonly first: number;
	/** The item that continues this one; undefined for the last shot. */
	readonly next: number | undefined;
}

/** The place of each item in its chain, by its place in the input. */
export function placesOf(items: readonly StoryItem[]): ReadonlyMap<number, ShotPlace> {
	const places = new Map<number, ShotPlace>();
	const lastOfStory = new Map<string, number>();
	for (const { itemIndex, story } of items) {
		const candidate = lastOfStory.get(story);
		const isContinued = story !== '' || candidate === itemIndex - 1;
		const before = candidate === undefined || !isContinued ? undefined : places.get(candidate);
		lastOfStory.set(story, itemIndex);
		places.set(itemIndex, {
			story,
			shot: before === undefined ? 1 : before.shot + 1,
			previous: before === undefined ? undefined : candidate,
			first: before?.first ?? itemIndex,
			next: undefined,
		});
		if (before !== undefined && candidate !== undefined) {
			places.set(candidate, { ...before, next: itemIndex });
		}
	}
	return places;
}
