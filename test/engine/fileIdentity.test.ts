import { itemsWithFiles, png } from './files';
import { setUp } from './setup';
import { errorNode, videoNode, videoWorkflow } from './workflows';

/** An upstream node that runs again writes its files again: n8n's binary storage gives each of them a new ID. */
const setup = setUp();
const photo = { bytes: png, fileName: 'photo.png' };
const otherPhoto = { bytes: Buffer.concat([png, Buffer.from([0])]), fileName: 'photo.png' };
const firstFrame = {
	...{ operation: 'create', prompt: 'A kitten', mode: 'firstFrame', firstFrame: 'Photo' },
	...{ downloadVideo: false, waitOptions: { pollInterval: 1 } },
};

async function run(
	files: ReadonlyArray<typeof photo>,
	mode: 'trigger' | 'retry',
	parameters: object = firstFrame,
) {
	const before = setup.simulator.tasks.length;
	const execution = await setup.runVideo(
		{},
		{
			workflow: videoWorkflow({ ...parameters }, { onError: 'continueErrorOutput' }),
			items: itemsWithFiles(files.map((file) => ({ Photo: file }))),
			mode,
		},
	);
	expect(execution.items(errorNode)).toEqual([]);
	const taskIds = execution.items(videoNode).map(({ json }) => json['taskId']);
	return { taskIds, created: setup.simulator.tasks.slice(before) };
}

test('Retry: the same image, stored again, is the same video', async () => {
	const first = await run([photo], 'trigger');
	const second = await run([photo], 'retry');
	expect(first.created).toHaveLength(1);
	expect(second.created).toEqual([]);
	expect(second.taskIds).toEqual(first.taskIds);
});

test('Retry: another image is another video', async () => {
	await run([photo], 'trigger');
	expect((await run([otherPhoto], 'retry')).created).toHaveLength(1);
});

test('rows with one Idempotency Key and the same image share a task', async () => {
	const options = { idempotencyKey: 'photo' };
	const { taskIds, created } = await run([photo, photo], 'trigger', { ...firstFrame, options });
	expect(created).toHaveLength(1);
	expect(taskIds).toEqual([created[0]?.id, created[0]?.id]);
});
