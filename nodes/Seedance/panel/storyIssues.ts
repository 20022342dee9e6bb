import { itemNumber, orList } from './values';

/** A model that does not do what was entered, and those that do, by their labels. */
export type ModelAlternatives = {
	readonly model: string;
	readonly models: readonly string[];
};

/** What can be wrong with a story; part of the table of all issues. */
export const storyIssueTexts = {
	storyNeedsWait: () =>
		'is off, but each shot of a story needs the finished video of the one before it. Turn it on, or choose another Mode.',
	storyBeforeUnreadable: ({ item }: { item: number }) =>
		`cannot be used, because that of item ${itemNumber(item)} cannot be read, and this item may continue it. Correct item ${itemNumber(item)} first.`,
	draftNotInStory: () => 'is on, but a draft has no last frame to continue from. Turn it off.',
	extensionNotSupported: ({ model, models }: ModelAlternatives) =>
		`is Video Extension, which ${model} does not support. Choose Last Frame, or ${orList(models)} as the model.`,
	shotDiffers: ({ given, wanted, shot }: { given: string; wanted: string; shot: number }) =>
		`is ${given}, but this item is shot ${shot} of a story whose first shot has ${wanted}. Choose ${wanted}, or another Story.`,
	frameOfLaterShot: ({ shot }: { shot: number }) =>
		`is set, but this item is shot ${shot} of a story and begins where shot ${shot - 1} ended. Remove it, or enter another Story.`,
	dryRunDiffers: ({ shot }: { shot: number }) =>
		`differs from that of the first shot, and this item is shot ${shot} of its story. Turn it on or off for all of them.`,
	memberOfStory: ({ member }: { member: string }) =>
		`has "${member}", which this node sets in a story. Remove it.`,
};
