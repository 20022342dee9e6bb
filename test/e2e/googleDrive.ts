import { randomBytes } from 'node:crypto';
import { once } from 'node:events';

import { Dicer } from '@fastify/busboy';

import type { GoogleAccount } from './googleAccount';
import type { OutsideAnswer, OutsideHost, OutsideRequest } from './outsideHosts';
import { refusal, ResumableUploads } from './resumableUploads';

/** A file in Google Drive. */
export interface DriveFile {
	readonly id: string;
	readonly name: string;
	readonly mimeType: string;
	readonly parents: readonly string[];
	readonly bytes: Buffer;
}

interface Metadata {
	readonly name?: string;
	readonly mimeType?: string;
	readonly parents?: readonly string[];
}

const filesPath = '/drive/v3/files';
const uploadPath = '/upload/drive/v3/files';

/** Google's Drive API, as far as n8n's node for it goes: files.list, files.get, files.create by multipart and by resumable upload, files.update of metadata. */
export class GoogleDrive implements OutsideHost {
	readonly hostnames = ['www.googleapis.com'];
	private readonly stored = new Map<string, DriveFile>();
	private readonly uploads = new ResumableUploads<Metadata>(uploadPath);

	constructor(private readonly account: GoogleAccount) {}

	/** Every file, in the order in which they came. */
	get files(): DriveFile[] {
		return [...this.stored.values()];
	}

	/** Stores a file as a user would. Returns its ID. */
	add(file: Omit<DriveFile, 'id'>): string {
		const id = randomBytes(16).toString('base64url');
		this.stored.set(id, { id, ...file });
		return id;
	}

	async answer(request: OutsideRequest): Promise<OutsideAnswer> {
		const { method, url } = request;
		if (this.uploads.isChunk(request)) return this.takeChunk(request);
		const refused = this.account.refusalOf(request, 'drive');
		if (refused !== undefined) return refused;
		if (method === 'POST' && url.pathname === uploadPath) return await this.create(request);
		if (method === 'GET' && url.pathname === filesPath) return this.list(url.searchParams);
		const file = this.stored.get(url.pathname.replace(`${filesPath}/`, ''));
		if (file === undefined) return refusal(404, 'File not found');
		if (method === 'GET') return read(file, url.searchParams);
		if (method === 'PATCH') return this.update(file, request);
		return refusal(405, 'Method not allowed');
	}

	private list(query: URLSearchParams): OutsideAnswer {
		const conditions = (query.get('q') ?? '').split(' and ').map(toCondition);
		const fields = /files\((.+)\)/.exec(query.get('fields') ?? '')?.[1]?.split(/, */) ?? [];
		if (conditions.includes(undefined)) return refusal(400, 'Invalid value for q');
		const files = this.files
			.filter((file) => conditions.every((holds) => holds?.(file)))
			.map((file) =>
				Object.fromEntries(Object.entries(file).filter(([name]) => fields.includes(name))),
			);
		return { status: 200, body: { files } };
	}

	private async create(request: OutsideRequest): Promise<OutsideAnswer> {
		const uploadType = request.url.searchParams.get('uploadType');
		if (uploadType === 'multipart') return await this.createFromParts(request);
		if (uploadType !== 'resumable') return refusal(400, 'Unknown uploadType');
		return this.uploads.open(JSON.parse(request.body.toString('utf8')) as Metadata);
	}

	private async createFromParts({ headers, body }: OutsideRequest): Promise<OutsideAnswer> {
		const [, boundary] =
			/^multipart\/related; boundary=(.+)$/.exec(headers['content-type'] ?? '') ?? [];
		if (boundary === undefined) return refusal(400, 'Malformed multipart body.');
		const [first, second] = await readParts(body, boundary);
		if (first === undefined || second === undefined)
			return refusal(400, 'Malformed multipart body.');
		const metadata = JSON.parse(Buffer.concat(first.pieces).toString('utf8')) as Metadata;
		return this.finish(
			{ mimeType: second.contentType ?? '', ...metadata },
			Buffer.concat(second.pieces),
		);
	}

	private takeChunk(request: OutsideRequest): OutsideAnswer {
		const taken = this.uploads.takeChunk(request);
		return 'status' in taken ? taken : this.finish(taken.metadata, taken.bytes);
	}

	private finish(metadata: Metadata, bytes: Buffer): OutsideAnswer {
		const {
			name = 'Untitled',
			mimeType = 'application/octet-stream',
			parents = ['root'],
		} = metadata;
		const id = this.add({ name, mimeType, parents, bytes });
		return { status: 200, body: { kind: 'drive#file', id, name, mimeType } };
	}

	private update(file: DriveFile, { body }: OutsideRequest): OutsideAnswer {
		const { name = file.name, mimeType = file.mimeType } = JSON.parse(
			body.toString('utf8'),
		) as Metadata;
		this.stored.set(file.id, { ...file, name, mimeType });
		const { id, parents } = file;
		const webViewLink = `https://drive.google.com/file/d/${id}/view?usp=drivesdk`;
		return { status: 200, body: { kind: 'drive#file', id, name, mimeType, parents, webViewLink } };
	}
}

interface Part {
	contentType: string | undefined;
	readonly pieces: Buffer[];
}

/** Reads the parts of a multipart/related body, which have no names. */
async function readParts(body: Buffer, boundary: string): Promise<Part[]> {
	const parts: Part[] = [];
	const reader = new Dicer({ boundary });
	reader.on('part', (stream) => {
		const part: Part = { contentType: undefined, pieces: [] };
		parts.push(part);
		stream.on('header', (header: Readonly<Record<string, string[]>>) => {
			part.contentType = header['content-type']?.[0];
		});
		stream.on('data', (piece) => part.pieces.push(Buffer.from(piece)));
	});
	const read = once(reader, 'finish');
	reader.end(body);
	await read;
	return parts;
}

function read(file: DriveFile, query: URLSearchParams): OutsideAnswer {
	const { id, name, mimeType, bytes } = file;
	if (query.get('alt') !== 'media') return { status: 200, body: { id, name, mimeType } };
	return { status: 200, headers: { 'content-type': mimeType }, body: bytes };
}

/** Converts a term of a search query to a test of a file. Undefined for an unknown term. */
function toCondition(term: string): ((file: DriveFile) => boolean) | undefined {
	const [, folder] = /^'(.+)' in parents$/.exec(term) ?? [];
	if (folder !== undefined) return ({ parents }) => parents.includes(folder);
	const [, type] = /^mimeType contains '(.+)'$/.exec(term) ?? [];
	if (type !== undefined) return ({ mimeType }) => mimeType.startsWith(type);
	return term === 'trashed = false' ? () => true : undefined;
}
