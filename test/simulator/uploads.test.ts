import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import axios from 'axios';
import { startSimulator } from './simulator';
import { startMs, useSimulator } from './testSimulator';

const setup = useSimulator({ assetMs: ({ name }) => (name === 'late.png' ? 3000 : 0) });

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const file = (name: string, content: string | Uint8Array = 'content', type = 'image/png') => ({
	name,
	blob: new Blob([content], { type }),
});
const upload = async (
	{ name, blob }: ReturnType<typeof file>,
	fields: Record<string, string> = {},
	authorization = 'simulator-key',
) => {
	const form = new FormData();
	for (const [field, value] of Object.entries(fields)) form.append(field, value);
	form.append('file', blob, name);
	const answer = await fetch(`${setup.simulator.origin}/v1/asset/upload`, {
		method: 'POST',
		headers: { Authorization: authorization },
		body: form,
	});
	return { status: answer.status, data: (await answer.json()) as { code: number } };
};
const look = async (taskId: string, headers: Record<string, string> = {}) => {
	const { status, data } = await axios.get(
		`${setup.simulator.origin}/v1/asset/jobs/get-asset-id?task_id=${taskId}`,
		{ headers, validateStatus: () => true },
	);
	return { status, data };
};
const sendRaw = async (body: string | Buffer, contentType?: string) => {
	const { status, data } = await axios.post(`${setup.simulator.origin}/v1/asset/upload`, body, {
		headers: { Authorization: 'simulator-key', 'Content-Type': contentType ?? false },
		validateStatus: () => true,
	});
	return { status, data };
};

it.each(['simulator-key', 'Bearer simulator-key'])('accepts a file for the key %s', async (key) => {
	const { status, data } = await upload(file('cat.png'), { group_id: 'g-1' }, key);
	expect({ status, data }).toEqual({
		status: 200,
		data: { code: 200, data: { task_id: 'task_2611210800000001' }, msg: '' },
	});
	const ready = await look('task_2611210800000001');
	expect(ready).toEqual({
		status: 200,
		data: {
			code: 200,
			data: { asset_id: expect.stringMatching(/^asset-20261121080000-[0-9a-z]{5}$/) },
			msg: '',
		},
	});
	expect(setup.simulator.uploads).toEqual([
		{
			at: startMs,
			fileName: 'cat.png',
			contentType: 'image/png',
			groupId: 'g-1',
			bytes: 7,
			sha256: sha256(Buffer.from('content')),
			taskId: 'task_2611210800000001',
			assetId: ready.data.data.asset_id,
			headers: expect.objectContaining({ authorization: key }),
		},
	]);
	expect(setup.simulator.requests).toMatchObject([
		{ method: 'POST', path: '/v1/asset/upload', body: undefined, status: 200 },
		{ method: 'GET', path: '/v1/asset/jobs/get-asset-id', status: 200 },
	]);
});

it('needs no key to poll a job, and ignores one', async () => {
	await upload(file('cat.png'));
	const { taskId = '' } = setup.simulator.uploads[0] ?? {};
	expect((await look(taskId)).data.code).toBe(200);
	expect(await look(taskId, { Authorization: 'another' })).toEqual(await look(taskId));
	const sent = setup.simulator.requests.slice(1).map(({ headers }) => headers.authorization);
	expect(sent).toEqual([undefined, 'another', undefined]);
});

it('answers in every form while it processes', async () => {
	await upload(file('late.png'));
	const { taskId = '', assetId } = setup.simulator.uploads[0] ?? {};
	expect(assetId).toBeUndefined();
	for (const data of [
		{ code: 200, data: {}, msg: '' },
		{ code: 200, data: null, msg: '' },
		{ code: 202, data: { asset_id: '' }, msg: 'processing' },
		{ code: 200, data: {}, msg: '' },
	]) {
		expect(await look(taskId)).toEqual({ status: 200, data });
	}
	setup.pass(2999);
	expect((await look(taskId)).data.data).toBeNull();
	setup.pass(1);
	const { data } = await look(taskId);
	expect(data.data.asset_id).toMatch(/^asset-20261121080003-[0-9a-z]{5}$/);
	expect(setup.simulator.uploads[0]?.assetId).toBe(data.data.asset_id);
});

