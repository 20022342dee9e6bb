import { manualTriggerType, nodeOfType, type StoredWorkflow } from '../n8n/workflow';
import type { RecordedRequest } from '../simulator/simulator';
import { importWorkflow, readExample } from './examples';
import { GoogleAccount } from './googleAccount';
import { GoogleSheets, type Cell } from './googleSheets';
import { sha256 } from './hash';
import { markersOf, withoutMarkers } from './marker';
import { setUpOutside } from './outsideHosts';
import { setUpN8n } from './setup';

const rowCount = 20;
/** Numbers of rows, as a sheet shows them: the first row with a prompt is number 2. */
const failing = 7;
const refused = 13;
const executionTimeoutMs = 180_000;

const header = ['prompt', 'seconds', 'status', 'video_url', 'task_id', 'problem'];
const account = new GoogleAccount();
const written = Array.from({ length: rowCount }, (_, index) => rowOf(index + 2));
const finished = [
	'A clip of yesterday',
	5,
	'succeeded',
	'https://example.com/clip.mp4',
	'cgt-20261120100000-abcde',
];
const sheet = new GoogleSheets(
	account,
	'Videos',
	[header, ...written, finished].map((row) => [...row]),
);
const outside = setUpOutside([account, sheet]);
const instance = setUpN8n(() => ({ environment: outside().environment }));

let workflow: StoredWorkflow;

beforeAll(async () => {
	const { client } = instance();
	const googleSheets = await client.createCredential(
		'Google Sheets account',
		'googleSheetsOAuth2Api',
		account.credentialData,
	);
	await client.connectOAuth2(googleSheets, (url) => account.consent(url));
	const documentId = { __rl: true, mode: 'id', value: sheet.spreadsheetId };
	workflow = await importWorkflow(
		instance(),
		await readExample('sheet-batch', {
			'Rows without a status': { documentId },
			'Write the result': { documentId },
			'Write the problem': { documentId },
		}),
		[googleSheets],
	);
});

function promptOf(rowNumber: number): string {
	const marker = '[simulate:failed OutputVideoSensitiveContentDetected]';
	if (rowNumber === failing) return `Clip ${rowNumber} ${marker}`;
	if (rowNumber === refused) return `Clip ${rowNumber} [simulate:input-refused]`;
	return `Clip ${rowNumber}`;
}

function rowOf(rowNumber: number): Cell[] {
	return [promptOf(rowNumber), 4 + (rowNumber % 3)];
}

/** What the create of a row sends, apart from its marker. */
function bodyOf([prompt = '', seconds = 0]: readonly Cell[]) {
	return {
		model: 'dreamina-seedance-2-0-260128',
		content: [{ type: 'text', text: prompt }],
		generate_audio: true,
		resolution: '720p',
		ratio: '16:9',
		duration: seconds,
	};
}

/** Executes the workflow. Returns the creates that it sent. */
async function execute(): Promise<RecordedRequest[]> {
	const { client, simulator } = instance();
	simulator.requests.length = 0;
	const id = await client.runWorkflow(workflow, nodeOfType(workflow, manualTriggerType));
	const execution = await client.waitForExecution(id, executionTimeoutMs);
	expect({ status: execution.status, error: execution.data?.resultData.error }).toEqual({
		status: 'success',
		error: undefined,
	});
	return simulator.requests.filter(({ method }) => method === 'POST');
}

/** Compares the whole sheet, and the videos behind its URLs byte for byte, with the last task of each row. */
async function expectWholeSheet(): Promise<void> {
	const { simulator } = instance();
	const tasks = new Map(simulator.tasks.map((task) => [task.prompt, task]));
	expect(tasks.size).toBe(rowCount - 1);
	expect(sheet.cells).toEqual([
		header,
		...written.map(([prompt = '', seconds = 0], index) => {
			const taskId = tasks.get(String(prompt))?.id;
			if (index + 2 === failing)
				return [
					prompt,
					seconds,
					'failed',
					'',
					taskId,
					expect.stringMatching(/^The finished video did not pass the content check/),
				];
			if (index + 2 === refused)
				return [
					prompt,
					seconds,
					'failed',
					'',
					'',
					expect.stringMatching(/^The input did not pass the content check/),
				];
			return [prompt, seconds, 'succeeded', expect.stringContaining(`${taskId}.mp4?`), taskId];
		}),
		finished,
	]);
	for (const [, , status, videoUrl, taskId] of sheet.cells.slice(1, -1)) {
		if (status !== 'succeeded') continue;
		const video = Buffer.from(await (await fetch(String(videoUrl))).arrayBuffer());
		expect(sha256(video)).toBe(await simulator.sha256OfVideo(String(taskId)));
	}
	expect(outside().unexpected).toEqual([]);
}

test('20 rows become videos in one execution, and status and URL are in the sheet', async () => {
	const creates = await execute();
	expect(creates).toHaveLength(rowCount);
	expect(new Set(markersOf(creates)).size).toBe(rowCount);
	expect(withoutMarkers(creates)).toEqual(expect.arrayContaining(written.map(bodyOf)));
	expect(instance().simulator.tasks).toHaveLength(rowCount - 1);
	await expectWholeSheet();
});

test('with every status emptied, a second execution fetches the same videos, and creates only what failed', async () => {
	const taskIdsOf = (rows: readonly Cell[][]) => rows.map(([, , , , taskId]) => taskId);
	const isFailing = (_: unknown, index: number) => [failing, refused].includes(index + 2);
	const rows = sheet.cells.slice(1, -1);
	const before = taskIdsOf(rows);
	for (const row of rows) row[2] = '';

	const creates = await execute();
	expect(creates).toHaveLength(2);
	expect(withoutMarkers(creates)).toEqual(
		expect.arrayContaining(written.filter(isFailing).map(bodyOf)),
	);
	expect(instance().simulator.tasks).toHaveLength(rowCount);
	expect(taskIdsOf(rows)).toEqual(
		before.map((taskId, index) =>
			index + 2 === failing ? instance().simulator.tasks.at(-1)?.id : taskId,
		),
	);
	await expectWholeSheet();
});
