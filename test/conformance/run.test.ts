import { modelFamilies } from '../../nodes/Seedance/seedance/models';
import { readTask, readTaskList } from '../../nodes/Seedance/seedance/task';
import type { RecordedRequest } from '../simulator/simulator';
import { apiKey, deviate, liveRun, type LiveRun } from './liveRun';

const isCreate = ({ method }: RecordedRequest) => method === 'POST';
const isPaid = (request: RecordedRequest) =>
	isCreate(request) && (request.body as { duration?: number }).duration !== 0;
const isLook = ({ method, path }: RecordedRequest) => method === 'GET' && /\/tasks\/./.test(path);
const isList = ({ method, path }: RecordedRequest) => method === 'GET' && /\/tasks$/.test(path);
const isDelete = ({ method }: RecordedRequest) => method === 'DELETE';
const isDownload = ({ path }: RecordedRequest) => path.startsWith('/tos/');

/** How each step ended, without its details. */
const outcomes = ({ steps }: LiveRun) =>
	Object.fromEntries(Object.entries(steps).map(([name, text]) => [name, text.split(' ')[0]]));

const everyOfficialStep = [
	'list',
	'list by status',
	'list by ids',
	'refused create',
	'wrong key',
	'unknown task',
	'create',
	'first look',
	'cancel',
	'create again',
	'until it runs',
	'delete while it runs',
	'until it has finished',
	'tokens',
	'list shows it',
	'download',
	'HEAD of the video',
	'delete',
];

function expectNoSecrets({ lines, fixtures }: LiveRun): void {
	const seen = lines.join('\n') + Object.entries(fixtures).flat().join('\n');
	expect(seen).not.toContain(apiKey);
	expect(seen).not.toContain(apiKey.slice(0, 8));
	expect(seen).not.toMatch(/X-Tos|AKLT|Request id: 02/);
	expect(Object.values(fixtures).join('\n')).not.toMatch(/cgt-\d/);
}

test.each([
	['powerTokens', 'seedance-1-0-pro-fast-251015, 2 s, 480p, 21:9: about 19,110 tokens'],
	['apiYi', 'doubao-seedance-2-0-fast-260128, 4 s, 480p, 1:1: about 38,800 tokens'],
	['bytePlus', 'seedance-1-0-pro-fast-251015, 2 s, 480p, 21:9: about 19,110 tokens'],
	['volcengine', 'doubao-seedance-1-0-pro-fast-251015, 2 s, 480p, 21:9: about 19,110 tokens'],
] as const)('%s answers as documented', async (provider, sample) => {
	const run = await liveRun({ simulator: { provider }, args: ['--strict'] });
	expect(run.lines[0]).toContain(sample);
	expect(outcomes(run)).toEqual(Object.fromEntries(everyOfficialStep.map((name) => [name, 'ok'])));
	expect(run.exitCode).toBe(0);
	expectNoSecrets(run);
	expect(run.requests.filter(isPaid).map(({ body }) => body)).toHaveLength(2);
	expect(
		run.simulator.tasks.map(({ status, deletedMs }) => [status, deletedMs === undefined]),
	).toEqual([
		['cancelled', true],
		['succeeded', false],
	]);
	expect(run.lines).not.toContain('Tasks that exist at the provider:');
	expect(run.steps['HEAD of the video']).toBe('ok refused with HTTP 403');
	expect(run.steps['delete while it runs']).toContain('InvalidAction.RunningTaskDeletion');
	// The key stays with the provider's API.
	for (const { headers } of run.requests.filter(isDownload)) {
		expect(headers.authorization).toBeUndefined();
	}
});