it('needs a minute when the marker says so', async () => {
	await upload(file('[simulate-asset-slow].png'));
	const { taskId = '' } = setup.simulator.uploads[0] ?? {};
	setup.pass(59_999);
	expect((await look(taskId)).data).toEqual({ code: 200, data: {}, msg: '' });
	setup.pass(1);
	expect((await look(taskId)).data.data.asset_id).toMatch(/^asset-/);
});

it.each([
	['of 50 characters', `${'n'.repeat(46)}.png`, 'Name must be no more than 64 characters'],
	['that is to fail', '[simulate-asset-failed].png', 'Unsupported file type'],
])('fails a file with a name %s', async (_, name, msg) => {
	expect((await upload(file(name))).data.code).toBe(200);
	const { taskId = '' } = setup.simulator.uploads[0] ?? {};
	expect(await look(taskId)).toEqual({ status: 200, data: { code: 500, data: null, msg } });
	expect(setup.simulator.uploads[0]?.assetId).toBeUndefined();
});

it('accepts a file with a name of 49 characters', async () => {
	await upload(file(`${'ñ'.repeat(45)}.png`));
	expect(setup.simulator.uploads[0]?.assetId).toMatch(/^asset-/);
});

it.each(['', 'task_1'])('does not know the job %j', async (taskId) => {
	expect(await look(taskId)).toEqual({
		status: 200,
		data: { code: 404, data: null, msg: 'task not found' },
	});
});

it.each(['', 'another', 'Bearer another', 'Basic simulator-key'])(
	'refuses the key %j',
	async (key) => {
		const refusal = { code: 401, data: null, msg: 'The API key is missing or not valid.' };
		expect(await upload(file('a.png'), {}, key)).toEqual({ status: 401, data: refusal });
		expect(setup.simulator.uploads).toEqual([]);
	},
);

const part = (...lines: string[]) => ['--b', ...lines].join('\r\n');
const formType = 'multipart/form-data; boundary=b';
const fileHeader = 'Content-Disposition: form-data; name="file"; filename="a"';

it.each<readonly [title: string, body: string, contentType: string | undefined, msg: string]>([
	['without parts', '--b--\r\n', formType, 'file is required'],
	['without a body', '', undefined, 'file is required'],
	[
		'with a field in place of a file',
		`${part('Content-Disposition: form-data; name="file"', '', 'x')}\r\n--b--`,
		formType,
		'file is required',
	],
	[
		'with a file under another name',
		`${part('Content-Disposition: form-data; name="media"; filename="a"', '', 'x')}\r\n--b--`,
		formType,
		'file is required',
	],
	['of JSON', '{}', 'application/json', 'not multipart/form-data: the request is not multipart'],
	[
		'that ends early',
		part(fileHeader, '', 'x'),
		formType,
		'not multipart/form-data: Part terminated early due to unexpected end of multipart data',
	],
	[
		'with an endless field',
		`${part('Content-Disposition: form-data; name="x"', '', 'x'.repeat(70_000))}\r\n--b--`,
		formType,
		'not multipart/form-data: A field is too long',
	],
])('refuses a body %s', async (_, body, contentType, msg) => {
	expect(await sendRaw(body, contentType)).toEqual({
		status: 400,
		data: { code: 400, data: null, msg },
	});
	expect(setup.simulator.uploads).toEqual([]);
});

