import type { ServerResponse } from 'node:http';
import { dripInto, hang, page, refusal, type Answer } from './exchange';
import type { DownloadFault } from './faults';
import { videoOf, type ProviderTask } from './providerTasks';

/** Nobody is there, and in a cloud the machine's credentials would be. */
const linkLocalUrl = 'http://169.254.7.7/latest/meta-data/';

interface Download {
	readonly fault: DownloadFault | undefined;
	/** The number of the URL. */
	readonly issued: number;
	readonly takesRanges: boolean;
}

/** The answer of the file host. */
export function answerDownload(
	task: ProviderTask,
	{ fault, issued, takesRanges }: Download,
): Answer {
	if (fault === 'forbiddenUntilRenewed' || fault === 'notFoundUntilRenewed') {
		task.expiredUpTo = issued;
		return refusal(fault === 'forbiddenUntilRenewed' ? 403 : 404, 'AccessDenied');
	}
	if (issued <= task.expiredUpTo) return refusal(403, 'AccessDenied');
	const video = videoOf(task);
	return fault === undefined ? whole(video, takesRanges) : broken(video)[fault];
}

function whole(video: Buffer, takesRanges: boolean): Answer {
	return ({ request, response }) => {
		const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
		if (!takesRanges || from === undefined) {
			response.writeHead(200, videoHeaders(video.length)).end(video);
			return;
		}
		const rest = video.subarray(Number(from));
		if (rest.length === 0) {
			response.writeHead(416, { 'content-range': `bytes */${video.length}` }).end();
			return;
		}
		const range = `bytes ${from}-${video.length - 1}/${video.length}`;
		response.writeHead(206, { ...videoHeaders(rest.length), 'content-range': range }).end(rest);
	};
}

function broken(
	video: Buffer,
): Readonly<
	Record<Exclude<DownloadFault, 'forbiddenUntilRenewed' | 'notFoundUntilRenewed'>, Answer>
> {
	const half = video.subarray(0, video.length / 2);
	return {
		...{ hang, page: page(200), pageAsVideo: page(200, 'video/mp4') },
		errorObject: refusal(200, 'AccessDenied'),
		serverError: refusal(503, 'ServiceUnavailable'),
		xml: ({ response }) => {
			response.writeHead(200, { 'content-type': 'application/xml' });
			response.end('<?xml version="1.0"?><Error><Code>SlowDown</Code></Error>');
		},
		empty: ({ response }) => response.writeHead(200, videoHeaders(0)).end(),
		cut: ({ response }) => {
			response.writeHead(200, videoHeaders(video.length));
			response.write(half, () => endConnection(response));
		},
		reset: ({ request, response }) => {
			response.writeHead(200, videoHeaders(video.length));
			response.write(half, () => request.socket.resetAndDestroy());
		},
		wrongLength: ({ response }) => {
			response.writeHead(200, videoHeaders(video.length + 1_000));
			response.write(video, () => endConnection(response));
		},
		drip: ({ response }) => {
			response.writeHead(200, videoHeaders(video.length));
			let sent = 0;
			dripInto(response, () => video.subarray(sent, (sent += sent === 0 ? 64 : 1)));
		},
		linkLocal: ({ response }) => response.writeHead(302, { location: linkLocalUrl }).end(),
	};
}

function videoHeaders(bytes: number): Record<string, string | number> {
	return { 'content-type': 'video/mp4', 'content-length': bytes };
}

/** Ends the connection after what was sent, as a proxy does that loses its own. */
function endConnection({ socket }: ServerResponse): void {
	socket?.end();
}