test('the fixtures hold each kind of answer, and the node can read them', async () => {
	const { fixtures } = await liveRun();
	const bodyOf = (name: string): unknown =>
		JSON.parse(fixtures[`powerTokens-official-${name}.json`] ?? '{}').response?.body;
	expect(Object.keys(fixtures).sort()).toEqual(
		[
			'cancel',
			'create',
			'create-again',
			'delete',
			'delete-while-running',
			'deleted-task',
			'list',
			'list-by-ids',
			'list-by-status',
			'list-finished',
			'refused-create',
			'task-cancelled',
			'task-queued',
			'task-running',
			'task-succeeded',
			'unknown-task',
			'wrong-key',
		]
			.map((name) => `powerTokens-official-${name}.json`)
			.sort(),
	);
	expect(JSON.parse(fixtures['powerTokens-official-list-by-ids.json'] ?? '')).toMatchObject({
		meta: { kind: 'recorded', source: 'npm run conformance, PowerTokens, Official' },
		request: {
			method: 'GET',
			path: '/byteplus/api/v3/contents/generations/tasks',
			query: { page_num: '1', page_size: '2', 'filter.task_ids': ['task-1', 'task-2'] },
		},
		response: { status: 200, headers: { 'x-request-id': '<request-id>' }, body: { total: 0 } },
	});
	expect(readTask(bodyOf('task-succeeded'))).toMatchObject({
		taskId: expect.stringMatching(/^task-\d$/),
		status: 'succeeded',
		videoUrl: 'http://host.example/path.mp4',
		totalTokens: 19_110,
		resolution: '480p',
		ratio: '21:9',
		durationSeconds: 2,
	});
	expect(readTaskList(bodyOf('list-finished'))?.tasks.map(({ status }) => status)).toEqual([
		'succeeded',
		'cancelled',
	]);
	expect(bodyOf('wrong-key')).toEqual({
		error: {
			code: 'AuthenticationError',
			message: 'The API key is missing or not valid. Request id: <request-id>',
			param: '',
			type: 'Unauthorized',
		},
	});
});

test('PowerTokens answers as documented in the OpenAI style', async () => {
	const run = await liveRun({ args: ['--style', 'openAi', '--strict'] });
	expect(outcomes(run)).toEqual({
		models: 'ok',
		'refused create': 'ok',
		'wrong key': 'ok',
		'unknown task': 'ok',
		create: 'ok',
		'first look': 'ok',
		'until it has finished': 'ok',
		tokens: 'ok',
		download: 'ok',
		'HEAD of the video': 'ok',
	});
	expect(run.exitCode).toBe(0);
	expectNoSecrets(run);
	expect(run.requests.filter(isCreate)).toHaveLength(2);
	// It cannot be deleted by this interface.
	const [task] = run.simulator.tasks;
	expect(run.lines.slice(-2)).toEqual([
		'Tasks that exist at the provider:',
		expect.stringMatching(new RegExp(`^  task-\\d is ${task?.id} \\(succeeded\\)$`)),
	]);
});

test.each(modelFamilies.map(({ versionedName }) => versionedName))(
	'a model of choice: %s',
	async (versionedName) => {
		const run = await liveRun({
			simulator: { provider: 'volcengine' },
			environment: () => ({ SEEDANCE_MODEL: `doubao-${versionedName}` }),
			args: ['--strict'],
		});
		expect(run.exitCode).toBe(0);
		expect(run.steps['tokens']).toMatch(/^ok /);
	},
);

test.each(['official', 'openAi'])(
	'a gateway of one’s own, with the key alone, in the %s style',
	async (style) => {
		const run = await liveRun({
			environment: ({ origin, officialBasePath, openAiBasePath }) => ({
				SEEDANCE_PROVIDER: 'custom',
				SEEDANCE_BASE_URL: origin + (style === 'official' ? officialBasePath : openAiBasePath),
				SEEDANCE_AUTHORIZATION_FORMAT: 'raw',
				SEEDANCE_MODEL: 'dreamina-seedance-2-0-mini-260615',
			}),
			args: ['--style', style, '--strict'],
		});
		expect(run.exitCode).toBe(0);
		expect(run.lines[0]).toContain('Custom');
		expect(run.requests[0]?.headers.authorization).toBe(apiKey);
		expectNoSecrets(run);
	},
);

test('an endpoint ID, whose model is unknown, has no estimate', async () => {
	const run = await liveRun({ environment: () => ({ SEEDANCE_MODEL: 'ep-20260101-abcde' }) });
	expect(run.exitCode).toBe(0);
	expect(run.lines[0]).toContain('4 s, 480p, 16:9: an unknown number of tokens');
	expect(run.steps['tokens']).toMatch(/^ok [\d,]+, without an estimate$/);
	expect(run.lines.join() + JSON.stringify(run.fixtures)).not.toContain('20260101-abcde');
});

