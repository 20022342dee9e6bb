import { findFamilyOfModelId, type Resolution } from './models';

/** What decides how long a video renders, as far as it is known. */
export interface RenderFacts {
	readonly model?: string | undefined;
	readonly resolution?: string | undefined;
	/** -1 where the model chooses. */
	readonly durationSeconds?: number | undefined;
	readonly hasReferenceVideo?: boolean | undefined;
	/** Milliseconds that it takes, where that is known beforehand. */
	readonly renderMs?: number | undefined;
	/** Whether its last frame was asked for. */
	readonly hasLastFrame?: boolean | undefined;
}

/**
 * Seconds of rendering for each second of video of Seedance 2.0 without a reference video: the middle of each range, halved.
 * Source: github byteplus-sa/ComfyUI-BytePlus-ModelArk, render time estimates (480p 10–20 s, 720p 20–40 s, 1080p 60 s, 4k 90 s with a reference video; half without).
 */
const secondsPerSecond: Readonly<Record<Resolution, number>> = {
	'480p': 7.5,
	'720p': 15,
	'1080p': 30,
	'4k': 45,
};
const withReferenceVideo = 2;
/** Source: as above (fast is about half). */
const fastFactor = 0.5;
const usualDurationSeconds = 5;

/** Milliseconds that a video is expected to render; what is not known counts as a clip of 5 s at 720p. */
export function expectedRenderMs(facts: RenderFacts): number {
	if (facts.renderMs !== undefined) return facts.renderMs;
	const { model = '', resolution, durationSeconds = usualDurationSeconds } = facts;
	const family = findFamilyOfModelId(model);
	const tier = resolution ?? family?.defaultResolution ?? '720p';
	const seconds =
		durationSeconds > 0
			? durationSeconds
			: (family?.durationSeconds.maximum ?? usualDurationSeconds);
	const factor =
		(facts.hasReferenceVideo === true ? withReferenceVideo : 1) *
		(/-(fast|mini)\b/.test(model) ? fastFactor : 1);
	return (
		seconds * (secondsPerSecond[tier as Resolution] ?? secondsPerSecond['720p']) * factor * 1000
	);
}

/** A text that is the same for videos that render for about as long. */
export function renderKind({
	model,
	resolution,
	durationSeconds,
	hasReferenceVideo,
}: RenderFacts): string {
	return [model, resolution, durationSeconds, hasReferenceVideo].join(' ');
}
