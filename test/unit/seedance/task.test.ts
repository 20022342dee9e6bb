import {
	isFinished,
	readCreatedTaskId,
	readTask,
	readTaskList,
	taskStatuses,
	videoUrlExpiresAtMs,
} from '../../../nodes/Seedance/seedance/task';

test('the recorded answer of PowerTokens is read whole', () => {
	const body = {
		id: 'cgt-2026',
		model: 'doubao-seedance-2-0-260128',
		status: 'succeeded',
		content: { video_url: 'https://example.invalid/v.mp4' },
		usage: { completion_tokens: 108900, total_tokens: 108900 },
		created_at: 1779348818,
		updated_at: 1779348874,
		seed: 78674,
		resolution: '720p',
		ratio: '16:9',
		duration: 5,
		framespersecond: 24,
		service_tier: 'default',
		draft: false,
		priority: 0,
	};
	expect(readTask(body)).toEqual({
		taskId: 'cgt-2026',
		status: 'succeeded',
		statusWord: 'succeeded',
		model: 'doubao-seedance-2-0-260128',
		videoUrl: 'https://example.invalid/v.mp4',
		resolution: '720p',
		ratio: '16:9',
		durationSeconds: 5,
		totalTokens: 108900,
		createdAtMs: 1779348818000,
		updatedAtMs: 1779348874000,
		raw: body,
	});
});

test.each([
	['queued', 'queued'],
	['pending', 'queued'],
	['RUNNING', 'running'],
	['in_progress', 'running'],
	['completed', 'succeeded'],
	['canceled', 'cancelled'],
	['expired', 'expired'],
	['rendering-on-the-moon', 'unknown'],
])('the word %s is the status %s', (word, status) => {
	expect(readTask({ id: 'a', status: word })).toMatchObject({ status, statusWord: word });
});

test('a task that will not change is finished, any other is not', () => {
	expect(taskStatuses.filter(isFinished)).toEqual(['succeeded', 'failed', 'cancelled', 'expired']);
});

test.each([
	['null members', { id: 'a', status: 'running', content: null, error: null, usage: null }],
	['empty members', { id: 'a', status: 'running', content: {}, usage: {} }],
	[
		'members of other types',
		{ id: 'a', status: 'running', content: 'x', duration: 'long', usage: [] },
	],
])('%s do not lose the task', (_name, body) => {
	expect(readTask(body)).toMatchObject({ taskId: 'a', status: 'running' });
	expect(readTask(body)?.videoUrl).toBeUndefined();
});

test.each([
	[{ error: { code: 'C', message: 'M' } }, { code: 'C', message: 'M' }],
	[{ error: { message: 'M' } }, { message: 'M' }],
	[{ error: 'M' }, { message: 'M' }],
	[{ failure_reason: { code: 'C', message: 'M' } }, { code: 'C', message: 'M' }],
])('the failure in %j', (members, failure) => {
	expect(readTask({ id: 'a', status: 'failed', ...members })?.failure).toEqual(failure);
});

test('task_id comes before id, and the requested ID replaces a missing one', () => {
	expect(readTask({ id: 'a', task_id: 'b', status: 'queued' })?.taskId).toBe('b');
	expect(readTask({ status: 'queued' }, 'c')?.taskId).toBe('c');
	expect(readCreatedTaskId({ id: 'a', task_id: 'b' })).toBe('b');
	expect(readCreatedTaskId({ id: 'a' })).toBe('a');
});

test('an ID that is a number is read as its text, as that of a create is', () => {
	const items = [{ id: 7, status: 'queued' }, { task_id: 8 }, { status: 'queued' }, { id: null }];
	const list = readTaskList({ items, total: 9 });
	expect(list?.tasks.map(({ taskId }) => taskId)).toEqual(['7', '8']);
	expect(list).toMatchObject({ count: 4, total: 9 });
	expect(readCreatedTaskId({ id: 7 })).toBe('7');
});

test.each([
	{},
	{ items: null },
	{ items: {}, data: [] },
	{ items: [], data: {} },
	{ items: null, data: [] },
	[],
	'text',
])('%j does not say which tasks there are', (body) => {
	expect(readTaskList(body)).toBeUndefined();
});

test.each([undefined, null, 'text', 7, [], {}, { id: '' }])('%j holds no task', (body) => {
	expect(readTask(body, 'a')).toBeUndefined();
	expect(readCreatedTaskId(body)).toBeUndefined();
});

test("a video URL expires when its signature says so, else 24 hours after the task's last change", () => {
	const succeeded = { id: 'a', status: 'succeeded', updated_at: 1_780_732_991 };
	const expiresAt = (video_url: string, members: object = succeeded) => {
		const task = readTask({ ...members, content: { video_url } });
		const ms = task && videoUrlExpiresAtMs(task);
		return ms === undefined ? undefined : new Date(ms).toISOString();
	};
	expect(expiresAt('https://h/v.mp4?X-Tos-Date=20260901T120500Z&X-Tos-Expires=3600')).toBe(
		'2026-09-01T13:05:00.000Z',
	);
	expect(expiresAt('https://h/v.mp4?X-Tos-Expires=86400')).toBe('2026-06-07T08:03:11.000Z');
	expect(expiresAt('not a url')).toBe('2026-06-07T08:03:11.000Z');
	expect(expiresAt('https://h/v.mp4', { id: 'a', status: 'succeeded' })).toBeUndefined();
});
