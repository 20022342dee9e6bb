import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { freeBox } from './mediaFiles';
import { startSimulator } from './simulator';
import { useSimulator } from './testSimulator';

const megabyte = 1024 * 1024;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const clip = (fileName: string) => readFileSync(join(__dirname, 'media', fileName));

describe('a video of a requested size', () => {
	const videoBytes = 300_001;
	const setup = useSimulator({ videoBytes });

	const finish = async (fields: Record<string, unknown> = {}) => {
		const id = await setup.create('A cat', fields);
		setup.pass(10_000);
		const { data } = await setup.tasks.get(id);
		const url: string = data.content.video_url;
		return { id, url };
	};
	const read = async (url: string, headers: Record<string, string> = {}) => {
		const answer = await setup.files.get(url, { headers });
		return { ...answer, bytes: Buffer.from(answer.data) };
	};

	it.each([
		['clip.mp4', {}],
		['clip.mov', { model: 'dreamina-seedance-2-5-260628', output_format: 'mov' }],
	])('is %s and one free box', async (fileName, fields) => {
		const { id, url } = await finish(fields);
		const { status, headers, bytes } = await read(url);
		expect([status, headers['content-length'], bytes.length]).toEqual([
			200,
			String(videoBytes),
			videoBytes,
		]);
		const head = Buffer.concat([clip(fileName), freeBox(id)]);
		expect(bytes.subarray(0, head.length)).toEqual(head);
		expect(bytes.readUInt32BE(head.length)).toBe(videoBytes - head.length);
		expect(bytes.toString('latin1', head.length + 4, head.length + 8)).toBe('free');
		expect(await setup.simulator.sha256OfVideo(id)).toBe(sha256(bytes));
	});

	it('is the same every time, and another for every task', async () => {
		const [one, two] = [await finish(), await finish()];
		const first = await read(one.url);
		expect((await read(one.url)).bytes).toEqual(first.bytes);
		expect((await read(two.url)).headers.etag).not.toBe(first.headers.etag);
		expect(await setup.simulator.sha256OfVideo(two.id)).not.toBe(sha256(first.bytes));
	});

	it('has no two blocks that are the same', async () => {
		const { bytes } = await read((await finish()).url);
		const blocks = [0, 1, 2].map((index) => {
			const start = bytes.length - (index + 1) * 65_536;
			return sha256(bytes.subarray(start, start + 65_536));
		});
		expect(new Set(blocks).size).toBe(3);
	});

	it.each([
		['bytes=0-0', 0, 0],
		['bytes=4000-6000', 4000, 6000],
		['bytes=65000-200000', 65_000, 200_000],
		['bytes=299000-', 299_000, videoBytes - 1],
		['bytes=-70000', videoBytes - 70_000, videoBytes - 1],
	])('serves the range %s', async (range, first, last) => {
		const { url } = await finish();
		const whole = (await read(url)).bytes;
		const { status, headers, bytes } = await read(url, { Range: range });
		expect(status).toBe(206);
		expect(headers['content-range']).toBe(`bytes ${first}-${last}/${videoBytes}`);
		expect(headers['content-length']).toBe(String(last + 1 - first));
		expect(bytes.equals(whole.subarray(first, last + 1))).toBe(true);
	});

	it('refuses a range beyond the end', async () => {
		const { url } = await finish();
		const { status, headers } = await read(url, { Range: `bytes=${videoBytes}-` });
		expect([status, headers['content-range']]).toEqual([416, `bytes */${videoBytes}`]);
	});

	it('cuts off after a number of bytes', async () => {
		const { url } = await finish();
		setup.simulator.intercept(() => ({ truncateAfterBytes: 150_000 }));
		const answer = await fetch(url);
		expect(answer.headers.get('content-length')).toBe(String(videoBytes));
		let received = 0;
		const readAll = async () => {
			for await (const piece of answer.body ?? []) received += piece.length;
		};
		await expect(readAll()).rejects.toThrow();
		expect(received).toBe(150_000);
		expect(setup.simulator.requests.at(-1)).toMatchObject({ status: 200, aborted: false });
	});

	it('is the content of the OpenAI-style interface too', async () => {
		const { id } = await finish();
		const { data } = await setup.openAi.get(`/videos/${id}/content`, {
			responseType: 'arraybuffer',
		});
		expect(sha256(data)).toBe(await setup.simulator.sha256OfVideo(id));
	});
});

describe('a video of 300 MB', () => {
	const videoBytes = 300 * megabyte;
	const setup = useSimulator({ videoBytes });

	it('is never in memory', async () => {
		const id = await setup.create('A cat');
		setup.pass(10_000);
		const { data } = await setup.tasks.get(id);
		setFlagsFromString('--expose-gc');
		const collectGarbage: () => void = runInNewContext('gc');
		const usedBytes = () => {
			collectGarbage();
			const { heapUsed, external } = process.memoryUsage();
			return heapUsed + external;
		};
		const before = usedBytes();
		let mostBytes = 0;
		let received = 0;
		let measured = 0;
		const hash = createHash('sha256');
		const answer = await fetch(data.content.video_url);
		for await (const piece of answer.body ?? []) {
			hash.update(piece);
			received += piece.length;
			if (received - measured < 20 * megabyte) continue;
			measured = received;
			mostBytes = Math.max(mostBytes, usedBytes());
		}
		expect(received).toBe(videoBytes);
		expect(hash.digest('hex')).toBe(await setup.simulator.sha256OfVideo(id));
		expect(mostBytes - before).toBeLessThan(64 * megabyte);
	});
});

describe('a small clip', () => {
	const setup = useSimulator();

	it('has a sum too', async () => {
		const id = await setup.create('A cat');
		const whole = Buffer.concat([clip('clip.mp4'), freeBox(id)]);
		expect(await setup.simulator.sha256OfVideo(id)).toBe(sha256(whole));
		await expect(setup.simulator.sha256OfVideo('cgt-1')).rejects.toThrow('There is no task cgt-1');
	});
});

it.each([16_383, 2 ** 32, 20_000.5, NaN])('refuses a size of %d', async (videoBytes) => {
	await expect(startSimulator({ videoBytes })).rejects.toThrow(
		'videoBytes has to be from 16384 to 4294967295',
	);
});
