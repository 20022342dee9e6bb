import type { ICredentialDataDecryptedObject, IDataObject, INode } from 'n8n-workflow';
import { quickCreate, setUp } from './setup';
import { videoNode, videoWorkflow } from './workflows';

const setup = setUp();

/** A message that names these fields by their labels, in this order. */
const naming = (...labels: readonly string[]) =>
	expect.stringMatching(
		new RegExp(
			`^${labels.map((text) => text.replace(/[[\]()]/g, '\\$&')).join('.*')} (is|has|would) `,
		),
	);

test.each<[name: string, parameters: IDataObject, ...labels: string[]]>([
	['empty prompt', { prompt: '={{ "" }}' }, 'Prompt'],
	['prompt from an expression that gives nothing', { prompt: '={{ $json.missing }}' }, 'Prompt'],
	['unknown model', { model: '={{ "sora-2" }}' }, 'Model'],
	['model that the provider does not sell', { model: 'seedance-1-0-lite' }, 'Model'],
	['custom model without an id', { model: 'custom' }, 'Model ID'],
	[
		'resolution that the model does not make',
		{ model: 'seedance-2-0-fast', resolution: '4k' },
		'Resolution',
	],
	['duration out of range', { duration: 16 }, 'Duration (Seconds)'],
	[
		'duration -1 where the model does not choose',
		{ model: 'seedance-1-0-pro', duration: -1 },
		'Duration (Seconds)',
	],
	['duration that is no number', { duration: '={{ "five" }}' }, 'Duration (Seconds)'],
	['fraction of a second', { duration: 5.5 }, 'Duration (Seconds)'],
	['ratio that no model makes', { ratio: '={{ "9:21" }}' }, 'Ratio'],
	['no wait at all', { waitOptions: { maxWait: 0 } }, 'Maximum Wait (Minutes)'],
	['too many polls', { waitOptions: { pollInterval: 0.1 } }, 'Poll Interval (Seconds)'],
	['no field for the file', { binaryPropertyName: '' }, 'Put Output File in Field'],
	...['__proto__', 'constructor', 'prototype'].map((name): [string, IDataObject, string] => [
		`the field ${name} for the file`,
		{ binaryPropertyName: name },
		'Put Output File in Field',
	]),
	['no wait or not', { waitForCompletion: '={{ $json.missing }}' }, 'Wait for Completion'],
	['wait in words', { waitForCompletion: 'yes' }, 'Wait for Completion'],
	['no ratio', { ratio: '={{ undefined }}' }, 'Ratio'],
	['no duration', { duration: '={{ $json.missing }}' }, 'Duration (Seconds)'],
	['no sound', { generateAudio: '={{ undefined }}' }, 'Generate Audio'],
	['no seed', { options: { seed: '={{ $json.missing }}' } }, 'Seed'],
	['an object in the prompt', { prompt: '=A {{ ({ a: 1 }) }}' }, 'Prompt'],
	['no download or not', { downloadVideo: '={{ null }}' }, 'Download Video'],
	['no sound or not', { generateAudio: '={{ "" }}' }, 'Generate Audio'],
	['mode that an expression does not give', { mode: '={{ $json.missing }}' }, 'Mode'],
	['mode null', { mode: null as unknown as string }, 'Mode'],
	[
		'unknown end of a failed task',
		{ options: { onFailedTask: '={{ "ignore" }}' } },
		'When the Task Fails',
	],
	[
		'limit that an expression does not give',
		{ waitOptions: { maxWait: '={{ $json.missing }}' } },
		'Maximum Wait (Minutes)',
	],
	[
		'several at once',
		{ prompt: ' ', duration: 3, ratio: '={{ 7 }}' },
		'Ratio',
		'Prompt',
		'Duration (Seconds)',
	],
])('%s is named before anything is sent', async (_name, parameters, ...labels) => {
	const execution = await setup.runVideo({ ...quickCreate, ...parameters });
	expect(execution.error).toMatchObject({
		name: 'NodeOperationError',
		message: naming(...labels),
		context: { itemIndex: 0, code: 'invalidInput' },
	});
	expect(setup.simulator.requests).toEqual([]);
});

test('an expression that yields nothing is quoted', async () => {
	const options = { seed: '={{ $json.sed }}' };
	const execution = await setup.runVideo({ ...quickCreate, ratio: '={{ $json.ratoi }}', options });
	const message = String(execution.error?.['message']);
	expect(message).toContain('{{ $json.ratoi }}');
	expect(message).toContain('{{ $json.sed }}');
	expect(setup.simulator.requests).toEqual([]);
});

test.each([
	['idempotencyKey', 'Idempotency Key'],
	['recoveryMarker', 'Recovery Marker'],
	['onUnknownOutcome', 'When the Outcome Is Unknown'],
	['createAgainAfterFailure', 'Create Again After a Failure'],
	['tokenBudget', 'Token Budget'],
	['costBudget', 'Cost Budget'],
	['pricePerMillionTokens', 'Price per Million Tokens'],
	['dryRun', 'Dry Run'],
	['maxConcurrency', 'Max Concurrency'],
])(
	'the option %s that was added but yields nothing is named before anything is sent',
	async (name, label) => {
		for (const value of ['={{ $json.missing }}', '={{ null }}', '={{ $json.blank }}', '']) {
			setup.simulator.requests.length = 0;
			const execution = await setup.runVideo(
				{ ...quickCreate, options: { [name]: value } },
				{ items: [{ json: { blank: ' ' } }] },
			);
			expect(execution.error).toMatchObject({
				message: naming(label),
				context: { itemIndex: 0, code: 'invalidInput' },
			});
			expect(execution.error?.['message']).toContain(' is empty. ');
			expect(setup.simulator.requests).toEqual([]);
		}
	},
);

