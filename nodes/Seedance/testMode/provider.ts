import type { IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';
import { readRequest, refusal } from './answer';
import { answerAboutAssets, type AssetMemory } from './assets';
import { answerWithFile } from './files';
import { TaskMemory } from './taskMemory';
import { isAboutTasks, TestTasks } from './tasks';

/** Answers a request as a provider would, and sends nothing. Rejects as n8n's HTTP helper does when a connection breaks. */
export type TestProvider = (options: IHttpRequestOptions) => Promise<IN8nHttpFullResponse>;

const memory = new TaskMemory();
const assets: AssetMemory = new Map();

/**
 * The provider of Test Mode for one run. Everything above n8n's HTTP helpers is the same as for a real provider: it gets a status, headers and a body, and reads, retries and fails by them.
 * A task's state follows from its ID and the clock. What the process remembers besides is in {@link TaskMemory}.
 */
export function createTestProvider(now: () => number): TestProvider {
	const tasks = new TestTasks(memory);
	return async (options) => {
		const request = readRequest(options, now());
		const { pathname } = request.url;
		if (isAboutTasks(request)) return tasks.answer(request);
		if (options.encoding === 'stream') return await answerWithFile(request, memory);
		if (pathname === '/' || pathname.startsWith('/v1/asset/')) {
			return await answerAboutAssets(request, assets);
		}
		return refusal(404, 'NotFound');
	};
}
