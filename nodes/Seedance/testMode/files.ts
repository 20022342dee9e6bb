import type { IN8nHttpFullResponse } from 'n8n-workflow';
import { createHash } from 'crypto';
import { brokenConnection, type TestRequest } from './answer';
import { clipFor, type Clip } from './clips';
import { endingOf } from './magicPrompts';
import { findTask, statusOf } from './taskList';
import type { TaskMemory } from './taskMemory';

const chunkBytes = 4_096;

const contentTypes: Readonly<Record<string, { type: string; file: keyof Clip }>> = {
	mp4: { type: 'video/mp4', file: 'video' },
	mov: { type: 'video/quicktime', file: 'video' },
	png: { type: 'image/png', file: 'lastFrame' },
};

/** The bytes of an answer as they come. */
class TestBody implements AsyncIterable<Uint8Array> {
	private isDestroyed = false;

	constructor(
		private readonly bytes: Uint8Array,
		/** How many bytes come before the connection breaks. */
		private readonly breaksAfter = Infinity,
	) {}

	/** What n8n's storage takes: a node may not import the module of streams, and the clips are small. */
	static async from(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
		const chunks: Uint8Array[] = [];
		for await (const chunk of bytes) chunks.push(chunk);
		return Buffer.concat(chunks);
	}

	destroy(): void {
		this.isDestroyed = true;
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
		for (let first = 0; first < this.bytes.length; first += chunkBytes) {
			const end = Math.min(first + chunkBytes, this.bytes.length, this.breaksAfter);
			if (this.isDestroyed || end <= first) throw brokenConnection();
			yield this.bytes.subarray(first, end);
		}
		if (this.bytes.length > this.breaksAfter) throw brokenConnection();
	}
}

/** The file that a URL of a task leads to, whole or from the byte that is asked for. Source: RFC 9110, section 14 (ranges). */
export async function answerWithFile(
	{ url, headers, nowMs }: TestRequest,
	memory: TaskMemory,
): Promise<IN8nHttpFullResponse> {
	const [, id = '', extension = ''] = /^\/(.+)\.(mp4|mov|png)$/.exec(url.pathname) ?? [];
	const task = findTask(id, memory, nowMs);
	const ending = task && endingOf(task.endingId);
	const content = contentTypes[extension];
	const isThere = task !== undefined && statusOf(task, memory, nowMs) === 'succeeded';
	const fault = ending?.status === 'succeeded' ? ending.file : 'missing';
	if (!isThere || content === undefined || fault === 'missing') return noFile();

	const whole = (await clipFor(task.ratio))[content.file];
	const [, from] = /^bytes=(\d+)-$/.exec(String(headers['Range'])) ?? [];
	const first = Number(from ?? 0);
	const isPart = from !== undefined && first < whole.length;
	const bytes = isPart ? whole.subarray(first) : whole;
	const breaks = fault === 'breaks' || (fault === 'breaksOnce' && from === undefined);
	const breaksAfter = breaks ? (isPart ? 0 : Math.floor(whole.length / 2)) : Infinity;
	return {
		statusCode: isPart ? 206 : 200,
		headers: {
			'content-type': content.type,
			'content-length': String(bytes.length),
			etag: `"${createHash('sha256').update(whole).digest('hex').slice(0, 16)}"`,
			...(isPart ? { 'content-range': `bytes ${first}-${whole.length - 1}/${whole.length}` } : {}),
		},
		body: new TestBody(bytes, breaksAfter) as unknown as IN8nHttpFullResponse['body'],
	};
}

function noFile(): IN8nHttpFullResponse {
	const body = new TestBody(Buffer.from('{"Code":"NoSuchKey"}'));
	return {
		statusCode: 404,
		headers: { 'content-type': 'application/json' },
		body: body as unknown as IN8nHttpFullResponse['body'],
	};
}