test('to create again after a failure without waiting is refused before anything is sent', async () => {
	const execution = await setup.runVideo({
		...quickCreate,
		waitForCompletion: false,
		options: { createAgainAfterFailure: 1 },
	});
	expect(execution.error).toMatchObject({
		message: naming('Create Again After a Failure'),
		context: { itemIndex: 0, code: 'invalidInput' },
	});
	expect(setup.simulator.requests).toEqual([]);
});

test.each<[string, ICredentialDataDecryptedObject, string]>([
	['missing key', { apiKey: '' }, 'API Key'],
	['key with a line break inside', { apiKey: 'abc\ndef' }, 'API Key'],
	['malformed base URL', { apiKey: 'k', baseUrl: 'api powertokens' }, 'Base URL'],
	[
		'public base URL without encryption',
		{ apiKey: 'k', baseUrl: 'http://api.powertokens.ai' },
		'Base URL',
	],
	['custom provider without a base URL', { apiKey: 'k', provider: 'custom' }, 'Base URL'],
	['unknown provider', { apiKey: 'k', provider: 'acme' }, 'Provider'],
])('credential: %s is named before anything is sent', async (_name, credential, label) => {
	const execution = await setup.runVideo(quickCreate, { credentials: { seedanceApi: credential } });
	expect(execution.error).toMatchObject({
		name: 'NodeOperationError',
		message: naming('In the Seedance API credential, ', label),
		context: { code: 'invalidCredential' },
	});
	expect(setup.simulator.requests).toEqual([]);
});

test('an operation that the node does not have is named before anything is sent', async () => {
	const execution = await setup.runVideo({ ...quickCreate, operation: 'explode' });
	expect(execution.error).toMatchObject({
		message: expect.stringContaining('"explode"'),
		description: expect.stringContaining('cancel, create, delete, get, getAll'),
		context: { itemIndex: 0, code: 'unknownOperation' },
	});
	expect(setup.simulator.requests).toEqual([]);
});

test('one bad item among good ones stops the node before the first create, and every bad one is named', async () => {
	const execution = await setup.runVideo(
		{ ...quickCreate, prompt: '={{ $json.prompt }}', duration: '={{ $json.seconds }}' },
		{
			items: [
				{ json: { prompt: 'A', seconds: 5 } },
				{ json: { prompt: 'B', seconds: 99 } },
				{ json: { prompt: '', seconds: '6' } },
			],
		},
	);
	expect(execution.error).toMatchObject({
		message: naming('Duration (Seconds)'),
		description: expect.stringMatching(/^This is item 2 of 3\. Item 3: Prompt is /),
		context: { itemIndex: 1, code: 'invalidInput' },
	});
	expect(setup.simulator.requests).toEqual([]);
});

test('with an error output, bad items go there and good ones are made, each paired with its input', async () => {
	const execution = await setup.runVideo(
		{ ...quickCreate, prompt: '={{ $json.prompt }}', waitForCompletion: false },
		{
			settings: { onError: 'continueErrorOutput' },
			items: [{ json: { prompt: '' } }, { json: { prompt: 'B' } }],
		},
	);
	expect(execution.status).toBe('success');
	expect(execution.items(videoNode)).toEqual([
		{
			json: expect.objectContaining({ taskId: setup.simulator.tasks.at(-1)?.id }),
			pairedItem: { item: 1 },
		},
	]);
	expect(execution.items(videoNode, 1)).toEqual([
		{
			// n8n merges the input item's JSON into what goes to the error output.
			json: {
				prompt: '',
				error: {
					message: naming('Prompt'),
					description: expect.any(String),
					code: 'invalidInput',
				},
			},
			pairedItem: { item: 0 },
		},
	]);
	expect(setup.calls()).toEqual(['POST /tasks']);
});

test('Get names what is not a task ID', async () => {
	for (const taskId of ['={{ "" }}', '../videos', { __rl: true, mode: 'id', value: 'a b' }]) {
		setup.simulator.requests.length = 0;
		const execution = await setup.runVideo({ operation: 'get', taskId });
		expect(execution.error).toMatchObject({
			message: expect.stringMatching(/^Task is (empty|"\.\.\/videos"|"a b")\. /),
			context: { code: 'invalidInput' },
		});
		expect(setup.simulator.requests).toEqual([]);
	}
});

test.each([
	['an empty Prompt', { ...quickCreate, prompt: '' }],
	['no Task', { operation: 'get', taskId: { __rl: true, mode: 'list', value: '' } }],
])(
	'%s in a later node stops the workflow before an earlier node creates anything',
	async (_, last) => {
		const workflow = videoWorkflow(quickCreate);
		const [later] = videoWorkflow(last).nodes.filter(({ name }) => name === videoNode);
		const execution = setup.runVideo(quickCreate, {
			workflow: {
				...workflow,
				nodes: [...workflow.nodes, { ...later, name: 'Later', id: 'Later' } as INode],
				connections: {
					...workflow.connections,
					Done: { main: [[{ node: 'Later', type: 'main', index: 0 }]] },
				},
			},
		});
		await expect(execution).rejects.toMatchObject({ name: 'WorkflowHasIssuesError' });
		expect(setup.simulator.requests).toEqual([]);
	},
);
