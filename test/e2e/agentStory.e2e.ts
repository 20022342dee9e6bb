import { join } from 'node:path';
import { outputOf } from '../n8n/execution';
import { projectFolder } from '../n8n/packageTarball';
import { credentialType, readExampleWorkflow } from '../n8n/seed';
import { videoNodeName } from '../n8n/videoWebhook';
import {
	manualTriggerType,
	nodeOfType,
	seedanceVideoType,
	withCredential,
	workflowSchema,
	type Workflow,
} from '../n8n/workflow';
import { startChatModel, toolCallId } from './chatModel';
import { withoutMarkers } from './marker';
import { setUpN8n } from './setup';

const instance = setUpN8n();
const agentExample = join(projectFolder, 'examples', 'agent-tool.json');
const openAiType = 'openAiApi';
const executionTimeoutMs = 120_000;
const scenes = ['A fox wakes up', 'The fox trots to a lake', 'The fox looks into the water'];
const finalText = 'Here is your story.';
const to = (node: string) => ({ main: [[{ node, type: 'main', index: 0 }]] });

/** The sub-workflow of docs/agent-tool.md: a list of scenes becomes the shots of one story. */
function storyWorkflow(): Workflow {
	return workflowSchema.parse({
		name: 'Make a story',
		nodes: [
			{
				id: 'called',
				name: 'Called',
				type: 'n8n-nodes-base.executeWorkflowTrigger',
				typeVersion: 1.1,
				position: [0, 0],
				parameters: { workflowInputs: { values: [{ name: 'scenes', type: 'array' }] } },
			},
			{
				id: 'scenes',
				name: 'Each scene',
				type: 'n8n-nodes-base.splitOut',
				typeVersion: 1,
				position: [240, 0],
				parameters: { fieldToSplitOut: 'scenes', options: {} },
			},
			{
				id: 'videos',
				name: videoNodeName,
				type: seedanceVideoType,
				typeVersion: 1,
				position: [480, 0],
				onError: 'continueRegularOutput',
				parameters: {
					operation: 'create',
					model: 'seedance-2-0',
					mode: 'continue',
					prompt: '={{ $json.scenes }}',
					ratio: '16:9',
					waitOptions: { pollInterval: 1 },
					downloadVideo: false,
				},
				credentials: { [credentialType]: { id: '', name: '' } },
			},
		],
		connections: { Called: to('Each scene'), 'Each scene': to(videoNodeName) },
	});
}

/** The example of an agent, whose only tool calls the sub-workflow. */
async function agentWorkflow(subWorkflowId: string): Promise<Workflow> {
	const example = await readExampleWorkflow(agentExample);
	const nodes = example.nodes.map((node) =>
		node.type === 'n8n-nodes-seedance.seedanceVideoTool'
			? {
					id: 'tool',
					name: node.name,
					type: '@n8n/n8n-nodes-langchain.toolWorkflow',
					typeVersion: 2.2,
					position: [400, 220],
					parameters: {
						description: 'Makes one film of several scenes. Each call is charged.',
						workflowId: { __rl: true, mode: 'id', value: subWorkflowId },
						workflowInputs: {
							mappingMode: 'defineBelow',
							value: {
								scenes:
									"={{ $fromAI('scenes', 'A list with one sentence for each shot', 'json') }}",
							},
							matchingColumns: [],
							schema: [{ id: 'scenes', displayName: 'scenes', type: 'array', display: true }],
						},
					},
				}
			: node,
	);
	return { ...example, nodes };
}

test('an agent makes a story of three shots with one call, and receives all of them', async () => {
	const { client, seeded, simulator } = instance();
	const model = await startChatModel({ scenes }, finalText);
	try {
		const apiKey = 'a-key-of-a-chat-model';
		const access = { apiKey, url: model.baseUrl, header: false };
		const openAi = await client.createCredential('OpenAI', openAiType, access);
		const called = await client.createWorkflow(
			withCredential(storyWorkflow(), credentialType, seeded.credential),
		);
		// n8n 2 calls published workflows alone.
		await client.activate(called).catch(() => undefined);
		const agent = withCredential(await agentWorkflow(called.id), openAiType, openAi);
		const workflow = await client.createWorkflow(agent);
		const id = await client.runWorkflow(workflow, nodeOfType(workflow, manualTriggerType));
		const execution = await client.waitForExecution(id, executionTimeoutMs);

		expect(execution.data?.resultData.error).toBeUndefined();
		expect(outputOf(execution, 'AI Agent').map(({ json }) => json)).toEqual([
			{ output: finalText },
		]);
		expect(model.requests).toHaveLength(2);
		const { tasks, uploads } = simulator;
		expect(tasks.map(({ prompt }) => prompt)).toEqual(scenes);
		const creates = simulator.requests.filter(
			({ method, path }) => method === 'POST' && path.endsWith('/tasks'),
		);
		const frameOf = (shot: number) => {
			const before = tasks[shot - 1]?.id;
			const frame = uploads.filter(({ fileName }) => fileName === `${before}.png`);
			expect(frame).toHaveLength(before === undefined ? 0 : 1);
			return frame.map(({ assetId }) => ({
				...{ type: 'image_url', image_url: { url: `asset://${assetId}` } },
			}));
		};
		expect(withoutMarkers(creates)).toEqual(
			scenes.map((text, shot) => ({
				model: 'dreamina-seedance-2-0-260128',
				content: [{ type: 'text', text }, ...frameOf(shot)],
				generate_audio: true,
				resolution: '720p',
				ratio: shot === 0 ? '16:9' : 'adaptive',
				duration: 5,
				...(shot < 2 ? { return_last_frame: true } : {}),
			})),
		);

		const told = model.requests.at(-1)?.messages.at(-1);
		expect(told).toMatchObject({ role: 'tool', tool_call_id: toolCallId(1) });
		expect(JSON.parse(String(told?.content))).toEqual(
			tasks.map((task, index) =>
				expect.objectContaining({
					...{ taskId: task.id, status: 'succeeded', shot: index + 1, prompt: task.prompt },
					videoUrl: expect.stringContaining(`/${task.id}.mp4?`),
				}),
			),
		);
	} finally {
		await model.close();
	}
});
