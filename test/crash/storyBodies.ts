import { isDeepStrictEqual } from 'node:util';

import type { Instance } from '../n8n/instance';
import type { SimulatedTask, Simulator } from '../simulator/simulator';
import { isCreate } from './moments';
import type { Row } from './rows';

/**
 * What is wrong with the creates of stories, one line for each fault: each shot has one create, whose whole body but its
 * marker is as expected, and which was sent after the shot before it had ended.
 */
export function wrongShots({ simulator }: Instance, rows: readonly Row[]): string[] {
	const sent = simulator.requests.filter(isCreate).map(({ body }) => withoutMarker(body));
	const shots = rows.filter(({ story }) => story !== undefined);
	return shots.flatMap((row) => {
		const ofStory = shots.filter(({ story }) => story === row.story);
		const index = ofStory.indexOf(row);
		const before = taskOf(simulator, ofStory[index - 1]);
		const own = sent.filter((body) => JSON.stringify(body).includes(JSON.stringify(row.prompt)));
		const frames = framesOf(simulator, before);
		const bodies = frames.map((frame) => expectedBody(row, frame, index < ofStory.length - 1));
		const isRight = own.length === 1 && bodies.some((body) => isDeepStrictEqual(own[0], body));
		const isLater =
			(taskOf(simulator, row)?.createdMs ?? 0) >= (index === 0 ? 0 : (before?.endedMs ?? Infinity));
		if (isRight && isLater) return [];
		return [`"${row.prompt}" has ${JSON.stringify(own)}, not one of ${JSON.stringify(bodies)}`];
	});
}

function taskOf(simulator: Simulator, row: Row | undefined): SimulatedTask | undefined {
	return simulator.tasks.find(({ prompt }) => prompt === row?.prompt);
}

/** The assets with the last frame of a task; a Retry may have uploaded it again. One undefined for a shot without a frame. */
function framesOf(
	{ uploads }: Simulator,
	before: SimulatedTask | undefined,
): Array<string | undefined> {
	if (before === undefined) return [undefined];
	const assets = uploads.filter(({ fileName }) => fileName === `${before.id}.png`);
	return assets.map(({ assetId }) => `asset://${assetId}`);
}

function expectedBody({ prompt }: Row, frame: string | undefined, isContinued: boolean): object {
	const content = [{ type: 'text', text: prompt }];
	return {
		model: 'dreamina-seedance-2-0-260128',
		content:
			frame === undefined
				? content
				: [...content, { type: 'image_url', image_url: { url: frame } }],
		generate_audio: true,
		resolution: '720p',
		ratio: frame === undefined ? '16:9' : 'adaptive',
		duration: 5,
		...(isContinued ? { return_last_frame: true } : {}),
	};
}

function withoutMarker(body: unknown): object {
	const { execution_expires_after: _, ...others } = Object(body) as Record<string, unknown>;
	return others;
}
