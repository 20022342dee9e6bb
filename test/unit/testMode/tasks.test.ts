import type { IDataObject } from 'n8n-workflow';
import { readRequest } from '../../../nodes/Seedance/testMode/answer';
import { TaskMemory } from '../../../nodes/Seedance/testMode/taskMemory';
import { TestTasks } from '../../../nodes/Seedance/testMode/tasks';

const url = 'https://test-mode.invalid/contents/generations/tasks';
const startMs = 1_796_000_000_000;

/** A process of its own: the calls of its provider, at a moment after the start. */
function startProcess() {
	const tasks = new TestTasks(new TaskMemory());
	function call(method: 'GET' | 'POST' | 'DELETE', path: string, afterMs: number, body?: object) {
		const options = { method, url: url + path, ...(body === undefined ? {} : { body }) };
		const answer = tasks.answer(readRequest(options, startMs + afterMs));
		return { status: answer.statusCode, body: JSON.parse(String(answer.body)) as IDataObject };
	}
	return {
		call,
		create(text: string, further: object = {}) {
			const content = [{ type: 'text', text }];
			const model = 'dreamina-seedance-2-0-260128';
			return call('POST', '', 0, { model, content, ...further });
		},
	};
}

const codeOf = ({ body }: { body: IDataObject }) => Object(body['error']) as { code?: string };

test('another process reads the same task at any moment', () => {
	const first = startProcess();
	const id = String(first.create('A kitten', { ratio: '9:16', duration: 7, seed: 3 }).body['id']);
	const second = startProcess();
	for (const afterMs of [0, 1_500, 8_000, 3_600_000]) {
		const seen = second.call('GET', `/${id}`, afterMs);
		expect(seen).toEqual(first.call('GET', `/${id}`, afterMs));
		expect(seen.body).toMatchObject({ id });
	}
	expect(second.call('GET', `/${id}`, 8_000).body).toMatchObject({
		...{ status: 'succeeded', ratio: '9:16', duration: 7, seed: 3, service_tier: 'default' },
		content: { video_url: `https://test-mode.invalid/${id}.mp4` },
	});
	expect(second.call('GET', `/${id}`, 7 * 86_400_000)).toMatchObject({
		...{ status: 404, body: { error: { code: 'NotFound.Task' } } },
	});
});

test('the list has the tasks of this process and examples, pages, and tasks that are asked for by their IDs', () => {
	const own = startProcess();
	const id = String(own.create('A kitten').body['id']);
	const all = own.call('GET', '?page_num=1&page_size=100', 0).body;
	expect(all['total']).toBe(13);
	expect((all['items'] as IDataObject[])[0]).toMatchObject({ id, status: 'queued' });
	const page = own.call('GET', '?page_num=2&page_size=9', 0).body;
	expect(page['items']).toEqual((all['items'] as IDataObject[]).slice(9));
	const other = startProcess();
	expect(other.call('GET', '?page_num=1&page_size=100', 0).body['total']).toBe(12);
	expect(other.call('GET', `?filter.task_ids=${id}&filter.task_ids=cgt-1`, 0).body).toMatchObject({
		...{ total: 1, items: [{ id, status: 'queued' }] },
	});
});

test('a create is throttled twice, for each prompt', () => {
	const { create } = startProcess();
	const statuses = (text: string) => [1, 2, 3, 4].map(() => create(text).status);
	expect(statuses('A [test: throttled]')).toEqual([429, 429, 200, 200]);
	expect(statuses('B [test: throttled]')).toEqual([429, 429, 200, 200]);
});

test('DELETE does in each status what it does at a provider', () => {
	const { call, create } = startProcess();
	const idOf = (text: string) => String(create(text).body['id']);
	const id = idOf('A kitten');
	expect(codeOf(call('DELETE', `/${id}`, 2_000)).code).toBe('InvalidAction.RunningTaskDeletion');
	expect(call('DELETE', `/${id}`, 8_000).status).toBe(200);
	expect(call('GET', `/${id}`, 8_000).status).toBe(404);
	const queued = idOf('A kitten');
	expect(call('DELETE', `/${queued}`, 0).status).toBe(200);
	expect(call('GET', `/${queued}`, 9_000).body['status']).toBe('cancelled');
	expect(codeOf(call('DELETE', `/${queued}`, 0)).code).toBe('InvalidAction.CancelledTaskDeletion');
});

test.each([
	['an unknown model', { model: 'seedance-9' }, 404, 'InvalidEndpointOrModel.NotFound'],
	['no content', { content: 1 }, 400, 'InvalidParameter'],
	[
		'a draft that is none',
		{ content: [{ type: 'draft_task', draft_task: { id: 'cgt-1' } }] },
		...([400, 'InvalidParameter'] as const),
	],
])('a create with %s is refused', (_what, body, status, code) => {
	const refused = startProcess().create('A kitten', body);
	expect([refused.status, codeOf(refused).code]).toEqual([status, code]);
});

test('the final of a draft has what the draft had', () => {
	const { call, create } = startProcess();
	const model = 'seedance-1-5-pro-251215';
	const draft = { model, draft: true, ratio: '1:1', duration: 6, generate_audio: false };
	const id = String(create('A kitten', draft).body['id']);
	const content = [{ type: 'draft_task', draft_task: { id } }];
	const final = String(create('', { model, content, resolution: '720p' }).body['id']);
	expect(call('GET', `/${id}`, 8_000).body).toMatchObject({ draft: true, resolution: '480p' });
	expect(call('GET', `/${final}`, 8_000).body).toMatchObject({
		...{ draft: false, resolution: '720p', ratio: '1:1', duration: 6, generate_audio: false },
	});
});
