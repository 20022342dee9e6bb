import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { userFolder } from './environment';
import { speedUpTime } from './fastTime';
import { quickCreate, setUp } from './setup';
import { videoNode } from './workflows';

const restoreTime = speedUpTime(25);
afterAll(restoreTime);
const setup = setUp({ now: () => Date.now() });

/** Bytes that begin as an MP4, with a different number at each place. */
const video = Buffer.alloc(300_000);
for (let place = 0; place < video.length; place += 4) video.writeUInt32BE(place, place);
video.write('ftypisom', 4, 'latin1');

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A host of files that answers each request as the test says; the last answer repeats. */
let answers: Answer[] = [];
const ranges: Array<string | undefined> = [];
let host: Server;
let origin = '';
beforeAll(async () => {
	host = createServer((request, response) => {
		ranges.push(request.headers.range);
		const answer = answers.length > 1 ? answers.shift() : answers[0];
		answer?.(request, response);
	});
	await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
	origin = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
});
afterAll(() => {
	host.closeAllConnections();
	host.close();
});

let removeTask = () => {};
beforeEach(() => {
	ranges.length = 0;
	let reads = 0;
	removeTask = setup.simulator.intercept(({ method, path }) => {
		if (method !== 'GET' || !path.includes('/tasks/')) return undefined;
		const content = { video_url: `${origin}/video-${++reads}.mp4` };
		return { status: 200, body: { status: 'succeeded', content } };
	});
});
afterEach(() => removeTask());

const whole: Answer = (_request, response) => {
	response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': video.length });
	response.end(video);
};
const other =
	(status: number, contentType: string, body: string | Buffer): Answer =>
	(_request, response) => {
		response.writeHead(status, { 'content-type': contentType }).end(body);
	};
/** The whole file or the range that was asked for, cut off after so many bytes. */
const cut =
	(bytes: number, takesRanges: boolean): Answer =>
	({ headers }, response) => {
		const from = takesRanges ? Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0) : 0;
		const isRange = takesRanges && headers.range !== undefined;
		response.writeHead(isRange ? 206 : 200, {
			'content-type': 'video/mp4',
			'content-length': video.length - from,
			etag: '"v1"',
			...(isRange ? { 'content-range': `bytes ${from}-${video.length - 1}/${video.length}` } : {}),
		});
		const part = video.subarray(from, from + bytes);
		if (from + bytes >= video.length) response.end(part);
		else response.write(part, () => setTimeout(() => response.destroy(), 2_000));
	};
/** The rest from an earlier place than the one that was asked for. */
const wrongRange: Answer = (_request, response) => {
	const rest = video.subarray(50_000);
	response.writeHead(206, {
		...{ 'content-type': 'video/mp4', 'content-length': rest.length },
		'content-range': `bytes 50000-${video.length - 1}/${video.length}`,
	});
	response.end(rest);
};
const drip: Answer = (_request, response) => {
	response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': video.length });
	let place = 0;
	const timer = setInterval(() => response.write(video.subarray(place, ++place)), 1_000);
	response.on('close', () => clearInterval(timer));
};

/** As many items, each with a prompt of its own. */
const rows = (count: number) => ({
	items: Array.from({ length: count }, (_, row) => ({ json: { prompt: `Row ${row}` } })),
});
const rowCreate = { ...quickCreate, prompt: '={{ $json.prompt }}' };

/** Stops a run after 20 s; returns the milliseconds until it has ended. */
async function msAfterStop(): Promise<number> {
	let stoppedAtMs: number | undefined;
	await setup.runVideo(quickCreate, {
		onStart: ({ stop }) =>
			void setTimeout(() => {
				stoppedAtMs = Date.now();
				stop();
			}, 20_000),
	});
	if (stoppedAtMs === undefined) throw new Error('The run ended before the stop');
	return Date.now() - stoppedAtMs;
}

async function runOne() {
	const execution = await setup.runVideo(quickCreate);
	const [item] = execution.items(videoNode);
	const binary = item?.binary?.['data'];
	return { json: item?.json, bytes: binary && (await setup.engine.readBinary(binary)) };
}

/** Bytes in n8n's storage, without what describes a file. */
function storedBytes(folder = join(userFolder, '.n8n', 'binaryData')): number {
	if (!existsSync(folder)) return 0;
	return readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.filter((path) => !path.endsWith('.metadata'))
		.map((path) => statSync(join(folder, path)))
		.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
}

