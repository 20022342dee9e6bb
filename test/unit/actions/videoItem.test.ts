import { videoJson } from '../../../nodes/Seedance/actions/video/videoItem';
import { taskOf } from '../given';

const createdAtMs = Date.parse('2026-06-06T08:00:57Z');
const task = taskOf('cgt-1', 'succeeded', { model: 'm', createdAtMs, resolution: '720p' });
const video = 'https://cdn.example/cgt-1.mp4';

test('an item has the time of the create, right after the model', () => {
	expect(Object.entries(videoJson(task, true))).toEqual([
		['taskId', 'cgt-1'],
		['status', 'succeeded'],
		['model', 'm'],
		['createdAt', '2026-06-06T08:00:57.000Z'],
		['videoUrl', video],
		['resolution', '720p'],
	]);
});

test('the cost of a video is beside its tokens', () => {
	const billed = { ...task, totalTokens: 108_900 };
	const cost = { cost: 0.7623, currency: 'USD', priceBasis: 'your price' };
	expect(Object.entries(videoJson(billed, true, { cost })).slice(-4)).toEqual([
		['totalTokens', 108_900],
		...Object.entries(cost),
	]);
});

test('an item says what was requested, and which shot of which story it is', () => {
	const requested = { prompt: 'A fox', seed: 7, story: 'fox', shot: 2 };
	expect(Object.entries(videoJson(task, true, { requested, timedOut: true }))).toEqual([
		['taskId', 'cgt-1'],
		['status', 'succeeded'],
		['model', 'm'],
		['story', 'fox'],
		['shot', 2],
		['prompt', 'A fox'],
		['createdAt', '2026-06-06T08:00:57.000Z'],
		['videoUrl', video],
		['resolution', '720p'],
		['seed', 7],
		['timedOut', true],
	]);
});

test('the seed of the provider wins, a random one that it does not tell is left out', () => {
	const told = { ...task, raw: { ...task.raw, seed: 58_944 } };
	expect(videoJson(told, true, { requested: { seed: -1 } })).toMatchObject({ seed: 58_944 });
	expect(videoJson(task, true, { requested: { seed: -1 } })).not.toHaveProperty('seed');
});

test('a shot without a story has no name of one', () => {
	const item = videoJson(task, true, { requested: { story: '', shot: 1 } });
	expect(item).toMatchObject({ shot: 1 });
	expect(item).not.toHaveProperty('story');
});

test.each([undefined, NaN, 1e18])('a time that is not one (%s) is left out', (ms) => {
	const strange = taskOf('cgt-1', 'queued', { createdAtMs: ms });
	expect(videoJson(strange, true)).toEqual({
		taskId: 'cgt-1',
		status: 'queued',
	});
});

test('the whole task is as the provider sent it', () => {
	expect(videoJson(task, false)).toEqual({
		id: 'cgt-1',
		taskId: 'cgt-1',
		status: 'succeeded',
	});
});
