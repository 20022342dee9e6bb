import { randomBytes } from 'node:crypto';

import type { GoogleAccount } from './googleAccount';
import type { OutsideAnswer, OutsideHost, OutsideRequest } from './outsideHosts';
import { refusal, ResumableUploads } from './resumableUploads';

/** What an upload says about its video: the body of its first request. */
export interface YouTubeMetadata {
	readonly snippet?: Readonly<Record<string, unknown>>;
	readonly status?: Readonly<Record<string, unknown>>;
	readonly recordingDetails?: Readonly<Record<string, unknown>>;
}

/** A video of the channel. */
export interface YouTubeVideo {
	readonly id: string;
	readonly metadata: YouTubeMetadata;
	/** The query of the request that began the upload. */
	readonly query: Readonly<Record<string, string>>;
	/** What that request said about the file. */
	readonly announced: { readonly mimeType: string; readonly bytes: number };
	readonly bytes: Buffer;
}

type Begun = Omit<YouTubeVideo, 'id' | 'bytes'>;

const uploadPath = '/upload/youtube/v3/videos';
const maxTitleCharacters = 100;

/** Google's YouTube Data API, as far as n8n's node goes to upload a video: videos.insert by resumable upload. */
export class YouTube implements OutsideHost {
	readonly hostnames = ['www.googleapis.com'];
	/** The videos of the channel, oldest first. */
	readonly videos: YouTubeVideo[] = [];
	/** Uploads that the quota of the project still allows. */
	uploadsLeft = Number.POSITIVE_INFINITY;
	private readonly uploads = new ResumableUploads<Begun>(uploadPath);

	constructor(private readonly account: GoogleAccount) {}

	answer(request: OutsideRequest): OutsideAnswer {
		if (this.uploads.isChunk(request)) return this.takeChunk(request);
		const refused = this.account.refusalOf(request, 'youtube.upload');
		if (refused !== undefined) return refused;
		const { method, url } = request;
		if (method === 'POST' && url.pathname === uploadPath) return this.begin(request);
		return refusal(404, 'Not Found');
	}

	private begin({ url, headers, body }: OutsideRequest): OutsideAnswer {
		if (this.uploadsLeft === 0) {
			return refusal(403, 'The request cannot be completed because you have exceeded your quota.');
		}
		const query = Object.fromEntries(url.searchParams);
		if (query['uploadType'] !== 'resumable') return refusal(400, 'Unknown uploadType');
		const metadata = JSON.parse(body.toString('utf8')) as YouTubeMetadata;
		const title = metadata.snippet?.['title'];
		if (typeof title !== 'string' || title === '' || title.length > maxTitleCharacters) {
			return refusal(400, 'The request metadata specifies an invalid or empty video title.');
		}
		this.uploadsLeft -= 1;
		const mimeType = headers['x-upload-content-type'] ?? '';
		const bytes = Number(headers['x-upload-content-length']);
		return this.uploads.open({ metadata, query, announced: { mimeType, bytes } });
	}

	private takeChunk(request: OutsideRequest): OutsideAnswer {
		const taken = this.uploads.takeChunk(request);
		if ('status' in taken) return taken;
		const id = randomBytes(8).toString('base64url');
		this.videos.push({ id, ...taken.metadata, bytes: taken.bytes });
		return { status: 200, body: { kind: 'youtube#video', id, ...taken.metadata.metadata } };
	}
}