describe('deviations', () => {
	it.each<
		[string, (request: RecordedRequest) => boolean, (body: never) => unknown, string, string]
	>([
		[
			'a renamed member',
			isLook,
			({ usage, ...task }: { usage?: object }) => (usage ? { ...task, token_usage: usage } : task),
			'until it has finished',
			'differs missing: usage; not documented: token_usage',
		],
		[
			'a member more',
			isLook,
			(task: { status?: string }) => (task.status ? { ...task, queue_position: 3 } : task),
			'first look',
			'differs not documented: queue_position; queued',
		],
		[
			'no usage',
			isLook,
			({ usage, ...task }: { usage?: object }) => task,
			'tokens',
			'differs the node reads no tokens from the task',
		],
		[
			'a member of another type',
			isLook,
			(task: { created_at?: number }) =>
				task.created_at === undefined ? task : { ...task, created_at: '2026-11-21' },
			'first look',
			'differs created_at is string instead of number; queued',
		],
		[
			'a renamed member within a member',
			isLook,
			(task: { usage?: { total_tokens: number } }) =>
				task.usage ? { ...task, usage: { totalTokens: 1, completion_tokens: 19_110 } } : task,
			'until it has finished',
			'differs missing: usage.total_tokens; not documented: usage.totalTokens; model seedance-1-0-pro-fast-251015',
		],
		[
			'another list',
			isList,
			({ items, total }: { items: unknown[]; total: number }) => ({ data: items, total }),
			'list',
			'differs missing: items; not documented: data; 0 tasks in all',
		],
		[
			'errors without their envelope',
			(request) => !isDownload(request) && !isDelete(request),
			(body: { error?: { code: string; message: string } }) =>
				body.error?.code ? { code: body.error.code, message: body.error.message } : body,
			'unknown task',
			'differs missing: error; not documented: code; not documented: message; HTTP 404 NotFound.Task, in the node: "The provider does not know this task"; request id in x-request-id',
		],
		[
			'another status word',
			isLook,
			(task: { status?: string }) =>
				task.status === 'running' ? { ...task, status: 'rendering' } : task,
			'until it runs',
			'differs the status "rendering" is none that the node knows; succeeded',
		],
		[
			'another cost',
			isLook,
			(task: { usage?: object }) =>
				task.usage ? { ...task, usage: { total_tokens: 40_000, completion_tokens: 40_000 } } : task,
			'tokens',
			'differs 40,000 of 19,110 estimated',
		],
	])('%s is a difference and names it', async (_name, matches, change, step, expected) => {
		const run = await liveRun({
			before: (simulator) => deviate(simulator, matches, change as (body: unknown) => unknown),
		});
		expect(run.steps[step]?.slice(0, expected.length)).toBe(expected);
		expect(run.exitCode).toBe(0);
		expectNoSecrets(run);
	});

	it('are exit code 2 with --strict', async () => {
		const run = await liveRun({
			args: ['--strict'],
			before: (simulator) =>
				deviate(simulator, isList, (body) => ({ ...(body as object), has_more: false })),
		});
		expect(run.steps['list']).toBe('differs not documented: has_more; 0 tasks in all');
		expect(run.exitCode).toBe(2);
	});
});

