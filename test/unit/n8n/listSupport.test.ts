import type { ProviderAnswer } from '../../../nodes/Seedance/n8n/answer';
import { readAnswer } from '../../../nodes/Seedance/n8n/answer';
import { createTaskApi } from '../../../nodes/Seedance/n8n/taskApi';
import { connect } from '../../../nodes/Seedance/panel/credential';
import { FakeClock, flush } from '../fakeClock';

const tasks = '{"items": [{"id": "cgt-1", "status": "running"}], "total": 1}';
const page = '<!doctype html><html><body>Gateway</body></html>';

/** The list calls of one run; `answers` are those of the host, of which the last one repeats. */
function run(provider: string, answers: ReadonlyArray<readonly [status: number, body: string]>) {
	const connection = connect({ apiKey: 'k', provider, baseUrl: 'https://host.example' });
	const clock = new FakeClock();
	let sent = 0;
	const api = createTaskApi(
		async ({ kind, url }): Promise<ProviderAnswer> => {
			const [statusCode, body] = answers[Math.min(sent++, answers.length - 1)] ?? [200, tasks];
			await flush();
			return readAnswer({ kind, url }, { statusCode, body, headers: {} }, (value) => value, 0);
		},
		clock,
		connection,
	);
	const poll = async () => {
		const polling = api.pollTasks(['cgt-1', 'cgt-2'], 30_000).then(
			(found) => found.length,
			({ kind }: { kind: string }) => kind,
		);
		// One list a second.
		await clock.advance(10_000);
		return await polling;
	};
	return { api, poll, sent: () => sent };
}

test.each([
	['apiYi', 200, page],
	['apiYi', 404, page],
	['custom', 404, '{"message": "Not found"}'],
	['custom', 200, page],
])('%s answers the list with %i: it is asked once in a run', async (provider, status, body) => {
	const { api, poll, sent } = run(provider, [[status, body]]);
	expect(await poll()).toBe('taskListNotSupported');
	expect(await poll()).toBe('taskListNotSupported');
	await expect(api.listTasks({ pageNumber: 1, pageSize: 100 })).rejects.toMatchObject({
		kind: 'taskListNotSupported',
		values: { host: 'host.example' },
	});
	expect(sent()).toBe(1);
});

test('requests at the same moment wait for the first', async () => {
	const without = run('apiYi', [[200, page]]);
	expect(await Promise.all([without.poll(), without.poll(), without.poll()])).toEqual(
		Array.from({ length: 3 }, () => 'taskListNotSupported'),
	);
	expect(without.sent()).toBe(1);
	const withList = run('apiYi', [[200, tasks]]);
	expect(await Promise.all([withList.poll(), withList.poll()])).toEqual([1, 1]);
});

test('a list that was answered once is there', async () => {
	const { poll, sent } = run('apiYi', [
		[200, tasks],
		[404, page],
		[200, page],
		[200, tasks],
	]);
	expect([await poll(), await poll(), await poll(), await poll()]).toEqual([
		...[1, 'addressNotFound', 'answerUnreadable', 1],
	]);
	expect(sent()).toBe(4);
});

test.each([
	[502, page, 'unexpectedStatus'],
	[200, '{"items": [', 'answerUnreadable'],
	[401, page, 'apiKeyRefused'],
])('%i %j says nothing about the list', async (status, body, kind) => {
	const { poll, sent } = run('apiYi', [
		[status, body],
		[200, tasks],
	]);
	expect([await poll(), await poll()]).toEqual([kind, 1]);
	expect(sent()).toBe(2);
});

test.each(['powerTokens', 'bytePlus', 'volcengine'])(
	'%s has a list, by its documents',
	async (provider) => {
		const { poll, sent } = run(provider, [
			[200, page],
			[404, page],
			[200, tasks],
		]);
		expect([await poll(), await poll(), await poll()]).toEqual([
			...['answerUnreadable', 'addressNotFound', 1],
		]);
		expect(sent()).toBe(3);
	},
);
