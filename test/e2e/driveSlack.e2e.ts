import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Credential } from '../n8n/client';
import { outputOf } from '../n8n/execution';
import { projectFolder } from '../n8n/packageTarball';
import { manualTriggerType, nodeOfType } from '../n8n/workflow';
import { importWorkflow, readExample, videoNode } from './examples';
import { GoogleAccount } from './googleAccount';
import { GoogleDrive } from './googleDrive';
import { sha256 } from './hash';
import { withoutMarkers } from './marker';
import { setUpOutside } from './outsideHosts';
import { setUpN8n } from './setup';
import { Slack } from './slack';

const photoFolder = 'folder-of-photos';
const clipFolder = 'folder-of-clips';
const channelId = 'C0123456789';
const photoNames = ['mug.png', 'lamp.png', 'chair.png'];
/** Its clip does not pass the content check. */
const refusedName = 'poster [simulate:failed OutputVideoSensitiveContentDetected].png';
/** Above two of the chunks of 2 MiB in which n8n's Google Drive node uploads. */
const videoBytes = 5 * 1024 * 1024;
const executionTimeoutMs = 120_000;

const account = new GoogleAccount();
const drive = new GoogleDrive(account);
const slack = new Slack();
const outside = setUpOutside([account, drive, slack]);
const instance = setUpN8n(() => ({
	environment: outside().environment,
	simulatorOptions: { videoBytes },
}));

let credentials: Credential[];

beforeAll(async () => {
	const { client } = instance();
	const googleDrive = await client.createCredential(
		'Google Drive account',
		'googleDriveOAuth2Api',
		account.credentialData,
	);
	await client.connectOAuth2(googleDrive, (url) => account.consent(url));
	credentials = [
		googleDrive,
		await client.createCredential('Slack account', 'slackApi', { accessToken: slack.accessToken }),
	];
	const image = await readFile(join(projectFolder, 'test', 'simulator', 'media', 'lastFrame.png'));
	for (const name of [...photoNames, refusedName]) {
		// Readers ignore what follows a PNG's end, so each photo can have its own bytes.
		const bytes = Buffer.concat([image, Buffer.from(name)]);
		drive.add({ name, mimeType: 'image/png', parents: [photoFolder], bytes });
	}
	drive.add({
		name: 'Notes',
		mimeType: 'text/plain',
		parents: [photoFolder],
		bytes: Buffer.from('not a photo'),
	});
	drive.add({ name: 'other.png', mimeType: 'image/png', parents: ['elsewhere'], bytes: image });
});

test('photos from Google Drive become clips, the clips arrive in Google Drive and in Slack byte for byte, and Slack tells which photo failed', async () => {
	const { client, simulator } = instance();
	const photos = drive.files.slice(0, photoNames.length + 1);
	const workflow = await importWorkflow(
		instance(),
		await readExample('drive-photos-to-slack', {
			'Photos in the folder': {
				filter: { folderId: { __rl: true, mode: 'id', value: photoFolder } },
			},
			'Seedance Video': { prompt: '=Turn {{ $json.name }} slowly' },
			'Keep the clip': { folderId: { __rl: true, mode: 'id', value: clipFolder } },
			'Post the clip': {
				options: {
					channelId,
					title: "={{ $('Get the photo').item.json.name }}",
					initialComment: "=A new clip of {{ $('Get the photo').item.json.name }}",
				},
			},
			'Post the problem': { channelId: { __rl: true, mode: 'id', value: channelId } },
		}),
		credentials,
	);
	const id = await client.runWorkflow(workflow, nodeOfType(workflow, manualTriggerType));
	const execution = await client.waitForExecution(id, executionTimeoutMs);
	expect({ status: execution.status, error: execution.data?.resultData.error }).toEqual({
		status: 'success',
		error: undefined,
	});
	expect(outside().unexpected).toEqual([]);

	const clips = await Promise.all(
		photoNames.map(async (name) => {
			const task = simulator.tasks.find(({ prompt }) => prompt === `Turn ${name} slowly`);
			const taskId = String(task?.id);
			return { name, taskId, sha256: await simulator.sha256OfVideo(taskId) };
		}),
	);
	const creates = simulator.requests.filter(
		({ method, path }) => method === 'POST' && path.endsWith('/tasks'),
	);
	expect(creates).toHaveLength(photos.length);
	expect(withoutMarkers(creates)).toEqual(
		expect.arrayContaining(
			photos.map(({ name, bytes }) => {
				const upload = simulator.uploads.find((each) => each.sha256 === sha256(bytes));
				return {
					model: 'dreamina-seedance-2-0-260128',
					content: [
						{ type: 'text', text: `Turn ${name} slowly` },
						{ type: 'image_url', image_url: { url: `asset://${upload?.assetId}` } },
					],
					generate_audio: false,
					resolution: '720p',
					ratio: 'adaptive',
					duration: 5,
				};
			}),
		),
	);

	expect(
		drive.files
			.slice(photos.length + 2)
			.map(({ id: _, bytes, ...file }) => ({ ...file, sha256: sha256(bytes) })),
	).toEqual(
		clips.map((clip) => ({
			name: `${clip.name}.mp4`,
			mimeType: 'video/mp4',
			parents: [clipFolder],
			sha256: clip.sha256,
		})),
	);
	expect(slack.posts.map(({ bytes, ...post }) => ({ ...post, sha256: sha256(bytes) }))).toEqual(
		clips.map((clip) => ({
			channelId,
			comment: `A new clip of ${clip.name}`,
			title: clip.name,
			fileName: `${clip.taskId}.mp4`,
			sha256: clip.sha256,
		})),
	);

	const [failed] = outputOf(execution, videoNode, 1);
	const { message, description, taskId } = failed?.json['error'] as Record<string, string>;
	expect(taskId).toBe(simulator.tasks.find(({ prompt }) => prompt.includes(refusedName))?.id);
	const reason = String(message).replace(/^\[Item \d\] /, '');
	expect(slack.messages).toEqual([
		{
			channel: channelId,
			text: `No clip of ${refusedName}. ${reason}. ${description}`,
			// n8n sends its own option along.
			includeLinkToWorkflow: false,
		},
	]);
	expect(description).toContain(taskId);
});
