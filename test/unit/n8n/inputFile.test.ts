import type { IBinaryData, INodeExecutionData } from 'n8n-workflow';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
	identified,
	openInputFile,
	type FileContents,
} from '../../../nodes/Seedance/n8n/inputFile';
import { endingOf, FakeClock, flush } from '../fakeClock';

type FileContext = Parameters<typeof openInputFile>[0]['context'];

const bytes = Buffer.alloc(300_000, 'kitten');
const sha256 = createHash('sha256').update(bytes).digest('hex');

/** Items with these files, and n8n's storage, in which every ID has the same bytes. */
function storage(...files: ReadonlyArray<Partial<IBinaryData>>) {
	const given = {
		reads: [] as string[],
		failure: undefined as Error | undefined,
		/** What of the storage never answers. */
		hangs: undefined as 'open' | 'first bytes' | 'other bytes' | 'size' | undefined,
	};
	const clock = new FakeClock();
	const unlessHangs = async (what: typeof given.hangs) =>
		given.hangs === what ? await new Promise<never>(() => {}) : undefined;
	async function* chunks(id: string) {
		await unlessHangs('first bytes');
		for (let from = 0; from < bytes.length; from += 65_536) {
			if (given.failure !== undefined && from > 0) throw given.failure;
			if (from > 0) await unlessHangs('other bytes');
			yield bytes.subarray(from, from + 65_536);
		}
		given.reads.push(id);
	}
	const items: INodeExecutionData[] = files.map((file) => ({
		json: {},
		binary: { data: { data: '', mimeType: 'image/png', ...file } },
	}));
	const helpers: Partial<FileContext['helpers']> = {
		async getBinaryStream(id) {
			await unlessHangs('open');
			return Readable.from(chunks(id));
		},
		async getBinaryMetadata() {
			await unlessHangs('size');
			return { fileSize: bytes.length };
		},
	};
	const context = { getInputData: () => items, helpers } as FileContext;
	const contents: FileContents = new Map();
	async function contentOf(itemIndex: number) {
		const opened = await openInputFile({ context, clock }, itemIndex, 'data', 'firstFrame');
		if (opened.issues !== undefined) return opened;
		return await identified(opened.value, 'firstFrame', contents);
	}
	async function identityOf(itemIndex: number) {
		const { value, issues } = await contentOf(itemIndex);
		return value?.identity ?? issues;
	}
	return { given, clock, contentOf, identityOf };
}

test('the identity is the SHA-256 of the bytes, wherever n8n has the file', async () => {
	const { identityOf } = storage(
		{ id: 'filesystem-v2:one' },
		{ id: 'database:two' },
		{ data: bytes.toString('base64') },
	);
	expect([await identityOf(0), await identityOf(1), await identityOf(2)]).toEqual([
		...[sha256, sha256, sha256],
	]);
});

test('a stored file is read whole once in a run', async () => {
	const { given, identityOf } = storage({ id: 'one' }, { id: 'one' }, { id: 'two' });
	await Promise.all([0, 1, 2].map(identityOf));
	expect(given.reads).toEqual(['one', 'two']);
});

test('a file that cannot be read to its end is an issue of the field that names it', async () => {
	const { given, identityOf } = storage({ id: 'one' });
	given.failure = new Error('The disk is gone');
	expect(await identityOf(0)).toEqual([
		expect.objectContaining({
			...{ parameter: 'firstFrame', code: 'fileNotReadable' },
			values: { message: 'The disk is gone' },
		}),
	]);
});

test.each(['open', 'first bytes', 'other bytes', 'size'] as const)(
	'a storage that never answers (%s) is an issue of the field that names the file',
	async (hangs) => {
		const { given, clock, identityOf } = storage({ id: 'one' });
		given.hangs = hangs;
		const ending = endingOf(clock, identityOf(0));
		await clock.advance(600_000);
		expect(ending.value).toEqual([
			expect.objectContaining({ parameter: 'firstFrame', code: 'fileReadTimedOut' }),
		]);
		expect(ending.atMs).toBe(180_000);
	},
);

test('a stop ends the wait for a storage that never answers', async () => {
	const { given, clock, identityOf } = storage({ id: 'one' });
	given.hangs = 'other bytes';
	const ending = endingOf(clock, identityOf(0));
	await clock.advance(5_000);
	clock.stop();
	await flush();
	expect(ending).toMatchObject({ failure: { kind: 'stopped' }, atMs: 5_000 });
});

test('the length of a video is read with its identity', async () => {
	const folder = join(__dirname, '../seedance/videos');
	const dataOf = (name: string) => readFileSync(join(folder, name)).toString('base64');
	const image = bytes.toString('base64');
	const { contentOf } = storage(
		...[dataOf('last.mp4'), dataOf('last.mov'), dataOf('fragmented.mp4'), image].map((data) => ({
			data,
		})),
	);
	const lengths = [0, 1, 2, 3].map(async (item) => (await contentOf(item)).value?.videoSeconds);
	expect(await Promise.all(lengths)).toEqual([7.4, 4, undefined, undefined]);
});
