import { videoJson } from '../../../nodes/Seedance/actions/video/videoItem';
import { taskOf } from '../given';

const createdAtMs = Date.parse('2026-06-06T08:00:57Z');
const task = taskOf('cgt-1', 'succeeded', { model: 'm', createdAtMs, resolution: '720p' });
const video = 'https://cdn.example/cgt-1.mp4';

test('an item of Get Many has the time of the create, right after the model', () => {
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

test('an item of Create and Get has not', () => {
	const item = { taskId: 'cgt-1', status: 'succeeded', model: 'm', videoUrl: video };
	expect(videoJson(task, true)).toEqual({ ...item, resolution: '720p' });
	expect(videoJson(task, true, { timedOut: true })).toEqual({
		...item,
		resolution: '720p',
		timedOut: true,
	});
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
