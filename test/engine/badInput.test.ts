import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';
import { quickCreate, setUp } from './setup';
import { videoNode } from './workflows';

const setup = setUp();

const models =
	'Seedance 2.5, Seedance 2.0, Seedance 2.0 Fast, Seedance 2.0 Mini, Seedance 1.5 Pro, Seedance 1.0 Pro, Seedance 1.0 Pro Fast';

test.each<[string, IDataObject, string]>([
	[
		'empty prompt',
		{ prompt: '' },
		'Prompt is empty. Describe the clip, for example "A kitten runs across a sunny meadow, the camera follows".',
	],
	[
		'prompt from an expression that gives nothing',
		{ prompt: '={{ $json.missing }}' },
		'Prompt is empty. Describe the clip, for example "A kitten runs across a sunny meadow, the camera follows".',
	],
	[
		'unknown model',
		{ model: '={{ "sora-2" }}' },
		`Model is "sora-2", which is no known model. Choose ${models.replace(/, (?=[^,]*$)/, ' or ')}, or give a full model id.`,
	],
	[
		'model that the provider does not sell',
		{ model: 'seedance-1-0-lite' },
		`Model is Seedance 1.0 Lite, which PowerTokens does not offer. Choose ${models.replace(/, (?=[^,]*$)/, ' or ')}.`,
	],
	[
		'custom model without an id',
		{ model: 'custom' },
		'Model ID is empty. Enter the id that the provider lists for the model.',
	],
	[
		'resolution that the model does not make',
		{ model: 'seedance-2-0-fast', resolution: '4k' },
		'Resolution is 4k, which Seedance 2.0 Fast does not make. Choose 480p or 720p, or Seedance 2.0 as the model.',
	],
	[
		'duration out of range',
		{ duration: 16 },
		'Duration (Seconds) is 16. Seedance 2.0 takes 4 to 15 seconds, or -1 to let the model choose.',
	],
	[
		'duration -1 where the model does not choose',
		{ model: 'seedance-1-0-pro', duration: -1 },
		'Duration (Seconds) is -1. Seedance 1.0 Pro takes 2 to 12 seconds.',
	],
	[
		'duration that is no number',
		{ duration: '={{ "five" }}' },
		'Duration (Seconds) is "five". Enter a whole number of seconds, or -1 to let the model choose.',
	],
	[
		'fraction of a second',
		{ duration: 5.5 },
		'Duration (Seconds) is 5.5. Enter a whole number of seconds, or -1 to let the model choose.',
	],
	[
		'ratio that no model makes',
		{ ratio: '={{ "9:21" }}' },
		'Ratio is "9:21". Choose adaptive, 16:9, 4:3, 1:1, 3:4, 9:16 or 21:9.',
	],
	[
		'no wait at all',
		{ waitOptions: { maxWait: 0 } },
		'Maximum Wait (Minutes) is 0. Enter more than 0 and at most 10080 minutes (7 days, after which a task is forgotten).',
	],
	[
		'too many looks',
		{ waitOptions: { pollInterval: 0.1 } },
		'Poll Interval (Seconds) is 0.1. Enter 1 to 3600 seconds.',
	],
	[
		'no field for the file',
		{ binaryPropertyName: '' },
		'Put Output File in Field is empty. Enter a name such as "data".',
	],
	[
		'several at once',
		{ prompt: ' ', duration: 3, ratio: '={{ 7 }}' },
		'Ratio is 7. Choose adaptive, 16:9, 4:3, 1:1, 3:4, 9:16 or 21:9. Prompt is empty. Describe the clip, for example "A kitten runs across a sunny meadow, the camera follows". Duration (Seconds) is 3. Seedance 2.0 takes 4 to 15 seconds, or -1 to let the model choose.',
	],
])('%s is named before anything is sent', async (_name, parameters, message) => {
	const execution = await setup.runVideo({ ...quickCreate, ...parameters });
	expect(execution.error).toMatchObject({
		name: 'NodeOperationError',
		message: `[Item 0] ${message}`,
		description: 'Nothing was sent to the provider, and nothing is paid for.',
	});
	expect(setup.simulator.requests).toEqual([]);
});

test.each<[string, ICredentialDataDecryptedObject, string]>([
	['missing key', { apiKey: '' }, "API Key is empty. Enter the key from PowerTokens's console."],
	[
		'key with a line break inside',
		{ apiKey: 'abc\ndef' },
		'API Key holds a space, a line break or a character that no key has. Copy it once more from the console.',
	],
	[
		'malformed base URL',
		{ apiKey: 'k', baseUrl: 'api powertokens' },
		'Base URL is "api powertokens", which is not a URL. Enter one like "https://api.example.com".',
	],
	[
		'public base URL without encryption',
		{ apiKey: 'k', baseUrl: 'http://api.powertokens.ai' },
		'Base URL would send the API key unencrypted to api.powertokens.ai. Use https:, or http: for a loopback or private host.',
	],
	[
		'custom provider without a base URL',
		{ apiKey: 'k', provider: 'custom' },
		'Base URL is empty. Enter everything before /contents/generations/tasks.',
	],
	[
		'unknown provider',
		{ apiKey: 'k', provider: 'acme' },
		'Provider is "acme". Choose PowerTokens, APIYI, BytePlus ModelArk (Asia Pacific), BytePlus ModelArk (Europe), Volcengine Ark or Custom.',
	],
])('credential: %s is named before anything is sent', async (_name, credential, message) => {
	const execution = await setup.runVideo(quickCreate, { credentials: { seedanceApi: credential } });
	expect(execution.error).toMatchObject({
		name: 'NodeOperationError',
		message: `[Item 0] In the Seedance API credential, ${message}`,
		description: 'Open the credential, correct the field and save it. Nothing was sent.',
	});
	expect(setup.simulator.requests).toEqual([]);
});

test('an operation that the node does not have is named before anything is sent', async () => {
	const execution = await setup.runVideo({ ...quickCreate, operation: 'explode' });
	expect(execution.error).toMatchObject({
		message: '[Item 0] Operation is "explode", which this node does not have',
		description:
			'Choose one of: cancel, create, delete, get, list. Nothing was sent to the provider, and nothing is paid for.',
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
		message:
			'[Item 1] Duration (Seconds) is 99. Seedance 2.0 takes 4 to 15 seconds, or -1 to let the model choose.',
		description:
			'[Item 2] Prompt is empty. Describe the clip, for example "A kitten runs across a sunny meadow, the camera follows". Nothing was sent to the provider, and nothing is paid for.',
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
					message:
						'[Item 0] Prompt is empty. Describe the clip, for example "A kitten runs across a sunny meadow, the camera follows".',
					description: 'Nothing was sent to the provider for this item.',
				},
			},
			pairedItem: { item: 0 },
		},
	]);
	expect(setup.calls()).toEqual(['POST /tasks']);
});

test('Get names what is not a task id', async () => {
	for (const taskId of ['', '../videos', { __rl: true, mode: 'id', value: 'a b' }]) {
		setup.simulator.requests.length = 0;
		const execution = await setup.runVideo({ operation: 'get', taskId });
		expect(execution.error?.['message']).toMatch(
			/^\[Item 0\] Task is (empty|"\.\.\/videos"|"a b")\. Select a task, or give the ID that Create returned, such as "cgt-20260606160057-6bbjd"\.$/,
		);
		expect(setup.simulator.requests).toEqual([]);
	}
});
