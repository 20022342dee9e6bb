import { countTokens, framesPerSecond } from './pixels';
import type { TaskPlan } from './task';

/**
 * The least seconds, input and output together, that a video with video input is billed for.
 * Source: docs.jiekou.ai, reference-seedance-2.0, Minimum Charge Table, divided by its price of a second (7 s for an output of 4 s, 9 for 5, 10 for 6, 15 for 9; at 1080p 1.8 times the output). ByteDance has its table in the console only.
 */
function leastSeconds(outputSeconds: number, resolution: string): number {
	const isLow = resolution === '480p' || resolution === '720p';
	return isLow ? Math.ceil((outputSeconds * 5) / 3) : outputSeconds * 1.8;
}

/**
 * The tokens that a video is billed with.
 * Source: Volcengine docs 1544106 (input video seconds + output seconds, the minimum, drafts of 1.5 pro);
 * APIYI API reference (its sample: 5 s at 1280x720 are 108900 tokens, so one frame more than 24 a second);
 * measured: 87300 for 4 s, and 173700 with a reference video of 4 s.
 */
export function billedTokens(task: TaskPlan): number {
	const { frames, durationSeconds, inputVideoSeconds, generation, resolution, ratio } = task;
	const seconds =
		inputVideoSeconds === undefined
			? durationSeconds
			: Math.max(durationSeconds + inputVideoSeconds, leastSeconds(durationSeconds, resolution));
	const frameCount = frames ?? Math.round(framesPerSecond * seconds) + 1;
	const tokens = countTokens(generation, resolution, ratio, frameCount);
	if (generation !== '1.5' || task.draft !== true) return tokens;
	return Math.round(tokens * (task.generateAudio === false ? 0.7 : 0.6));
}