it.each<readonly [title: string, header: string, fileName: string]>([
	['a quotation mark as browsers write it', 'filename="a%22b.png"', 'a"b.png'],
	['UTF-8', 'filename="каt 🐈.png"', 'каt 🐈.png'],
	['a folder', 'filename="a/b.png"', 'a/b.png'],
])('reads a file name with %s', async (_, header, fileName) => {
	const head = `content-disposition: form-data; name="file"; ${header}`;
	await sendRaw(
		`${part(head, '', 'x')}\r\n--b--`,
		'multipart/form-data; charset=utf-8; boundary="b"',
	);
	expect(setup.simulator.uploads).toMatchObject([
		{ fileName, contentType: 'text/plain', groupId: undefined, bytes: 1 },
	]);
});

it('counts an empty file', async () => {
	await upload(file('empty.png', ''));
	expect(setup.simulator.uploads).toMatchObject([{ bytes: 0, sha256: sha256(Buffer.alloc(0)) }]);
});

it('forgets an upload that its client aborts', async () => {
	const sent = httpRequest(`${setup.simulator.origin}/v1/asset/upload`, {
		method: 'POST',
		headers: { Authorization: 'simulator-key', 'Content-Type': formType },
	});
	sent.on('error', () => undefined);
	sent.write(part(fileHeader, '', 'x'));
	while (setup.simulator.requests.length === 0) await pause();
	sent.destroy();
	while (setup.simulator.requests[0]?.tookMs === undefined) await pause();
	expect(setup.simulator.requests).toMatchObject([{ status: undefined, aborted: true }]);
	expect(setup.simulator.uploads).toEqual([]);
});

it('lets an interceptor answer before the body has come', async () => {
	setup.simulator.intercept(() => ({ status: 503, body: { code: 503 } }));
	const large = file('large.bin', Buffer.alloc(4 * 1024 * 1024));
	expect(await upload(large)).toEqual({ status: 503, data: { code: 503 } });
	expect(setup.simulator.uploads).toEqual([]);
});

it('accepts 200 MB without keeping them', async () => {
	const pieceBytes = 1024 * 1024;
	const pieceCount = 200;
	setFlagsFromString('--expose-gc');
	const collectGarbage: () => void = runInNewContext('gc');
	const usedBytes = () => {
		collectGarbage();
		const { heapUsed, external } = process.memoryUsage();
		return heapUsed + external;
	};
	const before = usedBytes();
	let mostBytes = 0;
	const hash = createHash('sha256');
	const pieces = function* () {
		yield Buffer.from(`${part(fileHeader, '', '')}`);
		for (let index = 0; index < pieceCount; index++) {
			const piece = Buffer.alloc(pieceBytes, `${index} `);
			hash.update(piece);
			yield piece;
			if (index % 10 === 0) mostBytes = Math.max(mostBytes, usedBytes());
		}
		yield Buffer.from('\r\n--b--\r\n');
	};
	expect((await stream(Readable.from(pieces(), { highWaterMark: 1 }), formType)).code).toBe(200);
	expect(setup.simulator.uploads).toMatchObject([
		{ bytes: pieceCount * pieceBytes, sha256: hash.digest('hex') },
	]);
	// The client's pieces count too, and memory that V8 has not yet swept.
	expect(mostBytes - before).toBeLessThan(64 * pieceBytes);
});

it('is at PowerTokens only', async () => {
	const other = await startSimulator({ provider: 'volcengine' });
	const { status } = await axios.post(`${other.origin}/v1/asset/upload`, 'x', {
		validateStatus: () => true,
	});
	await other.close();
	expect(status).toBe(404);
	expect(other.uploads).toEqual([]);
});

async function pause(): Promise<void> {
	await new Promise((resolve) => setTimeout(resolve, 5));
}

async function stream(body: Readable, contentType: string): Promise<{ code: number }> {
	return await new Promise((resolve, reject) => {
		const sent = httpRequest(
			`${setup.simulator.origin}/v1/asset/upload`,
			{
				method: 'POST',
				headers: { Authorization: 'simulator-key', 'Content-Type': contentType },
			},
			(answer) => {
				let text = '';
				answer.on('data', (piece) => (text += piece));
				answer.on('end', () => resolve(JSON.parse(text)));
			},
		);
		pipeline(body, sent).catch(reject);
	});
}
