import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { MediaFiles } from './mediaFiles';
import type { UrlSigner } from './signedUrls';

/** What the file routes need: the signer of their URLs, the files and the time in milliseconds. */
export interface FileRoutesContext {
	readonly signer: UrlSigner;
	readonly media: MediaFiles;
	readonly now: () => number;
}

/** Adds the object storage that signed URLs lead to. Source: Volcengine Ark CLI (GET only, no Authorization, query as issued). */
export function addFileRoutes(server: FastifyInstance, context: FileRoutesContext): void {
	server.route<{ Params: { fileName: string } }>({
		method: ['GET', 'HEAD'],
		url: '/tos/:bucket/:fileName',
		handler: async (request, reply) => {
			// Source: Volcengine TOS (two ways of authorisation in one request are refused).
			if (request.headers.authorization !== undefined) {
				return await refuse(
					request,
					reply,
					400,
					'InvalidArgument',
					'Only one auth mechanism allowed',
				);
			}
			const [path = '', rawQuery = ''] = request.url.split(/\?(.*)/s);
			const verdict = context.signer.check(request.method, path, rawQuery, context.now());
			if (verdict === 'mismatch') {
				const message = 'The signature does not match method, path and query of the request';
				return await refuse(request, reply, 403, 'SignatureDoesNotMatch', message);
			}
			if (verdict === 'expired') {
				return await refuse(request, reply, 403, 'AccessDenied', 'The signed URL has expired');
			}
			const file = await context.media.find(request.params.fileName);
			if (file === undefined) {
				return await refuse(request, reply, 404, 'NoSuchKey', 'The file does not exist');
			}
			reply.header('accept-ranges', 'bytes').header('etag', file.etag);
			const range = readRange(request.headers.range, file.sizeBytes);
			if (range === 'outside') {
				reply.header('content-range', `bytes */${file.sizeBytes}`);
				return await refuse(request, reply, 416, 'InvalidRange', 'The range cannot be satisfied');
			}
			const { first, last } = range === 'whole' ? { first: 0, last: file.sizeBytes - 1 } : range;
			if (range !== 'whole') {
				reply.code(206).header('content-range', `bytes ${first}-${last}/${file.sizeBytes}`);
			}
			return await reply
				.type(file.contentType)
				.header('content-length', last + 1 - first)
				.send(file.read(first, last + 1));
		},
	});
}

async function refuse(
	request: FastifyRequest,
	reply: FastifyReply,
	status: number,
	code: string,
	message: string,
) {
	return await reply
		.code(status)
		.send({ Code: code, RequestId: request.id, HostId: 'simulator', Message: message });
}

type Range = 'whole' | 'outside' | { readonly first: number; readonly last: number };

/** Source: RFC 9110, section 14 (a range that is not understood is ignored). */
function readRange(header: string | undefined, size: number): Range {
	const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
	if (from === undefined || to === undefined || (from === '' && to === '')) return 'whole';
	if (from === '') {
		const length = Math.min(Number(to), size);
		return length === 0 ? 'outside' : { first: size - length, last: size - 1 };
	}
	const first = Number(from);
	const last = to === '' ? size - 1 : Math.min(Number(to), size - 1);
	if (to !== '' && Number(to) < first) return 'whole';
	return first >= size ? 'outside' : { first, last };
}
