import type { IExecuteFunctions } from 'n8n-workflow';
import type { FileType } from '../seedance/fileType';
import type { Clock } from './clock';
import { partOf } from './filePart';
import { FileTransfer, type RemoteFile } from './fileTransfer';
import type { InputFile } from './inputFile';
import type { Semaphore } from './semaphore';

/** What is known of a file before it is fetched. */
interface KnownFile {
	readonly type: FileType;
	readonly fileName: string;
	/** Equal for the same file. */
	readonly identity: string;
}

/** A file at the provider as one that can be uploaded: streamed from the one to the other, and fetched anew each time it is opened. Throws a SeedanceFailure. */
export async function openRemoteInput(
	context: Pick<IExecuteFunctions, 'helpers'>,
	clock: Clock,
	permits: Semaphore,
	remote: RemoteFile,
	{ type, fileName, identity }: KnownFile,
): Promise<InputFile> {
	const begin = async () => {
		const transfer = new FileTransfer(context, clock, permits, remote);
		return { transfer, answer: await transfer.begin() };
	};
	const first = await begin();
	// The form that is sent says how long the file is.
	const sizeBytes = partOf(first.answer).totalBytes;
	if (sizeBytes === undefined) return await held(first.transfer, { type, fileName, identity });
	let opened: FileTransfer | undefined = first.transfer;
	return {
		...{ field: '', fileName, type, sizeBytes, identity },
		...{ head: new Uint8Array(), videoSeconds: undefined },
		async open() {
			const transfer = opened ?? (await begin()).transfer;
			opened = undefined;
			return transfer.bytes();
		},
	};
}

/** A file whose host does not say how long it is. */
async function held(transfer: FileTransfer, known: KnownFile): Promise<InputFile> {
	const chunks: Uint8Array[] = [];
	for await (const chunk of transfer.bytes()) chunks.push(chunk);
	const bytes = Buffer.concat(chunks);
	return {
		...known,
		...{ field: '', head: new Uint8Array(), videoSeconds: undefined, sizeBytes: bytes.length },
		open: async () =>
			await Promise.resolve(
				(async function* () {
					yield bytes;
				})(),
			),
	};
}
