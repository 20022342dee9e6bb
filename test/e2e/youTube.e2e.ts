import type { Credential } from '../n8n/client';
import { outputOf, type Execution } from '../n8n/execution';
import { manualTriggerType, nodeOfType, type StoredWorkflow } from '../n8n/workflow';
import { importWorkflow, readExample, reasonOf, testModeCredential, videoNode } from './examples';
import { GoogleAccount } from './googleAccount';
import { GoogleSheets, type Cell } from './googleSheets';
import { sha256 } from './hash';
import { withoutMarkers } from './marker';
import { setUpOutside } from './outsideHosts';
import { setUpN8n } from './setup';
import { YouTube } from './youTube';

const header = ['title', 'scene', 'seconds', 'status', 'youtube_link', 'task_id', 'problem'];
const scenes = [
	['Harbour', 'A harbour at dawn, gulls', 5],
	['Brand', 'A logo [simulate:failed OutputVideoSensitiveContentDetected]', 4],
	['Forest', 'Mist between pines', 6],
	['Too long', 'A desert', 99],
] as const;
const done = [
	'Yesterday',
	'A street',
	5,
	'uploaded',
	'https://youtu.be/abc',
	'cgt-20261120100000-abcde',
];
/** Above two of the chunks of 1 MiB in which n8n's YouTube node uploads. */
const videoBytes = 2.5 * 1024 * 1024;
const executionTimeoutMs = 120_000;

const account = new GoogleAccount();
const sheet = new GoogleSheets(
	account,
	'Scenes',
	[header, ...scenes, done].map((row) => [...row]),
);
const youTube = new YouTube(account);
const outside = setUpOutside([account, sheet, youTube]);
const instance = setUpN8n(() => ({
	environment: outside().environment,
	simulatorOptions: { videoBytes },
}));

let accounts: Credential[];
let workflow: StoredWorkflow;

async function importExample(credentials: readonly Credential[] = []): Promise<StoredWorkflow> {
	const documentId = { __rl: true, mode: 'id', value: sheet.spreadsheetId };
	const example = await readExample('scenes-to-youtube', {
		'Scenes without a status': { documentId },
		'Write the link': { documentId },
		'Write the problem': { documentId },
	});
	return await importWorkflow(instance(), example, [...accounts, ...credentials]);
}

beforeAll(async () => {
	const { client } = instance();
	const connect = async (name: string, type: string) => {
		const credential = await client.createCredential(name, type, account.credentialData);
		await client.connectOAuth2(credential, (url) => account.consent(url));
		return credential;
	};
	accounts = [
		await connect('Google Sheets account', 'googleSheetsOAuth2Api'),
		await connect('YouTube account', 'youTubeOAuth2Api'),
	];
	workflow = await importExample();
});
beforeEach(() => {
	instance().simulator.requests.length = 0;
});

async function execute(executed = workflow): Promise<Execution> {
	const { client } = instance();
	const id = await client.runWorkflow(executed, nodeOfType(executed, manualTriggerType));
	const execution = await client.waitForExecution(id, executionTimeoutMs);
	expect({ status: execution.status, error: execution.data?.resultData.error }).toEqual({
		status: 'success',
		error: undefined,
	});
	expect(outside().unexpected).toEqual([]);
	return execution;
}

function createBodies(): object[] {
	return withoutMarkers(instance().simulator.requests.filter(({ method }) => method === 'POST'));
}

/** What the create of a scene sends, apart from its marker. */
function bodyOf([, scene, seconds]: readonly Cell[]) {
	return {
		model: 'dreamina-seedance-2-0-260128',
		content: [{ type: 'text', text: scene }],
		generate_audio: true,
		resolution: '720p',
		ratio: '9:16',
		duration: seconds,
	};
}

function taskIdOf([, scene]: readonly Cell[]): string {
	return String(instance().simulator.tasks.findLast(({ prompt }) => prompt === scene)?.id);
}

/** What the channel has of a scene: the whole first request, and the bytes. */
async function uploadOf([title, scene, seconds]: readonly Cell[]) {
	return {
		id: expect.any(String),
		metadata: {
			snippet: { title, categoryId: '22', description: scene },
			status: { privacyStatus: 'private', selfDeclaredMadeForKids: false },
			recordingDetails: {},
		},
		query: {
			uploadType: 'resumable',
			part: 'snippet,status,recordingDetails',
			notifySubscribers: 'false',
		},
		announced: { mimeType: 'video/mp4', bytes: videoBytes },
		sha256: await instance().simulator.sha256OfVideo(
			taskIdOf([title ?? '', scene ?? '', seconds ?? 0]),
		),
	};
}

const uploads = () =>
	youTube.videos.map(({ bytes, ...video }) => ({ ...video, sha256: sha256(bytes) }));

test('each scene becomes a private video on YouTube, or its row gets the reason', async () => {
	youTube.uploadsLeft = 1;
	const execution = await execute();
	const [harbour, brand, forest, tooLong] = scenes;
	expect(createBodies()).toHaveLength(3);
	expect(createBodies()).toEqual(expect.arrayContaining([harbour, brand, forest].map(bodyOf)));
	expect(uploads()).toEqual([await uploadOf(harbour)]);

	const reasons = outputOf(execution, videoNode, 1).map(reasonOf);
	expect(sheet.cells).toEqual([
		header,
		[...harbour, 'uploaded', `https://youtu.be/${youTube.videos[0]?.id}`, taskIdOf(harbour), ''],
		[...brand, 'failed', '', taskIdOf(brand), reasons[0]],
		[...forest, 'not uploaded', '', taskIdOf(forest), expect.stringMatching(/^YouTube: ./)],
		[...tooLong, 'failed', '', '', reasons[1]],
		done,
	]);
	expect(reasons[1]).toContain('99');
});

test('with its status cleared, a video that was not uploaded is uploaded, and not made again', async () => {
	youTube.uploadsLeft = Number.POSITIVE_INFINITY;
	const [harbour, , forest] = scenes;
	const row = sheet.cells[3];
	if (row === undefined) throw new Error('There is no row for the forest');
	row[3] = '';
	await execute();
	expect(createBodies()).toEqual([]);
	expect(uploads()).toEqual([await uploadOf(harbour), await uploadOf(forest)]);
	expect(row).toEqual([
		...forest,
		'uploaded',
		`https://youtu.be/${youTube.videos[1]?.id}`,
		taskIdOf(forest),
		'',
	]);
});

test('in Test Mode, a scene becomes a test clip on YouTube', async () => {
	const row = sheet.cells[1];
	if (row === undefined) throw new Error('There is no row for the harbour');
	row[3] = '';
	const before = youTube.videos.length;
	await execute(await importExample([await testModeCredential(instance())]));
	const uploaded = youTube.videos.slice(before);
	expect(uploaded.map(({ bytes }) => bytes.toString('latin1', 4, 8))).toEqual(['ftyp']);
	expect(row.slice(3)).toEqual([
		'uploaded',
		`https://youtu.be/${uploaded[0]?.id}`,
		expect.stringMatching(/^test_/),
		'',
	]);
	expect(instance().simulator.requests).toEqual([]);
});
