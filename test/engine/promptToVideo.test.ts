import { quickCreate, setUp, unmarked } from './setup';
import { readExample, videoNode } from './workflows';

const setup = setUp();

test('the example workflow turns its prompt into an MP4, streamed to disk', async () => {
	const { engine, simulator } = setup;
	const execution = await engine.run({
		workflow: readExample('prompt-to-video'),
		credentials: { seedanceApi: { baseUrl: simulator.origin, apiKey: simulator.apiKey } },
	});

	expect(execution.error).toBeUndefined();
	const [task] = simulator.tasks;
	const download = setup.requests('GET', /\.mp4$/)[0];
	expect(execution.items(videoNode)).toEqual([
		{
			json: {
				taskId: task?.id,
				status: 'succeeded',
				model: 'doubao-seedance-2-0-260128',
				prompt: task?.prompt,
				createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
				videoUrl: simulator.origin + download?.url,
				videoUrlExpiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/),
				resolution: '720p',
				ratio: '16:9',
				duration: 5,
				seed: expect.any(Number),
				totalTokens: 108900,
			},
			binary: {
				data: {
					id: expect.stringMatching(/^filesystem-v2:/),
					data: 'filesystem-v2',
					mimeType: 'video/mp4',
					fileType: 'video',
					fileExtension: 'mp4',
					fileName: `${task?.id}.mp4`,
					fileSize: expect.any(String),
				},
			},
			pairedItem: { item: 0 },
		},
	]);
	const binary = execution.items(videoNode)[0]?.binary?.['data'];
	const bytes = binary === undefined ? Buffer.alloc(0) : await engine.readBinary(binary);
	expect(bytes.subarray(4, 8).toString('latin1')).toBe('ftyp');
	expect(bytes.includes(String(task?.id))).toBe(true);

	const [create] = setup.requests('POST', /tasks$/);
	expect(create?.headers['authorization']).toBe(`Bearer ${simulator.apiKey}`);
	expect(unmarked(create?.body)).toEqual({
		model: 'dreamina-seedance-2-0-260128',
		content: [
			{
				type: 'text',
				text: 'A kitten runs across a sunny meadow, the camera follows its movement',
			},
		],
		generate_audio: true,
		resolution: '720p',
		ratio: '16:9',
		duration: 5,
	});
	// The signed URL reaches its host as it was issued, and the key does not.
	expect(download?.status).toBe(200);
	expect(download?.headers['authorization']).toBeUndefined();
});

test('the key alone is sent where the credential says so', async () => {
	const { simulator } = setup;
	const execution = await setup.runVideo(
		{ ...quickCreate, waitForCompletion: false },
		{
			credentials: {
				seedanceApi: {
					baseUrl: simulator.origin,
					apiKey: simulator.apiKey,
					authorizationFormat: 'raw',
				},
			},
		},
	);
	expect(execution.error).toBeUndefined();
	expect(simulator.requests.map(({ headers }) => headers['authorization'])).toEqual([
		simulator.apiKey,
	]);
});

test('without waiting, the item has the ID and no more requests are sent', async () => {
	const execution = await setup.runVideo({ ...quickCreate, waitForCompletion: false });
	expect(execution.items(videoNode)).toEqual([
		{
			json: {
				taskId: setup.simulator.tasks.at(-1)?.id,
				status: 'queued',
				model: 'dreamina-seedance-2-0-260128',
				prompt: quickCreate.prompt,
			},
			pairedItem: { item: 0 },
		},
	]);
	expect(setup.calls()).toEqual(['POST /tasks']);
});

test("without Simplify, the item is the provider's task with no key named error", async () => {
	const execution = await setup.runVideo({
		...quickCreate,
		prompt: 'A brand [simulate:failed OutputVideoSensitiveContentDetected]',
		simplify: false,
		options: { onFailedTask: 'returnTask' },
	});
	const [item] = execution.items(videoNode);
	expect(Object.keys(item?.json ?? {})).not.toContain('error');
	expect(item?.json).toMatchObject({
		id: setup.simulator.tasks.at(-1)?.id,
		taskId: setup.simulator.tasks.at(-1)?.id,
		status: 'failed',
		failure: { code: 'OutputVideoSensitiveContentDetected' },
		created_at: expect.any(Number),
	});
});

test('a model without sound gets no generate_audio and no adaptive ratio, and a full id goes as it is', async () => {
	await setup.runVideo({ ...quickCreate, model: 'seedance-1-0-pro', waitForCompletion: false });
	await setup.runVideo({
		...quickCreate,
		model: 'dreamina-seedance-2-0-fast-260128',
		generateAudio: false,
		duration: -1,
		resolution: '',
		waitForCompletion: false,
	});
	await setup.runVideo({
		...quickCreate,
		model: 'custom',
		modelId: 'ep-20260101-abcde',
		duration: 60,
		waitForCompletion: false,
	});
	const content = [{ type: 'text', text: quickCreate.prompt }];
	expect(setup.requests('POST', /tasks$/).map(({ body }) => unmarked(body))).toEqual([
		{ model: 'seedance-1-0-pro-250528', content, resolution: '720p', duration: 5 },
		{
			model: 'dreamina-seedance-2-0-fast-260128',
			content,
			generate_audio: false,
			ratio: 'adaptive',
			duration: -1,
		},
		{
			model: 'ep-20260101-abcde',
			content,
			generate_audio: true,
			resolution: '720p',
			ratio: 'adaptive',
			duration: 60,
		},
	]);
});

test('Recovery Marker None adds nothing to the request', async () => {
	await setup.runVideo({
		...quickCreate,
		waitForCompletion: false,
		options: { recoveryMarker: 'none' },
	});
	expect(setup.requests('POST', /tasks$/).map(({ body }) => body)).toEqual([
		{
			model: 'dreamina-seedance-2-0-260128',
			content: [{ type: 'text', text: quickCreate.prompt }],
			generate_audio: true,
			resolution: '720p',
			ratio: 'adaptive',
			duration: 5,
		},
	]);
});

test('an expression is read for each item, wherever it stands; what has none is the same for all', async () => {
	const items = [1, 2, 3].map((row) => ({ json: { row, url: `https://h/${row}.png` } }));
	const reference = { type: 'image', source: 'url', value: '={{ $json.url }}' };
	const parameters = {
		mode: 'reference',
		references: { reference: [reference] },
		options: { seed: '={{ $json.row }}', extraBody: '{"note": {"of": "all"}}', watermark: false },
		waitForCompletion: false,
	};
	await setup.runVideo({ ...quickCreate, ...parameters }, { items });
	const bodies = setup.requests('POST', /tasks$/).map(({ body }) => unmarked(body));
	const expected = items.map(({ json: { row, url } }) => ({
		model: 'dreamina-seedance-2-0-260128',
		content: [
			{ type: 'text', text: quickCreate.prompt },
			{ type: 'image_url', image_url: { url }, role: 'reference_image' },
		],
		...{ resolution: '720p', ratio: 'adaptive', duration: 5, generate_audio: true },
		...{ seed: row, watermark: false, note: { of: 'all' } },
	}));
	expect(bodies).toHaveLength(3);
	expect(bodies).toEqual(expect.arrayContaining(expected));
});
