import type { IBinaryData, INodeExecutionData } from 'n8n-workflow';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
	identified,
	openInputFile,
	type FileIdentities,
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
	const identities: FileIdentities = new Map();
	async function identityOf(itemIndex: number) {
		const opened = await openInputFile(context, itemIndex, 'data', 'firstFrame');
		if (opened.issues !== undefined) return opened.issues;
		const { value, issues } = await identified(opened.value, 'firstFrame', identities);
		return value?.identity ?? issues;
	}
	return { given, identityOf };
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
