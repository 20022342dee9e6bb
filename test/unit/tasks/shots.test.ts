import { SeedanceFailure, stopped } from '../../../nodes/Seedance/seedance/failure';
import type { Task } from '../../../nodes/Seedance/seedance/task';
import { Shots } from '../../../nodes/Seedance/tasks/shots';

const signedAtMs = Date.UTC(2026, 10, 28, 12);
const hourMs = 3_600_000;
const later = { story: 'fox', shot: 3, previous: 1 };

const task = (query: string): Task => ({
	...{ taskId: 'cgt-1', status: 'succeeded', statusWord: 'succeeded', raw: {} },
	lastFrameUrl: `https://files.example.com/1.png?X-Tos-Date=${query}&X-Tos-Expires=86400`,
});
const old = task('20261128T120000Z');
const fresh = task('20261129T120000Z');

function run(nowMs: number, answer: Task = fresh) {
	const reads: string[] = [];
	const shots = new Shots({ now: () => nowMs }, async (taskId) => {
		reads.push(taskId);
		return await Promise.resolve(answer);
	});
	shots.noteAwaited(1);
	return { shots, reads };
}

test.each<[string, number, Task, string[]]>([
	['works for hours', signedAtMs + hourMs, old, []],
	['has expired', signedAtMs + 25 * hourMs, fresh, ['cgt-1']],
	['ends in minutes', signedAtMs + 24 * hourMs - 60_000, fresh, ['cgt-1']],
])('the URL of a last frame that %s', async (_, nowMs, expected, expectedReads) => {
	const { shots, reads } = run(nowMs);
	shots.made(1, 'cgt-1', old);
	expect(await shots.fileBefore(later, 'lastFrame')).toEqual({
		taskId: 'cgt-1',
		url: expected.lastFrameUrl,
	});
	expect(reads).toEqual(expectedReads);
});

test('a shot that an earlier try has delivered is read', async () => {
	const { shots, reads } = run(signedAtMs);
	shots.made(1, 'cgt-1');
	expect((await shots.fileBefore(later, 'lastFrame')).url).toBe(fresh.lastFrameUrl);
	expect(reads).toEqual(['cgt-1']);
});

test('a task without a last frame', async () => {
	const { shots } = run(signedAtMs, { ...fresh, lastFrameUrl: undefined, videoUrl: undefined });
	shots.made(1, 'cgt-1');
	await expect(shots.fileBefore(later, 'lastFrame')).rejects.toMatchObject({
		...{ kind: 'shotFileMissing', values: { shot: 2, file: 'lastFrame' } },
	});
	await expect(shots.fileBefore(later, 'video')).rejects.toMatchObject({
		...{ kind: 'shotFileMissing', values: { shot: 2, file: 'video' } },
	});
});

test('a shot waits until the one before it was made', async () => {
	const { shots } = run(signedAtMs);
	let isOver = false;
	const waiting = shots.taskBefore(later).then(() => (isOver = true));
	await Promise.resolve();
	expect(isOver).toBe(false);
	shots.made(1, 'cgt-1', old);
	await waiting;
	// What comes later changes nothing.
	shots.failed(1, stopped());
	expect(await shots.taskBefore(later)).toBe('cgt-1');
});

test('a failure names the shot that failed first, all along the chain', async () => {
	const { shots } = run(signedAtMs);
	shots.noteAwaited(2);
	shots.failed(1, new SeedanceFailure({ kind: 'unsafeOutput', code: 'Output', taskId: 'cgt-1' }));
	const first = await shots.taskBefore(later).catch((error: unknown) => error);
	expect(first).toMatchObject({
		kind: 'shotBeforeFailed',
		values: {
			...{ story: 'fox', shot: 3, failedShot: 2, failedItem: 1 },
			...{ failedCode: 'Output', failedTaskId: 'cgt-1' },
		},
	});
	shots.failed(2, first as SeedanceFailure);
	await expect(shots.taskBefore({ story: 'fox', shot: 4, previous: 2 })).rejects.toMatchObject({
		values: { shot: 4, failedShot: 2, failedItem: 1 },
	});
});

test('a shot whose wait ran out is not called failed', async () => {
	const { shots } = run(signedAtMs);
	const values = { status: 'running' };
	shots.failed(1, new SeedanceFailure({ kind: 'shotNotFinished', values, taskId: 'cgt-1' }));
	await expect(shots.taskBefore(later)).rejects.toMatchObject({
		kind: 'shotBeforeFailed',
		values: { failedShot: 2, unfinished: 'running', failedTaskId: 'cgt-1' },
	});
});

test('a stop is a stop for every shot', async () => {
	const { shots } = run(signedAtMs);
	shots.failed(1, stopped());
	await expect(shots.taskBefore(later)).rejects.toMatchObject({ kind: 'stopped' });
});

test('identities: by the story and all shots before, never by a task', () => {
	const of = (first: string, story: string) => {
		const { shots } = run(signedAtMs);
		shots.identityInStory('request', 0, { story, previous: undefined }, [first]);
		return JSON.stringify(shots.identityInStory('request', 1, { story, previous: 0 }, ['second']));
	};
	expect(of('first', 'fox')).toBe(of('first', 'fox'));
	expect(new Set([of('first', 'fox'), of('first', 'owl'), of('edited', 'fox')]).size).toBe(3);
	expect(run(0).shots.identityInStory('request', 0, undefined, ['own'])).toEqual(['own']);
});
