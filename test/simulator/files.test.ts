import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freeBox } from './mediaFiles';
import { requestId, useSimulator } from './testSimulator';

const setup = useSimulator();

const media = (fileName: string) => readFileSync(join(__dirname, 'media', fileName));

const finish = async (fields: Record<string, unknown> = {}) => {
	const id = await setup.create('A cat', fields);
	setup.pass(10_000);
	const { data } = await setup.tasks.get(id);
	const video: string = data.content.video_url;
	return { id, video, lastFrame: data.content.last_frame_url };
};
const tosError = (code: string, message: string) => ({
	Code: code,
	RequestId: requestId,
	HostId: 'simulator',
	Message: message,
});
const read = async (url: string, headers: Record<string, string> = {}) => {
	const answer = await setup.files.get(url, { headers });
	return { ...answer, bytes: Buffer.from(answer.data) };
};
const boxesOf = (bytes: Buffer) => {
	const types: string[] = [];
	let offset = 0;
	while (offset < bytes.length) {
		types.push(bytes.toString('latin1', offset + 4, offset + 8));
		offset += bytes.readUInt32BE(offset);
	}
	return { types, end: offset };
};

it('serves the video of a task, marked with its ID', async () => {
	const { id, video } = await finish();
	const { status, headers, bytes } = await read(video);
	expect(status).toBe(200);
	expect(bytes).toEqual(Buffer.concat([media('clip.mp4'), freeBox(id)]));
	expect(boxesOf(bytes)).toEqual({
		types: ['ftyp', 'moov', 'free', 'mdat', 'free'],
		end: bytes.length,
	});
	expect(headers).toMatchObject({
		'content-type': 'video/mp4',
		'content-length': String(bytes.length),
		'accept-ranges': 'bytes',
		etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
	});
});

it('serves different videos for different tasks', async () => {
	const [one, two] = [await finish(), await finish()];
	const [first, second] = [await read(one.video), await read(two.video)];
	expect(first.bytes.includes(one.id)).toBe(true);
	expect(second.bytes.includes(two.id)).toBe(true);
	expect(first.headers.etag).not.toBe(second.headers.etag);
});

it('serves the last frame and the other container', async () => {
	const { lastFrame } = await finish({ return_last_frame: true });
	const frame = await read(lastFrame);
	expect(frame.headers['content-type']).toBe('image/png');
	expect(frame.bytes).toEqual(media('lastFrame.png'));
	const { video } = await finish({
		model: 'dreamina-seedance-2-5-260628',
		output_format: 'mov',
	});
	expect((await read(video)).headers['content-type']).toBe('video/quicktime');
});

it('issues URLs in the form of TOS', async () => {
	const { id, video } = await finish();
	const [path, query] = video.split('?');
	expect(path).toBe(`${setup.simulator.origin}/tos/ark-content-generation-cn-beijing/${id}.mp4`);
	expect(query).toMatch(
		new RegExp(
			'^X-Tos-Algorithm=TOS4-HMAC-SHA256' +
				'&X-Tos-Credential=AKLT\\w+%2F20261121%2Fcn-beijing%2Ftos%2Frequest' +
				'&X-Tos-Date=20261121T000010Z&X-Tos-Expires=86400' +
				'&X-Tos-Signature=[0-9a-f]{64}&X-Tos-SignedHeaders=host$',
		),
	);
});

it.each<readonly [title: string, change: (url: string) => string]>([
	['decoded', (url) => url.replaceAll('%2F', '/')],
	['re-encoded in lower case', (url) => url.replaceAll('%2F', '%2f')],
	['without the signature', (url) => url.replace(/&X-Tos-Signature=[0-9a-f]+/, '')],
	['without a query', (url) => url.split('?')[0] ?? ''],
	['with one parameter more', (url) => `${url}&download=1`],
	['in another order', (url) => url.replace(/\?([^&]+)&([^&]+)/, '?$2&$1')],
	['with a longer life', (url) => url.replace('Expires=86400', 'Expires=999999')],
	['of another task', (url) => url.replace(/cgt-[0-9]+/, 'cgt-20260101000000')],
])('refuses a URL %s', async (_, change) => {
	const { video } = await finish();
	const { status, bytes } = await read(change(video));
	expect(status).toBe(403);
	expect(JSON.parse(bytes.toString())).toEqual(
		tosError(
			'SignatureDoesNotMatch',
			'The signature does not match method, path and query of the request',
		),
	);
});

it('refuses HEAD, as the signature is for GET', async () => {
	const { video } = await finish();
	expect((await setup.files.head(video)).status).toBe(403);
});

it.each(['simulator-key', 'Bearer simulator-key'])(
	'refuses an Authorization header: %s',
	async (authorization) => {
		const { video } = await finish();
		const { status, bytes } = await read(video, { Authorization: authorization });
		expect(status).toBe(400);
		expect(JSON.parse(bytes.toString())).toEqual(
			tosError('InvalidArgument', 'Only one auth mechanism allowed'),
		);
	},
);

it('lets a URL expire a day after the end of its task', async () => {
	const { video } = await finish();
	setup.pass(86_400_000 - 1);
	expect((await read(video)).status).toBe(200);
	setup.pass(1);
	const { status, bytes } = await read(video);
	expect(status).toBe(403);
	expect(JSON.parse(bytes.toString())).toEqual(
		tosError('AccessDenied', 'The signed URL has expired'),
	);
});

it.each([
	['bytes=0-9', 0, 9],
	['bytes=10-', 10, undefined],
	['bytes=-16', -16, undefined],
	['bytes=100-999999', 100, undefined],
])('serves the range %s', async (range, from, last) => {
	const { video } = await finish();
	const whole = (await read(video)).bytes;
	const { status, headers, bytes } = await read(video, { Range: range });
	const first = from < 0 ? whole.length + from : from;
	const end = last ?? whole.length - 1;
	expect(status).toBe(206);
	expect(headers['content-range']).toBe(`bytes ${first}-${end}/${whole.length}`);
	expect(bytes).toEqual(whole.subarray(first, end + 1));
});

it('refuses a range beyond the end', async () => {
	const { video } = await finish();
	const size = (await read(video)).bytes.length;
	const { status, headers } = await read(video, { Range: `bytes=${size}-` });
	expect([status, headers['content-range']]).toEqual([416, `bytes */${size}`]);
});

it.each(['bytes=0-1,5-6', 'bytes=-', 'bytes=9-3', 'lines=1-2'])(
	'passes over the range %s',
	async (range) => {
		const { video } = await finish();
		expect((await read(video, { Range: range })).status).toBe(200);
	},
);
