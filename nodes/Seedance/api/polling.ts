import { z } from 'zod';
import { quoted, type Checked, type Problem } from './problem';
import { toSwitch } from './values';

/** How a wait looks at its task, and when it gives up. */
export interface WaitPolicy {
	/** The pause between two looks; undefined: by the time that the video is expected to take. */
	readonly pollIntervalMs: number | undefined;
	readonly maxWaitMs: number;
	/** What a wait that ran out gives: the task as last seen, or an error. */
	readonly onTimeout: 'returnTask' | 'error';
	/** Whether a task that is still queued is cancelled when the execution is stopped. */
	readonly cancelOnStop: boolean;
}

/** Seconds that the panel offers for the pause between two looks; within the cadence of every client of the API that was compared (2 to 30 s). */
export const offeredPollIntervalSeconds = 10;

/** Minutes that a wait lasts when the user sets none: a 15 s clip at 1080p takes about 15 minutes, and queues come on top. Source: github byteplus-sa/ComfyUI-BytePlus-ModelArk, render time estimates. */
export const defaultMaxWaitMinutes = 60;

const longestPollIntervalSeconds = 3600;
const longestMaxWaitMinutes = 7 * 24 * 60;

const numberLike = z.preprocess(
	(value) => (typeof value === 'string' && value.trim() !== '' ? Number(value) : value),
	z.number(),
);

const waitOptionsShape = z.object({
	pollInterval: numberLike.pipe(z.number().min(1).max(longestPollIntervalSeconds)).optional(),
	maxWait: numberLike.pipe(z.number().positive().max(longestMaxWaitMinutes)).optional(),
	onTimeout: z.enum(['returnTask', 'error']).optional(),
	cancelOnStop: z.preprocess(toSwitch, z.boolean().optional()),
});

const allowed: Readonly<Record<string, string>> = {
	pollInterval: `Enter 1 to ${longestPollIntervalSeconds} seconds.`,
	maxWait: `Enter more than 0 and at most ${longestMaxWaitMinutes} minutes (7 days, after which a task is forgotten).`,
	onTimeout: 'Choose Return the Task or Raise an Error.',
	cancelOnStop: 'Turn it on or off.',
};

/** How a wait for a video goes when the user sets nothing. */
export const videoWait: WaitPolicy = {
	pollIntervalMs: undefined,
	maxWaitMs: defaultMaxWaitMinutes * 60_000,
	onTimeout: 'returnTask',
	cancelOnStop: false,
};

/** Takes the Wait Options as stored and what holds where they say nothing, and gives the policy, or what is wrong with them. */
export function readWaitPolicy(
	options: Readonly<Record<string, unknown>>,
	defaults: WaitPolicy = videoWait,
): Checked<WaitPolicy> {
	const shape = waitOptionsShape.safeParse(options);
	if (!shape.success) {
		const names = [...new Set(shape.error.issues.map(({ path }) => String(path[0])))];
		return {
			problems: names.map((name): Problem => ({
				parameter: `waitOptions.${name}`,
				text: `is ${quoted(options[name])}. ${allowed[name] ?? ''}`.trim(),
			})),
		};
	}
	const { pollInterval, maxWait, onTimeout, cancelOnStop } = shape.data;
	return {
		value: {
			pollIntervalMs: pollInterval === undefined ? defaults.pollIntervalMs : pollInterval * 1000,
			maxWaitMs: maxWait === undefined ? defaults.maxWaitMs : maxWait * 60_000,
			onTimeout: onTimeout ?? defaults.onTimeout,
			cancelOnStop: cancelOnStop ?? defaults.cancelOnStop,
		},
	};
}

/** How far a task is, for the pause before the next look at it. */
export interface RenderProgress {
	/** Milliseconds since the rendering began, as far as that was seen; undefined while the task is queued. */
	readonly renderingMs: number | undefined;
	readonly expectedMs: number;
}

/** The least pause between two looks at the same task when the user sets none. */
export const shortestPauseMs = 2_000;
const longestPauseMs = 30_000;
/** A provider that asks for a longer pause is asked again after this one: a look costs nothing, and videos wait. */
export const longestRetryAfterOfLookMs = 120_000;
/** A request that the provider fails at once is seen early. */
const firstLookMs = 5_000;
/** From this part of the expected time on a video may well be finished. */
const earlyPart = 0.4;
/** Within this part of the expected time around it a video is most likely to finish. */
const nearPart = 0.25;
const stepNear = 0.07;
const stepElsewhere = 0.11;

/**
 * Takes how far a task is and gives the milliseconds until the next look: seldom at first, closer when the end is near, in proportion to its age after that.
 * A task that takes about as long as expected is seen to finish within 5 % of its time with at most 15 looks. `random`, from 0 to below 1, spreads the looks of many waits.
 */
export function pauseBeforeLookMs(
	{ pollIntervalMs }: Pick<WaitPolicy, 'pollIntervalMs'>,
	{ renderingMs, expectedMs }: RenderProgress,
	random: number,
): number {
	// Never shorter than what the user set.
	if (pollIntervalMs !== undefined) return pollIntervalMs * (1 + random / 20);
	const jitter = 0.9 + random / 5;
	if (renderingMs === undefined) return within(firstLookMs, expectedMs / 4) * jitter;
	const first = Math.min(firstLookMs, expectedMs / 5);
	if (renderingMs < first) return within(shortestPauseMs, first - renderingMs);
	const early = expectedMs * earlyPart;
	if (renderingMs < early) {
		return within(shortestPauseMs, Math.min(renderingMs * 3, early - renderingMs));
	}
	const isNear = Math.abs(renderingMs - expectedMs) <= expectedMs * nearPart;
	const step = isNear ? expectedMs * stepNear : renderingMs * stepElsewhere;
	return within(shortestPauseMs, step) * jitter;
}

function within(leastMs: number, ms: number): number {
	return Math.min(longestPauseMs, Math.max(leastMs, ms));
}

/** Takes the pause that a schedule wants and how often in a row the provider has answered 429, and gives the longer pause that this asks for. */
export function slowedPauseMs(pauseMs: number, throttledInARow: number): number {
	return pauseMs * 2 ** Math.min(throttledInARow, 4);
}
