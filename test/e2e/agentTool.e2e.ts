import { join } from 'node:path';
import { outputOf, type Execution } from '../n8n/execution';
import { projectFolder } from '../n8n/packageTarball';
import { credentialType, readExampleWorkflow } from '../n8n/seed';
import { manualTriggerType, nodeOfType, withCredential, type Workflow } from '../n8n/workflow';
import { startChatModel, toolCallId, type ChatModel } from './chatModel';
import { withoutMarkers } from './marker';
import { setUpN8n } from './setup';

const instance = setUpN8n();
const exampleFile = join(projectFolder, 'examples', 'agent-tool.json');
const agentType = '@n8n/n8n-nodes-langchain.agent';
const toolType = 'n8n-nodes-seedance.seedanceVideoTool';
const openAiType = 'openAiApi';
const executionTimeoutMs = 120_000;

const toolArguments = { prompt: 'A paper boat in the rain', ratio: '9:16', duration: 4 };
const finalText = 'Here is your clip.';
let model: ChatModel;

beforeEach(async () => {
	model = await startChatModel(toolArguments, finalText);
	instance().simulator.requests.length = 0;
});
afterEach(async () => await model.close());

type Node = Workflow['nodes'][number];

function changed(workflow: Workflow, type: string, change: (node: Node) => object): Workflow {
	const nodes = workflow.nodes.map((node) =>
		node.type === type ? ({ ...node, ...change(node) } as Node) : node,
	);
	return { ...workflow, nodes };
}

const withParameters = (parameters: object) => (node: Node) => ({
	parameters: { ...Object(node['parameters']), ...parameters },
});

/** Runs the example with credentials in it, and at most these changes. */
async function runExample(change = (workflow: Workflow) => workflow): Promise<Execution> {
	const { client, seeded } = instance();
	const openAi = await client.createCredential('OpenAI', openAiType, {
		apiKey: 'a-key-of-a-chat-model',
		url: model.baseUrl,
		header: false,
	});
	const example = changed(
		await readExampleWorkflow(exampleFile),
		toolType,
		withParameters({ waitOptions: { pollInterval: 1 } }),
	);
	const filledIn = withCredential(
		withCredential(example, openAiType, openAi),
		credentialType,
		seeded.credential,
	);
	const workflow = await client.createWorkflow(change(filledIn));
	const id = await client.runWorkflow(workflow, nodeOfType(workflow, manualTriggerType));
	const execution = await client.waitForExecution(id, executionTimeoutMs);
	// Where the agent has no output, n8n's error says why.
	expect(execution.data?.resultData.error).toBeUndefined();
	return execution;
}

function creates() {
	return instance().simulator.requests.filter(({ method }) => method === 'POST');
}

function toolMessage() {
	const message = model.requests.at(-1)?.messages.at(-1);
	return { ...message, content: JSON.parse(String(message?.content)) as unknown };
}

function answerOf(taskId: string | undefined, ordinal = 1) {
	return {
		role: 'tool',
		tool_call_id: toolCallId(ordinal),
		content: [
			{
				taskId,
				status: 'succeeded',
				model: 'doubao-seedance-2-0-260128',
				prompt: toolArguments.prompt,
				createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
				videoUrl: expect.stringContaining(`/${taskId}.mp4?`),
				videoUrlExpiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/),
				resolution: '480p',
				ratio: '9:16',
				duration: 4,
				seed: expect.any(Number),
				totalTokens: expect.any(Number),
			},
		],
	};
}

test('the example: an agent makes a video with its own values, and receives the task and the URL', async () => {
	const execution = await runExample();
	expect(execution.data?.resultData.error).toBeUndefined();
	expect(outputOf(execution, 'AI Agent').map(({ json }) => json)).toEqual([{ output: finalText }]);

	const [tool] = model.requests[0]?.tools ?? [];
	const example = await readExampleWorkflow(exampleFile);
	const { parameters } = Object(example.nodes.find(({ type }) => type === toolType)) as Node;
	expect(tool?.function.description).toBe(Object(parameters)['toolDescription']);
	expect(tool?.function.description).toContain('Each call that makes a video is charged');
	expect(tool?.function.parameters).toMatchObject({
		type: 'object',
		properties: {
			prompt: { type: 'string', description: 'What the video shows, in one or two sentences' },
			ratio: { type: 'string', default: '16:9' },
			duration: { type: 'number', default: 5 },
		},
	});
	expect(withoutMarkers(creates())).toEqual([
		{
			model: 'dreamina-seedance-2-0-260128',
			content: [{ type: 'text', text: toolArguments.prompt }],
			generate_audio: true,
			resolution: '480p',
			ratio: '9:16',
			duration: 4,
		},
	]);
	expect(model.requests).toHaveLength(2);
	expect(toolMessage()).toEqual(answerOf(instance().simulator.tasks.at(-1)?.id));
});

