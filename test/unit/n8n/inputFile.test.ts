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

type FileContext = Parameters<typeof openInputFile>[0];

const bytes = Buffer.alloc(300_000, 'kitten');
const sha256 = createHash('sha256').update(bytes).digest('hex');

/** Items with these files, and n8n's storage, in which every ID has the same bytes. */
function storage(...files: ReadonlyArray<Partial<IBinaryData>>) {
	const given = { reads: [] as string[], failure: undefined as Error | undefined };
	async function* chunks(id: string) {
		for (let from = 0; from < bytes.length; from += 65_536) {
			if (given.failure !== undefined && from > 0) throw given.failure;
			yield bytes.subarray(from, from + 65_536);
		}
		given.reads.push(id);
	}
	const items: INodeExecutionData[] = files.map((file) => ({
		json: {},
		binary: { data: { data: '', mimeType: 'image/png', ...file } },
	}));
	const helpers: Partial<FileContext['helpers']> = {
		getBinaryStream: async (id) => Readable.from(chunks(id)),
		getBinaryMetadata: async () => ({ fileSize: bytes.length }),
	};
	const context = { getInputData: () => items, helpers } as FileContext;
	const contents: FileContents = new Map();
	async function contentOf(itemIndex: number) {
		const opened = await openInputFile(context, itemIndex, 'data', 'firstFrame');
		if (opened.issues !== undefined) return opened;
		return await identified(opened.value, 'firstFrame', contents);
	}
	async function identityOf(itemIndex: number) {
		const { value, issues } = await contentOf(itemIndex);
		return value?.identity ?? issues;
	}
	return { given, contentOf, identityOf };
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
