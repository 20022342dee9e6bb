import { randomBytes } from 'node:crypto';

import type { OutsideAnswer, OutsideHost, OutsideRequest } from './outsideHosts';

/** A file that was posted into a channel. */
export interface SlackPost {
	readonly channelId: string;
	readonly comment: string;
	readonly title: string;
	readonly fileName: string;
	readonly bytes: Buffer;
}

/** A message that was posted into a channel: the whole body of its request. */
export type SlackMessage = Readonly<Record<string, unknown>>;

interface PendingFile {
	readonly fileName: string;
	readonly length: number;
	bytes: Buffer | undefined;
}

interface Completion {
	readonly files: ReadonlyArray<{ readonly id: string; readonly title: string }>;
	readonly channel_id: string;
	readonly initial_comment: string;
}

/** Slack's Web API, as far as n8n's node goes to post a message (chat.postMessage) and to upload a file: getUploadURLExternal, the upload, completeUploadExternal. Source: docs.slack.dev, Working with files; chat.postMessage. */
export class Slack implements OutsideHost {
	readonly hostnames = ['slack.com', 'files.slack.com'];
	readonly accessToken = 'xoxb-test-token';
	/** The files that channels show, oldest first. */
	readonly posts: SlackPost[] = [];
	/** The messages without a file that channels show, oldest first. */
	readonly messages: SlackMessage[] = [];
	private readonly pending = new Map<string, PendingFile>();

	async answer(request: OutsideRequest): Promise<OutsideAnswer> {
		const { method, url, headers } = request;
		const call = `${method} ${url.host}${url.pathname}`;
		if (call.startsWith('POST files.slack.com/upload/v1/')) return await this.takeFile(request);
		if (headers['authorization'] !== `Bearer ${this.accessToken}`) return refusal('invalid_auth');
		if (call === 'GET slack.com/api/files.getUploadURLExternal') return this.open(url.searchParams);
		if (call === 'POST slack.com/api/files.completeUploadExternal') return this.complete(request);
		if (call === 'POST slack.com/api/chat.postMessage') return this.takeMessage(request);
		return refusal('unknown_method');
	}

	private takeMessage({ body }: OutsideRequest): OutsideAnswer {
		const message = JSON.parse(body.toString('utf8')) as SlackMessage;
		const { channel, text } = message;
		if (typeof channel !== 'string' || channel === '') return refusal('channel_not_found');
		if (typeof text !== 'string' || text === '') return refusal('no_text');
		this.messages.push(message);
		return { status: 200, body: { ok: true, channel, ts: `${this.messages.length}.000000` } };
	}

	private open(query: URLSearchParams): OutsideAnswer {
		const id = `F${randomBytes(5).toString('hex').toUpperCase()}`;
		const fileName = query.get('filename') ?? '';
		const length = Number(query.get('length') ?? 0);
		if (fileName === '' || !(length > 0)) return refusal('invalid_arguments');
		this.pending.set(id, { fileName, length, bytes: undefined });
		const upload_url = `https://files.slack.com/upload/v1/${id}`;
		return { status: 200, body: { ok: true, upload_url, file_id: id } };
	}

	private async takeFile({ url, headers, body }: OutsideRequest): Promise<OutsideAnswer> {
		const file = this.pending.get(url.pathname.split('/').at(-1) ?? '');
		if (file === undefined) return { status: 404, body: 'not found' };
		const form = await new Response(body, {
			headers: { 'content-type': headers['content-type'] ?? '' },
		}).formData();
		const sent = [...form.values()].find((value) => typeof value !== 'string');
		const bytes = Buffer.from((await sent?.arrayBuffer()) ?? new ArrayBuffer(0));
		if (bytes.length !== file.length) return { status: 400, body: 'length mismatch' };
		file.bytes = bytes;
		return { status: 200, body: `OK - ${bytes.length}` };
	}

	private complete({ body }: OutsideRequest): OutsideAnswer {
		const completion = JSON.parse(body.toString('utf8')) as Completion;
		const { files, channel_id: channelId, initial_comment: comment } = completion;
		for (const { id, title } of files) {
			const file = this.pending.get(id);
			if (file?.bytes === undefined) return refusal('file_not_found');
			this.posts.push({ channelId, comment, title, fileName: file.fileName, bytes: file.bytes });
			this.pending.delete(id);
		}
		return { status: 200, body: { ok: true, files } };
	}
}

/** Slack refuses with HTTP 200. */
function refusal(error: string): OutsideAnswer {
	return { status: 200, body: { ok: false, error } };
}
