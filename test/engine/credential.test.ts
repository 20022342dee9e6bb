import { CredentialStore } from './credentialStore';
import { quickCreate, setUp } from './setup';
import { videoNode } from './workflows';

const setup = setUp();

const items = Array.from({ length: 12 }, (_, row) => ({ json: { prompt: `Row ${row}` } }));
const parameters = { ...quickCreate, prompt: '={{ $json.prompt }}', downloadVideo: false };
const whole = items.map(() => 'succeeded');
const statuses = (execution: Awaited<ReturnType<typeof setup.runVideo>>) =>
	execution.items(videoNode).map(({ json }) => json['status']);
const posts = () => setup.requests('POST', /tasks$/);

/** Calls this before n8n decrypts the credential, and adds what it returns to it; the first time is the start of the run. */
function onRead(told: (times: number) => Promise<object | void>): void {
	const real = Reflect.get(CredentialStore.prototype, 'getDecrypted');
	let times = 0;
	jest.spyOn(CredentialStore.prototype, 'getDecrypted').mockImplementation(async function (
		this: CredentialStore,
		...given
	) {
		const more = await told(times++);
		return { ...(await real.apply(this, given)), ...more };
	});
}

afterEach(() => {
	jest.restoreAllMocks();
});

test('a batch reads the credential a few times, not with every request', async () => {
	let reads = 0;
	onRead(async (times) => await Promise.resolve(void (reads = times + 1)));
	expect(statuses(await setup.runVideo(parameters, { items }))).toEqual(whole);
	expect(posts()).toHaveLength(12);
	expect(reads).toBeLessThan(12);
});

test('a create whose credential cannot be read was not sent: it reads it again, and nothing is unknown', async () => {
	onRead(async (times) => {
		await Promise.resolve();
		if (times >= 1 && times <= 5) throw new Error('SQLITE_BUSY');
	});
	const execution = await setup.runVideo(parameters, { items });
	expect(execution.error).toBeUndefined();
	expect(statuses(execution)).toEqual(whole);
	expect(posts()).toHaveLength(12);
});

test('a credential that is gone fails the items by name; nothing was sent', async () => {
	onRead(async (times) => {
		await Promise.resolve();
		if (times > 0) throw new Error('The credential does not exist');
	});
	const { error } = await setup.runVideo(parameters, { items: items.slice(0, 2) });
	expect(error).toMatchObject({
		message: expect.stringContaining('The credential does not exist'),
		context: { code: 'credentialUnreadable' },
	});
	expect(posts()).toEqual([]);
}, 40_000);

test('a key that is replaced while creates are sent costs no item', async () => {
	let isReplaced = false;
	let isKnown = true;
	onRead(async () => {
		isKnown = true;
		return await Promise.resolve({ projectName: isReplaced ? 'after' : 'before' });
	});
	const remove = setup.simulator.intercept(({ method }) => {
		if (!isReplaced && method === 'POST' && posts().length > 3) {
			isReplaced = true;
			isKnown = false;
		}
		const body = { error: { code: 'AuthenticationError', message: 'The API key is invalid' } };
		return isKnown ? undefined : { status: 401, body };
	});
	const before = setup.simulator.tasks.length;
	const execution = await setup.runVideo(parameters, { items });
	remove();
	expect(execution.error).toBeUndefined();
	expect(statuses(execution)).toEqual(whole);
	expect(setup.simulator.tasks.length - before).toBe(12);
	expect(posts().filter(({ status }) => status === 401).length).toBeGreaterThan(0);
});

test('a DELETE that the key does not allow is not sent again', async () => {
	const { simulator } = setup;
	await setup.runVideo({ ...parameters, waitForCompletion: false }, { items: items.slice(0, 1) });
	const taskId = simulator.tasks.at(-1)?.id;
	simulator.requests.length = 0;
	const body = { error: { code: 'AuthenticationError', message: 'The API key is invalid' } };
	const remove = simulator.intercept(({ method }) =>
		method === 'DELETE'
			? { status: 401, body }
			: { status: 200, body: { id: taskId, status: 'queued' } },
	);
	// Even after the key was replaced.
	onRead(async (times) => await Promise.resolve({ projectName: `read ${times}` }));
	const { error } = await setup.runVideo({ operation: 'cancel', taskId });
	remove();
	expect(error).toMatchObject({ context: { code: 'AuthenticationError' } });
	expect(setup.calls()).toEqual(['GET /tasks/<id>', 'DELETE /tasks/<id>']);
});

test('a create that a key does not allow is sent once, when the key was read before and is the same', async () => {
	const body = { error: { code: 'AuthenticationError', message: 'The API key is invalid' } };
	const remove = setup.simulator.intercept(({ method }) =>
		method === 'POST' && posts().length > 6 ? { status: 401, body } : undefined,
	);
	const settings = { onError: 'continueRegularOutput' } as const;
	await setup.runVideo(parameters, { items, settings });
	remove();
	expect(posts()).toHaveLength(12);
});