test.each<[string, Answer]>([
	['a login page', other(200, 'text/html', '<html>Sign in</html>'.repeat(100))],
	['an error as XML', other(200, 'application/xml', '<Error><Code>AccessDenied</Code></Error>')],
	['an error as JSON', other(200, 'application/json; charset=utf-8', '{"error":"expired"}')],
	['no bytes', other(200, 'video/mp4', '')],
	['text that calls itself a video', other(200, 'video/mp4', 'Not found'.repeat(20))],
	['a page that begins as a video', other(200, 'text/html; charset=utf-8', video)],
	['a body that always breaks at once', cut(0, true)],
])(
	'%s with status 200 is no video: it is tried for two minutes, and nothing is stored',
	async (_, answer) => {
		answers = [answer];
		const before = storedBytes();
		const startedAtMs = Date.now();
		const { json, bytes } = await runOne();
		expect(json).toMatchObject({ status: 'succeeded', downloadFailure: expect.any(String) });
		expect(bytes).toBeUndefined();
		expect(ranges.length).toBeGreaterThan(4);
		expect(Date.now() - startedAtMs).toBeLessThan(200_000);
		expect(storedBytes()).toBe(before);
	},
);

test('a page instead of the video is not final', async () => {
	answers = [other(200, 'text/html', '<html>Busy</html>'), other(502, 'text/html', 'Bad'), whole];
	const { json, bytes } = await runOne();
	expect(json).not.toHaveProperty('downloadFailure');
	expect(bytes?.equals(video)).toBe(true);
});

test('a download that breaks is continued from where it ended, into one file', async () => {
	answers = [cut(100_000, true), cut(100_000, true), cut(300_000, true)];
	const before = storedBytes();
	const { bytes } = await runOne();
	expect(bytes?.equals(video)).toBe(true);
	expect(ranges).toEqual([undefined, 'bytes=100000-', 'bytes=200000-']);
	expect(storedBytes() - before).toBe(video.length);
});

test('where the host takes no ranges, the beginning is skipped, and there is one file', async () => {
	answers = [cut(100_000, false), cut(50_000, false), cut(300_000, false)];
	const before = storedBytes();
	const { bytes } = await runOne();
	expect(bytes?.equals(video)).toBe(true);
	expect(storedBytes() - before).toBe(video.length);
});

test('a host that is down for a minute does not cost the file', async () => {
	let downUntilMs = 0;
	answers = [
		(request, response) => {
			downUntilMs ||= Date.now() + 60_000;
			if (Date.now() < downUntilMs) other(503, 'text/plain', 'Down')(request, response);
			else whole(request, response);
		},
	];
	expect((await runOne()).bytes?.equals(video)).toBe(true);
});

describe('what a fresh URL can mend', () => {
	const away: Answer = (_request, response) =>
		void response.writeHead(302, { location: 'http://169.254.7.7/latest/meta-data/' }).end();
	const page = other(200, 'text/html', '<html>Sign in</html>');
	const refused = (status: number) => other(status, 'application/xml', '<Error/>');

	test.each<[string, Answer[]]>([
		['403', [refused(403)]],
		['404', [refused(404)]],
		['a redirect to an address inside', [away]],
		['a page, then 403', [page, refused(403)]],
		['403, then 404, then a redirect', [refused(403), refused(404), away]],
	])('after %s the task is read again', async (_, broken) => {
		answers = [...broken, whole];
		const { json, bytes } = await runOne();
		expect(bytes?.equals(video)).toBe(true);
		expect(json).not.toHaveProperty('downloadFailure');
		expect(setup.requests('GET', /\/tasks\/./)).toHaveLength(1 + broken.length);
	});

	test.each([202, 204, 404, 409, 423, 425])(
		'a host that answers %i for five seconds costs no file',
		async (status) => {
			let refusesUntilMs = 0;
			answers = [
				(request, response) => {
					refusesUntilMs ||= Date.now() + 5_000;
					if (Date.now() >= refusesUntilMs) return whole(request, response);
					response.writeHead(status, { 'content-type': 'text/plain' }).end();
				},
			];
			expect((await runOne()).bytes?.equals(video)).toBe(true);
		},
	);

	test.each<[string, Answer]>([
		['refused', refused(403)],
		['redirected to an address inside', away],
	])('a file that is %s for good is asked for with three fresh URLs', async (_, answer) => {
		answers = [answer];
		expect((await runOne()).json).toMatchObject({ downloadFailure: expect.any(String) });
		expect(ranges).toHaveLength(4);
	});

	test('a URL that stays the same is tried again three times', async () => {
		removeTask();
		const content = { video_url: `${origin}/video.mp4` };
		removeTask = setup.simulator.intercept(({ method, path }) =>
			method === 'GET' && path.includes('/tasks/')
				? { status: 200, body: { status: 'succeeded', content } }
				: undefined,
		);
		answers = [refused(403)];
		expect((await runOne()).json).toMatchObject({ downloadFailure: expect.any(String) });
		expect(ranges).toHaveLength(4);
	});
});