describe('failures', () => {
	it('a key that is refused: nothing is created', async () => {
		const run = await liveRun({
			environment: () => ({ SEEDANCE_API_KEY: 'a-key-of-somebody-else' }),
		});
		expect(run.exitCode).toBe(1);
		expect(run.steps['list']).toMatch(/^failed HTTP 401 AuthenticationError/);
		expect(run.steps['create']).toBe('skipped the list failed');
		expect(run.requests.filter(isPaid)).toEqual([]);
		expect(run.lines.join('\n')).not.toContain('a-key-of-somebody-else');
	});

	it.each([
		['the connection breaks', { after: 'reset' } as const, 'there was no answer (ECONNRESET)'],
		['the answer is a server error', { status: 502, body: '<html>' }, 'HTTP 502'],
		['the answer has no id', { status: 200, body: {} }, 'HTTP 200'],
	])('a create is not repeated when %s', async (_name, interception, words) => {
		const run = await liveRun({
			before: (simulator) =>
				void simulator.intercept((request) => (isPaid(request) ? interception : undefined)),
		});
		expect(run.exitCode).toBe(1);
		expect(run.requests.filter(isPaid)).toHaveLength(1);
		expect(run.steps['create']).toContain(
			`failed ${words}; it is not sent again, but the task may exist`,
		);
		expect(run.steps['first look']).toBe('skipped there is no task');
		const [task] = run.simulator.tasks;
		if (task === undefined) expect(run.steps['create']).toContain('console');
		else {
			expect(run.lines.at(-1)).toMatch(
				new RegExp(`task-\\d is ${task.id} \\(perhaps of the create whose answer was lost\\)`),
			);
		}
		expectNoSecrets(run);
	});

	it('a create that is refused is not repeated', async () => {
		const body = { error: { code: 'RateLimitExceeded.X', message: `Slower, ${apiKey}` } };
		const run = await liveRun({
			before: (simulator) =>
				void simulator.intercept((request) =>
					isPaid(request) ? { status: 429, body } : undefined,
				),
		});
		expect(run.exitCode).toBe(1);
		expect(run.requests.filter(isPaid)).toHaveLength(1);
		expect(run.steps['create']).toBe('failed HTTP 429 RateLimitExceeded.X Slower, <key>');
		expectNoSecrets(run);
	});

	it('a nonsensical request that is accepted ends the steps that cost money', async () => {
		const run = await liveRun({
			before: (simulator) =>
				void simulator.intercept((request) =>
					isCreate(request) ? { status: 200, body: { id: 'cgt-20261121000000-abcde' } } : undefined,
				),
		});
		expect(run.exitCode).toBe(1);
		expect(run.requests.filter(isCreate)).toHaveLength(1);
		expect(run.steps['create']).toBe('skipped the refused create failed');
		expect(run.lines.at(-1)).toMatch(/is cgt-20261121000000-abcde \(created by a request/);
	});

	it('a running task that is deleted', async () => {
		const run = await liveRun({
			simulator: { queueMs: 0 },
			before: (simulator) =>
				void simulator.intercept((request) => (isDelete(request) ? { status: 204 } : undefined)),
		});
		expect(run.exitCode).toBe(1);
		expect(run.steps['cancel']).toBe('skipped the task was running at once');
		expect(run.steps['create again']).toBe('skipped the first task goes on');
		expect(run.steps['delete while it runs']).toMatch(/^failed HTTP 204: it was not refused/);
		expect(run.steps['download']).toBe('skipped there is no task');
		expect(run.requests.filter(isPaid)).toHaveLength(1);
		expect(run.lines.at(-1)).toContain(`${run.simulator.tasks[0]?.id} (running)`);
	});

	it('a task that begins to run before it is cancelled', async () => {
		const run = await liveRun({ simulator: { queueMs: 1500 } });
		expect(run.exitCode).toBe(0);
		expect(run.steps['cancel']).toBe(
			'skipped the task began to run in between and may not be cancelled',
		);
		expect(run.requests.filter(isPaid)).toHaveLength(1);
		expect(run.steps['delete']).toMatch(/^ok /);
	});

	it('a task that fails', async () => {
		const run = await liveRun({
			before: (simulator) =>
				deviate(simulator, isLook, (body) => {
					const task = body as { status?: string; content?: object };
					if (task.status !== 'succeeded') return task;
					const error = { code: 'OutputVideoSensitiveContentDetected', message: 'No.' };
					return {
						id: 'another-task',
						model: 'y',
						status: 'failed',
						created_at: 1,
						updated_at: 2,
						error,
					};
				}),
		});
		expect(run.exitCode).toBe(1);
		expect(run.steps['until it has finished']).toBe(
			'failed the task failed OutputVideoSensitiveContentDetected No.; the answer is about another task',
		);
		expect(run.steps['download']).toBe('skipped there is no finished video');
		expect(run.lines).toContain('Tasks that exist at the provider:');
	});

	it('a task that runs too long', async () => {
		const run = await liveRun({
			args: ['--max-wait-minutes', '0.01'],
			simulator: { renderMs: 1e9 },
		});
		expect(run.exitCode).toBe(1);
		expect(run.steps['until it has finished']).toMatch(
			/^failed the task is still (queued|running) after the longest wait$/,
		);
		expect(run.lines.at(-1)).toMatch(/ \((queued|running)\)$/);
	});

	it('polls that fail now and then', async () => {
		let looks = 0;
		const run = await liveRun({
			before: (simulator) =>
				void simulator.intercept((request) => {
					if (!isLook(request) || !simulator.tasks.some(({ status }) => status === 'running')) {
						return undefined;
					}
					looks++;
					return looks === 2 ? 'reset' : looks === 3 ? { status: 503, body: 'Busy' } : undefined;
				}),
		});
		expect(run.exitCode).toBe(0);
		expect(JSON.stringify(run.steps)).toContain('a look failed: there was no answer (ECONNRESET)');
		expect(JSON.stringify(run.steps)).toContain('a look failed: HTTP 503 Busy');
		expect(run.steps['download']).toMatch(/^ok/);
	});

	it.each([
		['is no MP4', { status: 200, body: Buffer.alloc(32) }, 'failed the file is no MP4'],
		['is refused', { status: 403, body: 'Expired' }, 'failed HTTP 403'],
		['breaks off', { truncateAfterBytes: 100 }, 'failed there was no answer'],
	])('a video that %s', async (_name, interception, expected) => {
		const run = await liveRun({
			before: (simulator) =>
				void simulator.intercept((request) => (isDownload(request) ? interception : undefined)),
		});
		expect(run.exitCode).toBe(1);
		expect(run.steps['download']).toContain(expected);
		expectNoSecrets(run);
	});

	it('an answer that quotes the key, a signature and an account', async () => {
		const message = `Key ${apiKey} of account 2100123456, see https://x.example/?X-Tos-Signature=abc`;
		const run = await liveRun({
			before: (simulator) =>
				deviate(
					simulator,
					() => true,
					(body) => {
						const { error } = body as { error?: object };
						return error === undefined ? body : { error: { ...error, message }, [apiKey]: message };
					},
				),
		});
		expect(run.steps['unknown task']).toContain('differs not documented: <key>');
		expect(run.lines.join('\n') + JSON.stringify(run.fixtures)).not.toContain('2100123456');
		expectNoSecrets(run);
	});
});

describe('Ctrl+C', () => {
	it('during the wait: nothing more is sent and the ID is printed', async () => {
		const run = await liveRun({
			before: (simulator, interrupt) =>
				void simulator.intercept((request) => {
					if (isLook(request) && simulator.tasks.at(-1)?.status === 'running') interrupt();
					return undefined;
				}),
		});
		expect(run.exitCode).toBe(130);
		expect(Object.values(outcomes(run))).not.toContain('failed');
		expect(run.lines).toContain('Interrupted. Nothing more was sent.');
		expect(run.lines.at(-1)).toContain(`is ${run.simulator.tasks.at(-1)?.id} (`);
		expect(run.requests.filter(isPaid)).toHaveLength(2);
		expect(run.requests.filter(isDownload)).toEqual([]);
	});

	it('during the create: its answer is still read', async () => {
		const run = await liveRun({
			before: (simulator, interrupt) =>
				void simulator.intercept((request) => {
					if (!isPaid(request)) return undefined;
					interrupt();
					return { delayMs: 100 };
				}),
		});
		expect(run.exitCode).toBe(130);
		expect(run.requests.at(-1)?.method).toBe('POST');
		expect(run.lines.at(-1)).toContain(`is ${run.simulator.tasks[0]?.id} (created)`);
	});

	it('during a create whose answer is lost', async () => {
		const run = await liveRun({
			before: (simulator, interrupt) =>
				void simulator.intercept((request) => {
					if (!isPaid(request)) return undefined;
					interrupt();
					return { after: 'reset' };
				}),
		});
		expect(run.exitCode).toBe(130);
		expect(run.steps['create']).toContain('see the ids below');
		expect(run.lines.at(-1)).toContain(`is ${run.simulator.tasks[0]?.id} (perhaps`);
	});
});
