import type { Credential } from '../n8n/client';
import { manualTriggerType, nodeOfType } from '../n8n/workflow';
import { importWorkflow, readExample } from './examples';
import { GoogleAccount } from './googleAccount';
import { GoogleSheets, type Cell } from './googleSheets';
import { sha256 } from './hash';
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

let googleSheets: Credential;

beforeAll(async () => {
	const { client } = instance();
	googleSheets = await client.createCredential(
		'Google Sheets account',
		'googleSheetsOAuth2Api',
		account.credentialData,
	);
	await client.connectOAuth2(googleSheets, (url) => account.consent(url));
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

test('20 rows become videos in one execution, and status and URL are in the sheet', async () => {
	const { client, simulator } = instance();
	const documentId = { __rl: true, mode: 'id', value: sheet.spreadsheetId };
	const workflow = await importWorkflow(
		instance(),
		await readExample('sheet-batch', {
			'Rows without a status': { documentId },
			'Write the result': { documentId },
			'Write the problem': { documentId },
		}),
		[googleSheets],
	);
	const id = await client.runWorkflow(workflow, nodeOfType(workflow, manualTriggerType));
	const execution = await client.waitForExecution(id, executionTimeoutMs);
	expect({ status: execution.status, error: execution.data?.resultData.error }).toEqual({
		status: 'success',
		error: undefined,
	});

	const rows = sheet.cells.slice(1, -1);
	const tasks = new Map(simulator.tasks.map((task) => [task.prompt, task]));
	const creates = simulator.requests.filter(({ method }) => method === 'POST');
	expect(creates.map(({ body }) => body)).toHaveLength(rowCount);
	expect(creates.map(({ body }) => body)).toEqual(
		expect.arrayContaining(
			rows.map(([prompt, seconds]) => ({
				model: 'dreamina-seedance-2-0-260128',
				content: [{ type: 'text', text: prompt }],
				generate_audio: true,
				resolution: '720p',
				ratio: '16:9',
				duration: seconds,
			})),
		),
	);
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
					expect.stringContaining('The finished video did not pass the content check'),
				];
			if (index + 2 === refused)
				return [
					prompt,
					seconds,
					'failed',
					'',
					'',
					expect.stringContaining('The input did not pass the content check'),
				];
			return [prompt, seconds, 'succeeded', expect.stringContaining(`${taskId}.mp4?`), taskId];
		}),
		finished,
	]);
	for (const [, , status, videoUrl, taskId] of rows) {
		if (status !== 'succeeded') continue;
		const video = Buffer.from(await (await fetch(String(videoUrl))).arrayBuffer());
		expect(sha256(video)).toBe(await simulator.sha256OfVideo(String(taskId)));
	}
	expect(outside().unexpected).toEqual([]);
});
