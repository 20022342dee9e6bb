import { resolutions, type Resolution } from '../seedance/models';
import { ratios } from '../seedance/request';
import { endingOf } from './magicPrompts';

/** A task of Test Mode: all of it is in its ID. */
export interface TestTask {
	/** In milliseconds since 1970. */
	readonly createdMs: number;
	/** Whole seconds from the create to the end. */
	readonly seconds: number;
	/** How it ends: an ID of the table of magic prompts. */
	readonly endingId: string;
	readonly model: string;
	readonly resolution: Resolution;
	readonly ratio: (typeof ratios)[number];
	/** Of the video. */
	readonly durationSeconds: number;
	readonly frames: number | undefined;
	readonly generateAudio: boolean | undefined;
	readonly draft: boolean | undefined;
	readonly hasInputVideo: boolean;
	readonly returnLastFrame: boolean;
	readonly isFlex: boolean;
	readonly webSearch: boolean;
	readonly isMov: boolean;
	readonly priority: number | undefined;
	readonly expiresSeconds: number;
	readonly seed: number | undefined;
	/** Ten hexadecimal digits. */
	readonly random: string;
}

/** Longer ones would make the ID of a task longer than any may be. */
const modelPattern = /^[A-Za-z0-9.-]{1,48}$/;

/** Whether a model ID is short enough for the ID of a task. */
export function fitsInTaskId(model: string): boolean {
	return modelPattern.test(model);
}

const idPattern =
	/^test_([a-z0-9]{1,9})_([a-z]{2})_([a-z]*)_([a-z0-9-]+)_([0-9a-f]{10})_([A-Za-z0-9.-]{1,48})$/;

/** The letters of an ID for what is on. */
const switches: ReadonlyArray<readonly [string, (task: TestTask) => boolean]> = [
	['a', ({ generateAudio }) => generateAudio === true],
	['s', ({ generateAudio }) => generateAudio === false],
	['d', ({ draft }) => draft === true],
	['n', ({ draft }) => draft === false],
	['v', ({ hasInputVideo }) => hasInputVideo],
	['l', ({ returnLastFrame }) => returnLastFrame],
	['f', ({ isFlex }) => isFlex],
	['w', ({ webSearch }) => webSearch],
	['m', ({ isMov }) => isMov],
];

/** The ID of a task, of at most 128 characters. */
export function idOfTask(task: TestTask): string {
	const letters = switches.filter(([, isOn]) => isOn(task)).map(([letter]) => letter);
	const numbers = [
		task.seconds,
		resolutions.indexOf(task.resolution as (typeof resolutions)[number]),
		ratios.indexOf(task.ratio),
		task.durationSeconds,
		task.frames,
		task.priority,
		task.expiresSeconds,
		task.seed,
	].map((number) => number?.toString(36) ?? '');
	const parts = [task.createdMs.toString(36), task.endingId, letters.join(''), numbers.join('-')];
	return ['test', ...parts, task.random, task.model].join('_');
}

/** The task that an ID stands for, or undefined. */
export function taskOfId(id: string): TestTask | undefined {
	const [, created = '', endingId = '', letters = '', numbers = '', random = '', model = ''] =
		idPattern.exec(id) ?? [];
	const [seconds, resolutionIndex, ratioIndex, durationSeconds, frames, priority, expires, seed] =
		numbers.split('-').map((text) => (text === '' ? undefined : parseInt(text, 36)));
	const resolution = resolutions[resolutionIndex ?? -1];
	const ratio = ratios[ratioIndex ?? -1];
	const isKnown =
		endingOf(endingId) !== undefined && resolution !== undefined && ratio !== undefined;
	if (!isKnown || seconds === undefined || durationSeconds === undefined || expires === undefined) {
		return undefined;
	}
	const has = (letter: string) => letters.includes(letter);
	const either = (on: string, off: string) => (has(on) ? true : has(off) ? false : undefined);
	return {
		createdMs: parseInt(created, 36),
		seconds,
		endingId,
		model,
		resolution,
		ratio,
		durationSeconds,
		frames,
		priority,
		seed,
		random,
		expiresSeconds: expires,
		generateAudio: either('a', 's'),
		draft: either('d', 'n'),
		hasInputVideo: has('v'),
		returnLastFrame: has('l'),
		isFlex: has('f'),
		webSearch: has('w'),
		isMov: has('m'),
	};
}

/** Where a task is at a moment: its status, and since when it has it, in milliseconds since 1970. */
export interface Progress {
	readonly status: 'queued' | 'running' | 'succeeded' | 'failed' | 'expired' | 'cancelled';
	readonly sinceMs: number;
}

const queuedMs = 1_000;

/*
 * A task by the clock alone:
 *
 *   queued ──1 s, or half of a shorter time──▶ running ──its time is over──▶ as its ID says
 *   and from any of these, when its time to expire is over──▶ expired
 */
export function progressOf(task: TestTask, nowMs: number): Progress {
	const { createdMs } = task;
	const ending = endingOf(task.endingId) ?? { status: 'expired' };
	const startsMs = createdMs + Math.min(queuedMs, task.seconds * 500);
	const endsMs = createdMs + task.seconds * 1000;
	const expiresMs = createdMs + task.expiresSeconds * 1000;
	const isEndless = ending.status === 'queued' || ending.status === 'running';
	if (nowMs >= expiresMs && (isEndless || endsMs > expiresMs)) {
		return { status: 'expired', sinceMs: expiresMs };
	}
	if (nowMs < startsMs || ending.status === 'queued') {
		return { status: 'queued', sinceMs: createdMs };
	}
	if (nowMs < endsMs || isEndless) return { status: 'running', sinceMs: startsMs };
	return { status: ending.status, sinceMs: endsMs };
}
