import type { IDataObject } from 'n8n-workflow';
import type { Execution, RunOptions } from './engine';
import { quickCreate, setUp } from './setup';
import { videoNode, videoWorkflow } from './workflows';

const setup = setUp();
const items = ['A', 'B', 'C'].map((prompt) => ({ json: { prompt } }));
const parameters = { ...quickCreate, prompt: '={{ $json.prompt }}' };

async function retry(
	execution: Execution,
	onStart?: RunOptions['onStart'],
	current: IDataObject = parameters,
) {
	const { origin, apiKey } = setup.simulator;
	return await setup.engine.retry(execution, {
		workflow: videoWorkflow(current),
		credentials: { seedanceApi: { baseUrl: origin, apiKey } },
		items,
		onLog: (line) => setup.logs.push(line),
		...(onStart === undefined ? {} : { onStart }),
	});
}

const idsOf = (execution: Execution) =>
	execution.items(videoNode).map(({ json, binary }) => [json['taskId'], Object.keys(binary ?? {})]);

test('Retry execution after a failure in the middle of downloads creates nothing again', async () => {
	let downloads = 0;
	const remove = setup.simulator.intercept(({ method, path }) => {
		if (path.startsWith('/tos')) {
			downloads++;
			return 'hang';
		}
		// The third task is refused once the videos of the others are on their way.
		const third = setup.simulator.tasks.find(({ prompt }) => prompt.endsWith('C'))?.id ?? '';
		return method === 'GET' && path.endsWith(third) && downloads === 2
			? { status: 401, body: { error: { code: 'AuthenticationError', message: 'No' } } }
			: undefined;
	});
	const before = setup.simulator.tasks.length;
	const rows = items.map(({ json: { prompt } }) => ({
		json: { prompt: prompt === 'C' ? `[simulate:render 3s] ${prompt}` : prompt },
	}));
	const first = await setup.runVideo(parameters, { items: rows });
	remove();
	expect(first.error).toMatchObject({
		message: expect.not.stringMatching(/\bitem \d/i),
		context: { itemIndex: 2, code: 'AuthenticationError' },
	});
	const created = setup.simulator.tasks.slice(before);
	expect(created).toHaveLength(3);
	for (const { id } of created) expect(String(first.error?.['description'])).toContain(id);

	const second = await retry(first);
	expect(second.status).toBe('success');
	expect(idsOf(second)).toEqual(created.map(({ id }) => [id, ['data']]));
	expect(setup.simulator.tasks).toHaveLength(before + 3);
	expect(setup.requests('POST', /tasks$/)).toHaveLength(3);
});

test('Retry execution after a row has failed resumes the others and creates only what was refused', async () => {
	const remove = setup.simulator.intercept(({ method, body }) =>
		method === 'POST' && JSON.stringify(body).includes('"B"')
			? { status: 400, body: { error: { code: 'InvalidParameter', message: 'No' } } }
			: undefined,
	);
	const before = setup.simulator.tasks.length;
	const first = await setup.runVideo(parameters, { items });
	remove();
	expect(first.status).toBe('error');
	const second = await retry(first);
	expect(second.status).toBe('success');
	const created = setup.simulator.tasks.slice(before);
	expect(created.map(({ prompt }) => prompt).sort()).toEqual(['A', 'B', 'C']);
	const idOf = (wanted: string) => created.find(({ prompt }) => prompt === wanted)?.id;
	expect(idsOf(second)).toEqual(['A', 'B', 'C'].map((prompt) => [idOf(prompt), ['data']]));
});

test('a callback URL with the execution id in it is no other video', async () => {
	const withCallback = {
		...parameters,
		options: { callbackUrl: '=https://example.com/{{ $execution.id }}' },
	};
	const remove = setup.simulator.intercept(({ method }) =>
		method === 'GET' ? { status: 401, body: {} } : undefined,
	);
	const first = await setup.runVideo(withCallback, { items: items.slice(0, 1) });
	remove();
	expect(first.status).toBe('error');
	expect((await retry(first)).status).toBe('success');
	expect(setup.requests('POST', /tasks$/)).toHaveLength(1);
});
