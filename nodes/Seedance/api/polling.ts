import { z } from 'zod';
import { quoted, type Checked, type Problem } from './problem';

/** How a wait looks at its task, and when it gives up. */
export interface WaitPolicy {
	readonly pollIntervalMs: number;
	readonly maxWaitMs: number;
	/** What a wait that ran out gives: the task as last seen, or an error. */
	readonly onTimeout: 'returnTask' | 'error';
}

/** Seconds between two looks when the user sets none; within the cadence of every client of the API that was compared (2 to 30 s). */
export const defaultPollIntervalSeconds = 10;

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
});

const allowed: Readonly<Record<string, string>> = {
	pollInterval: `Enter 1 to ${longestPollIntervalSeconds} seconds.`,
	maxWait: `Enter more than 0 and at most ${longestMaxWaitMinutes} minutes (7 days, after which a task is forgotten).`,
	onTimeout: 'Choose Return the Task or Raise an Error.',
};

/** How a wait for a video goes when the user sets nothing. */
export const videoWait: WaitPolicy = {
	pollIntervalMs: defaultPollIntervalSeconds * 1000,
	maxWaitMs: defaultMaxWaitMinutes * 60_000,
	onTimeout: 'returnTask',
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
	const { pollInterval, maxWait, onTimeout } = shape.data;
	return {
		value: {
			pollIntervalMs: pollInterval === undefined ? defaults.pollIntervalMs : pollInterval * 1000,
			maxWaitMs: maxWait === undefined ? defaults.maxWaitMs : maxWait * 60_000,
			onTimeout: onTimeout ?? defaults.onTimeout,
		},
	};
}

/**
 * Takes the time since the wait began and the pause that the provider asked for, and gives the milliseconds to sleep before the next look, or undefined when the wait is over.
 * The last look falls on the end of the wait, never behind it.
 */
export function delayUntilNextLookMs(
	policy: WaitPolicy,
	elapsedMs: number,
	retryAfterMs = 0,
): number | undefined {
	const leftMs = policy.maxWaitMs - elapsedMs;
	return leftMs <= 0 ? undefined : Math.min(Math.max(policy.pollIntervalMs, retryAfterMs), leftMs);
}