test('a video that the tool downloads as well is left out of the answer, and breaks nothing', async () => {
	const execution = await runExample((workflow) =>
		changed(workflow, toolType, withParameters({ downloadVideo: true })),
	);
	expect(outputOf(execution, 'AI Agent').map(({ json }) => json)).toEqual([{ output: finalText }]);
	expect(toolMessage()).toEqual(answerOf(instance().simulator.tasks.at(-1)?.id));
});

test('an agent receives the reason in words why a task failed, with its ID', async () => {
	await model.close();
	model = await startChatModel({ ...toolArguments, prompt: '[simulate:failed]' }, finalText);
	const execution = await runExample();
	expect(creates()).toHaveLength(1);
	expect(outputOf(execution, 'AI Agent').map(({ json }) => json)).toEqual([{ output: finalText }]);
	const taskId = instance().simulator.tasks.at(-1)?.id;
	expect(toolMessage()).toEqual({
		role: 'tool',
		tool_call_id: toolCallId(1),
		content: [
			{
				error: {
					message: expect.not.stringMatching(/\bitem \d/i),
					description: expect.stringContaining(`Task: ${taskId}.`),
					code: 'InternalServiceError',
					taskId,
				},
			},
		],
	});
});

/** The node gives up a task whose polls are refused for ten seconds. */
const refusedMs = 11_500;

/** Refuses polls from the next one on, until one try has failed by it. Returns the function that ends it. */
function refuseLooks(): () => void {
	let untilMs: number | undefined;
	return instance().simulator.intercept(({ method, path }) => {
		if (method !== 'GET' || !path.includes('/tasks/')) return undefined;
		untilMs ??= Date.now() + refusedMs;
		if (Date.now() > untilMs) return undefined;
		return {
			status: 401,
			body: { error: { code: 'AuthenticationError', message: 'Key revoked' } },
		};
	});
}

test('with an Idempotency Key, for which n8n keeps no record in a tool, nothing is sent and the agent is told why', async () => {
	const before = instance().simulator.tasks.length;
	const execution = await runExample((workflow) =>
		changed(workflow, toolType, withParameters({ options: { idempotencyKey: 'paper-boat' } })),
	);
	expect(instance().simulator.requests).toEqual([]);
	expect(instance().simulator.tasks).toHaveLength(before);
	expect(outputOf(execution, 'AI Agent').map(({ json }) => json)).toEqual([{ output: finalText }]);
	expect(toolMessage()).toEqual({
		role: 'tool',
		tool_call_id: toolCallId(1),
		content: [
			{
				error: {
					message: 'Idempotency Key is set, but n8n keeps no record for this node',
					description: expect.stringMatching(/^Nothing was sent\. .+ remove Idempotency Key/),
					code: 'ledgerUnavailable',
				},
			},
		],
	});
});

test.each([
	['the current agent', 3],
	['an agent of version 2', 2],
])('Retry On Fail of the tool of %s creates one task', async (_name, typeVersion) => {
	const remove = refuseLooks();
	const execution = await runExample((workflow) =>
		changed(
			changed(workflow, agentType, () => ({ typeVersion })),
			toolType,
			() => ({ retryOnFail: true, maxTries: 3, waitBetweenTries: 100, onError: 'stopWorkflow' }),
		),
	);
	remove();
	expect(outputOf(execution, 'AI Agent').map(({ json }) => json)).toEqual([{ output: finalText }]);
	expect(toolMessage()).toEqual(answerOf(instance().simulator.tasks.at(-1)?.id));
	expect(creates()).toHaveLength(1);
});

test('a call with the same words resumes the task of one that failed, and makes another after one that did not', async () => {
	await model.close();
	model = await startChatModel(toolArguments, finalText, 3);
	const before = instance().simulator.tasks.length;
	const remove = refuseLooks();
	const execution = await runExample();
	remove();
	expect(outputOf(execution, 'AI Agent').map(({ json }) => json)).toEqual([{ output: finalText }]);
	const created = instance().simulator.tasks.slice(before);
	expect(created).toHaveLength(2);
	const told = model.requests.at(-1)?.messages.filter(({ role }) => role === 'tool') ?? [];
	expect(JSON.parse(String(told[0]?.content))).toMatchObject([
		{ error: { taskId: created[0]?.id, code: 'AuthenticationError' } },
	]);
	expect(told.slice(1).map(({ content }) => JSON.parse(String(content)) as unknown)).toEqual(
		created.map(({ id }) => answerOf(id).content),
	);
});

test('the example says on its note what to fill in', async () => {
	const example = await readExampleWorkflow(exampleFile);
	const note = example.nodes.find(({ type }) => type === 'n8n-nodes-base.stickyNote');
	expect(JSON.stringify(note?.['parameters'])).toMatch(/\*OpenAI\* credential.*\*Seedance API\*/);
	expect(example.nodes.flatMap(({ credentials = {} }) => Object.entries(credentials))).toEqual([
		[openAiType, { id: '', name: 'OpenAI' }],
		[credentialType, { id: '', name: 'Seedance API' }],
	]);
});
