import type { UnsentRequest, CreateRequest } from '../../api/createRequest';
import { fileProblem, longestAudioSeconds } from '../../api/mediaFile';
import {
	isField,
	mostBodyBytes,
	type MediaField,
	type MediaReference,
} from '../../api/mediaReference';
import type { Checked, Problem } from '../../api/problem';
import { toFailure } from '../../api/errors';
import { openInputFile, type InputFile } from '../../transport/inputFile';
import type { Session } from '../operation';
import { uploadFile } from '../asset/uploadFile';

/** The files of an item's request, each opened and found to be what its place needs. */
export type RequestFiles = ReadonlyMap<MediaField, InputFile>;

/** base64 makes four characters of three bytes. */
const base64Characters = (bytes: number) => Math.ceil(bytes / 3) * 4;

/** Opens the files that a request takes from the item and judges them; nothing is sent. */
export async function openRequestFiles(
	{ context, connection }: Session,
	request: UnsentRequest,
	itemIndex: number,
): Promise<Checked<RequestFiles>> {
	const files = new Map<MediaField, InputFile>();
	const problems: Problem[] = [];
	const uploads = connection.assets?.kind === 'powerTokens';
	const seconds =
		request.family?.series === '2.5' ? longestAudioSeconds.seedance25 : longestAudioSeconds.usual;
	let embeddedBytes = 0;
	for (const media of request.media) {
		if (!isField(media)) {
			if (media.url.startsWith('data:')) embeddedBytes += media.url.length;
			continue;
		}
		const { parameter, place, field, kind } = media;
		const refuse = (text: string) => problems.push({ parameter, text: `${place}${text}` });
		if (kind === 'video' && !uploads) {
			refuse(
				`is a file, and ${connection.provider.label} takes video as a URL or an asset only. Put the file where it has a public https: URL, or add it to the asset library.`,
			);
			continue;
		}
		try {
			const file = await openInputFile(context, itemIndex, field);
			const problem = fileProblem(file, kind, seconds);
			if (problem === undefined) files.set(media, file);
			else refuse(problem);
			if (!uploads) embeddedBytes += base64Characters(file.sizeBytes);
		} catch (error) {
			refuse(toFailure(error).message);
		}
	}
	if (embeddedBytes > mostBodyBytes) {
		const [first] = request.media.filter(isField);
		problems.push({
			parameter: first?.parameter ?? 'references',
			text: `makes a request of ${Math.ceil(embeddedBytes / 1024 / 1024)} MB, and a request holds at most 64 MB. Use URLs or assets.`,
		});
	}
	return problems.length > 0 ? { problems } : { value: files };
}

/** Uploads the files of a request where the provider has a library for them; this costs nothing, and a file is uploaded once in a run. */
export async function uploadMedia(session: Session, files: RequestFiles): Promise<void> {
	if (session.connection.assets?.kind !== 'powerTokens') return;
	for (const file of files.values()) await assetUriOf(session, file);
}

/** Brings the files of a request to where the provider can reach them: into PowerTokens' asset library, elsewhere into the request itself. */
export async function withReachableMedia(
	session: Session,
	request: UnsentRequest,
	files: RequestFiles,
): Promise<CreateRequest> {
	const media: MediaReference[] = [];
	for (const one of request.media) {
		if (!isField(one)) {
			media.push(one);
			continue;
		}
		const { kind, role } = one;
		const file = files.get(one);
		if (file === undefined) throw new TypeError(`${one.field} was not opened`);
		const url =
			session.connection.assets?.kind === 'powerTokens'
				? await assetUriOf(session, file)
				: await dataUrlOf(file);
		media.push({ kind, role, url });
	}
	return { ...request, media };
}

/** What a dry run shows in place of the files, which it neither uploads nor reads. */
export function withNamedMedia(request: UnsentRequest): CreateRequest {
	const media = request.media.map((one) =>
		isField(one)
			? { kind: one.kind, role: one.role, url: `(file in the input field "${one.field}")` }
			: one,
	);
	return { ...request, media };
}

async function assetUriOf(session: Session, file: InputFile): Promise<string> {
	const { assetUris, uploads } = session;
	const known = assetUris.get(file.identity);
	if (known !== undefined) return await known;
	const uploading = uploads(async () => await uploadFile(session, file)).catch((error: unknown) => {
		// The failure's id is that of the upload, and the item's `taskId` is a video's.
		const failure = toFailure(error);
		const { taskId: uploadTaskId, description } = failure;
		const id = uploadTaskId === undefined ? '' : ` Upload task: ${uploadTaskId}.`;
		throw failure.with({ taskId: undefined, description: description + id });
	});
	assetUris.set(file.identity, uploading);
	// A failed upload is not remembered: another item may try again.
	uploading.catch(() => assetUris.delete(file.identity));
	return await uploading;
}

async function dataUrlOf(file: InputFile): Promise<string> {
	const chunks: Uint8Array[] = [];
	for await (const chunk of await file.open()) chunks.push(chunk);
	return `data:${file.type?.mimeType};base64,${Buffer.concat(chunks).toString('base64')}`;
}