describe('what hosts say wrongly of a file', () => {
	/** All bytes, of which it says that there are more, or that they are others. */
	const lying =
		(headers: Record<string, string | number>): Answer =>
		(_request, response) => {
			response.writeHead(200, {
				...{ 'content-type': 'video/mp4', 'content-length': video.length, etag: '"v1"' },
				...headers,
			});
			response.write(video, () => setTimeout(() => response.destroy(), 2_000));
		};
	const longer = lying({ 'content-length': video.length + 1_000 });
	const nothingLeft: Answer = ({ headers }, response) => {
		if (headers.range === undefined) return whole({ headers } as IncomingMessage, response);
		response.writeHead(416, { 'content-range': `bytes */${video.length}` }).end();
	};
	const otherTag: Answer = (request, response) => {
		const writeHead = response.writeHead.bind(response);
		response.writeHead = ((status: number, headers: Record<string, unknown>) =>
			writeHead(status, { ...headers, etag: '"v2"' } as never)) as never;
		cut(300_000, true)(request, response);
	};

	test.each<[string, Answer[]]>([
		['a size that is too large, and no ranges', [longer, cut(300_000, false)]],
		['a size that is too large, and ranges', [longer, nothingLeft]],
		['a size that is too large twice', [longer, longer, cut(300_000, false)]],
		['another tag for the same bytes', [cut(100_000, true), otherTag]],
		['a range that was not asked for', [cut(100_000, true), wrongRange, whole]],
	])('%s: the file arrives, once', async (_, broken) => {
		answers = broken;
		const before = storedBytes();
		const { json, bytes } = await runOne();
		expect(json).not.toHaveProperty('downloadFailure');
		expect(bytes?.equals(video)).toBe(true);
		expect(storedBytes() - before).toBe(video.length);
	});

	test('a file that changes is stored anew from its beginning', async () => {
		const changed = Buffer.from(video);
		changed[50_000] = 1 + (changed[50_000] ?? 0);
		answers = [
			cut(100_000, false),
			(_request, response) => {
				response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': changed.length });
				response.end(changed);
			},
		];
		const { json, bytes } = await runOne();
		expect(json).not.toHaveProperty('downloadFailure');
		expect(bytes?.equals(changed)).toBe(true);
	});
});

describe('a storage of n8n that never answers', () => {
	const storage = () => Container.get(BinaryDataService);
	const never = async () => await new Promise<never>(() => {});
	/** The first three calls never settle. */
	function hang(method: 'store' | 'getMetadata') {
		const spy = jest.spyOn(storage(), method);
		for (let call = 0; call < 3; call++) spy.mockImplementationOnce(never);
	}
	afterEach(() => jest.restoreAllMocks());

	test.each(['store', 'getMetadata'] as const)(
		'%s: the item gets its failure, and the others their videos',
		async (method) => {
			answers = [whole];
			hang(method);
			const startedAtMs = Date.now();
			const execution = await setup.runVideo(rowCreate, rows(6));
			const items = execution.items(videoNode);
			const failed = items.filter(({ json }) => json['downloadFailure'] !== undefined);
			expect(failed).toHaveLength(3);
			expect(items.filter(({ binary }) => binary?.['data'] !== undefined)).toHaveLength(3);
			expect(Date.now() - startedAtMs).toBeLessThan(500_000);
			expect(ranges).toHaveLength(6);
		},
	);

	test('a stop ends it at once', async () => {
		answers = [whole];
		hang('store');
		expect(await msAfterStop()).toBeLessThan(10_000);
	});
});

test('three downloads that drip do not block the others, and end', async () => {
	answers = [drip, drip, drip, whole];
	const startedAtMs = Date.now();
	const execution = await setup.runVideo(rowCreate, rows(6));
	const items = execution.items(videoNode);
	expect(items.map(({ binary }) => binary?.['data'] !== undefined)).toEqual(items.map(() => true));
	expect(Date.now() - startedAtMs).toBeLessThan(200_000);
});

test('a file that never ends is given up after half an hour', async () => {
	answers = [
		(_request, response) => {
			response.writeHead(200, { 'content-type': 'video/mp4' });
			response.write(video);
			const timer = setInterval(() => response.write(Buffer.alloc(30_000)), 1_000);
			response.on('close', () => clearInterval(timer));
		},
	];
	// A hundred times as fast in all: a pause of this process of 300 ms would count as a break.
	const restoreFaster = speedUpTime(4);
	const startedAtMs = Date.now();
	const { json } = await runOne().finally(restoreFaster);
	expect(json).toMatchObject({ downloadFailure: expect.stringContaining('30 minutes') });
	expect(ranges).toHaveLength(1);
	expect(Date.now() - startedAtMs).toBeLessThan(2_400_000);
}, 60_000);

test('a download that drips for ever ends, and a stop ends it at once', async () => {
	answers = [drip];
	const startedAtMs = Date.now();
	const { json } = await runOne();
	expect(json).toMatchObject({ downloadFailure: expect.any(String) });
	expect(Date.now() - startedAtMs).toBeLessThan(400_000);
	expect(await msAfterStop()).toBeLessThan(10_000);
});
