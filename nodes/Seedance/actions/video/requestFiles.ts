import { identified, openInputFile, type InputFile } from '../../n8n/inputFile';
import { fileIssue, maxAudioSeconds } from '../../panel/fileIssues';
import { issue, type Issue, type Result } from '../../panel/issues';
import { bodySizeIssues } from '../../panel/media';
import {
	isField,
	isOfShot,
	type MediaField,
	type MediaOfShot,
	type MediaReference,
} from '../../seedance/media';
import type { LaterShot } from '../../tasks/shots';
import type { CreateRequest, UnsentRequest } from '../../seedance/request';
import type { Session } from '../session';
import { shotFile, shotUrl } from './shotFile';
import type { ShotPlace } from './storyGraph';

/** The files of an item's request, each opened and checked. */
export type RequestFiles = ReadonlyMap<MediaField, InputFile>;

/** base64 makes four characters of three bytes. */
const base64Characters = (bytes: number) => Math.ceil(bytes / 3) * 4;

function uploadsFiles({ connection }: Session): boolean {
	return connection.assets?.kind === 'powerTokens';
}

/** Opens and checks the files that a request takes from the item. */
export async function openRequestFiles(
	session: Session,
	request: UnsentRequest,
	itemIndex: number,
): Promise<Result<RequestFiles>> {
	const files = new Map<MediaField, InputFile>();
	const issues: Issue[] = [];
	const isEmbedding = !uploadsFiles(session);
	let embeddedBytes = 0;
	for (const media of request.media) {
		if (!isField(media)) {
			if ('url' in media && media.url.startsWith('data:')) embeddedBytes += media.url.length;
			continue;
		}
		const opened = await openFile(session, request, media, itemIndex);
		if (opened.issues !== undefined) {
			issues.push(...opened.issues.map((one) => ({ ...one, entry: media.entry })));
			continue;
		}
		files.set(media, opened.value);
		if (isEmbedding) embeddedBytes += base64Characters(opened.value.sizeBytes);
	}
	const parameter = request.media.find(isField)?.parameter ?? 'references';
	issues.push(...bodySizeIssues(parameter, embeddedBytes));
	return issues.length > 0 ? { issues } : { value: files };
}

async function openFile(
	session: Session,
	{ family }: UnsentRequest,
	{ parameter, field, kind }: MediaField,
	itemIndex: number,
): Promise<Result<InputFile>> {
	if (kind === 'video' && !uploadsFiles(session)) {
		const values = { provider: session.connection.provider.label };
		return { issues: [issue(parameter, 'videoFileNotAccepted', values)] };
	}
	const opened = await openInputFile(session, itemIndex, field, parameter);
	if (opened.issues !== undefined) return opened;
	const maxSeconds = family?.series === '2.5' ? maxAudioSeconds.seedance25 : maxAudioSeconds.usual;
	const wrong = fileIssue(parameter, opened.value, kind, maxSeconds);
	if (wrong !== undefined) return { issues: [wrong] };
	return await identified(opened.value, parameter, session.fileContents);
}

/** Waits for the shot that a request continues, and uploads its files where the provider has a library for them. This costs nothing, and a file is uploaded once in a run. */
export async function uploadMedia(
	session: Session,
	{ media }: Pick<UnsentRequest, 'media'>,
	files: RequestFiles,
	place: ShotPlace | undefined,
): Promise<void> {
	for (const one of media.filter(isOfShot)) {
		const later = laterShot(one, place);
		await session.shots.taskBefore(later);
		if (uploadsFiles(session)) await session.assets.uriOf(await shotFile(session, later, one));
	}
	if (!uploadsFiles(session)) return;
	for (const file of files.values()) await session.assets.uriOf(file);
}

/** The shot that has this file of the shot before it. */
function laterShot({ shotOfItem }: MediaOfShot, place: ShotPlace | undefined): LaterShot {
	const { story = '', shot = 0 } = place ?? {};
	return { story, shot, previous: shotOfItem };
}

/** The request with files that the provider can reach: in the asset library of PowerTokens, elsewhere embedded. */
export async function withReachableMedia(
	session: Session,
	request: UnsentRequest,
	files: RequestFiles,
	place: ShotPlace | undefined,
): Promise<CreateRequest> {
	const media: MediaReference[] = [];
	for (const one of request.media) {
		if (isOfShot(one)) {
			const { kind, role } = one;
			const later = laterShot(one, place);
			const url = uploadsFiles(session)
				? await session.assets.uriOf(await shotFile(session, later, one))
				: await shotUrl(session, later, one);
			media.push({ kind, role, url });
			continue;
		}
		if (!isField(one)) {
			media.push(one);
			continue;
		}
		const { kind, role } = one;
		const file = files.get(one);
		if (file === undefined) throw new TypeError(`${one.field} was not opened`);
		const url = uploadsFiles(session) ? await session.assets.uriOf(file) : await dataUrlOf(file);
		media.push({ kind, role, url });
	}
	return { ...request, media };
}

/** The request with the names of files in their place, for showing and comparing. */
export function withNamedMedia(request: UnsentRequest): CreateRequest {
	const media = request.media.map((one) =>
		'url' in one ? one : { kind: one.kind, role: one.role, url: `(${nameOf(one)})` },
	);
	return { ...request, media };
}

/** A shot is named without its place or its URL: both may be others in a later try. */
function nameOf(media: MediaField | MediaOfShot): string {
	if (isField(media)) return `file in the input field "${media.field}"`;
	return media.kind === 'video' ? 'video of the shot before' : 'last frame of the shot before';
}

async function dataUrlOf(file: InputFile): Promise<string> {
	const chunks: Uint8Array[] = [];
	for await (const chunk of await file.open()) chunks.push(chunk);
	return `data:${file.type?.mimeType};base64,${Buffer.concat(chunks).toString('base64')}`;
}
