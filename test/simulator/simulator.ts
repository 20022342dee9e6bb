import { randomBytes } from 'node:crypto';
import { addArkTaskRoutes, type TaskRoutesContext } from './arkTasks.routes';
import { Faults, type Interceptor } from './faults';
import { addFileRoutes } from './files.routes';
import { gzipLabel } from './gzipLabel';
import { createHttpServer } from './httpServer';
import { addOpenAiVideoRoutes } from './openAiVideos.routes';
import { providers, type ProviderName } from './providers';
import { RequestLog, type RecordedRequest } from './requestLog';
import { UrlSigner } from './signedUrls';
import type { SimulatedTask, TaskPlan } from './task';
import { TaskStore } from './taskStore';

export type { CannedAnswer, Fault, Interception, Interceptor } from './faults';
export type { ProviderName } from './providers';
export type { RecordedRequest } from './requestLog';
export type { SimulatedTask, TaskPlan, TaskStatus } from './task';

/** The API key that a simulator accepts when none is given. */
export const defaultApiKey = 'simulator-key';

/** The path before `/contents/generations/tasks`. Source: PowerTokens quick start, Endpoint List. */
export const powerTokensBasePath = providers.powerTokens.officialBasePath;

/** The one address that the simulator listens on: it is never reachable from another machine. */
const loopbackAddress = '127.0.0.1';

/** How a simulator is to behave; all times in milliseconds. */
export interface SimulatorOptions {
	/** The port on 127.0.0.1; 0, the default, takes a free one. */
	readonly port?: number;
	/** Whose API it is; default powerTokens. */
	readonly provider?: ProviderName;
	/** Whether the key is in the group that APIYI asks for; default true, without effect at the other providers. */
	readonly apiYiGroup?: boolean;
	/** The key that clients have to send; default `simulator-key`. */
	readonly apiKey?: string;
	/** How many tasks render at a time; default 3. */
	readonly concurrency?: number;
	/** The least time that a task stays queued; default 0. */
	readonly queueMs?: number;
	/** The render time of a task; default one second for each second of video. */
	readonly renderMs?: number | ((task: TaskPlan) => number);
	/** The clock, in milliseconds since the epoch; default Date.now. */
	readonly now?: () => number;
	/** Gives the id of each request; default like Ark's: 02, the time, random digits. */
	readonly requestId?: () => string;
	/** Told of each request once its connection is done with it. */
	readonly onRequestEnd?: (request: RecordedRequest) => void;
}

/** A running simulator. */
export interface Simulator {
	/** Scheme, host and port, for example `http://127.0.0.1:3199`. */
	readonly origin: string;
	readonly port: number;
	readonly apiKey: string;
	readonly provider: ProviderName;
	/** The path before `/contents/generations/tasks`. */
	readonly officialBasePath: string;
	/** The path before `/videos` and `/models`; undefined where the provider has no OpenAI-style interface. */
	readonly openAiBasePath: string | undefined;
	/** Every request received, in order of arrival; may be emptied by setting its length to 0. */
	readonly requests: RecordedRequest[];
	/** Every task ever accepted as it stands now, oldest first, deleted ones too. */
	readonly tasks: readonly SimulatedTask[];
	/** Installs a handler that may answer before the routes, or break the answer; gives the function that removes it. */
	intercept(interceptor: Interceptor): () => void;
	/** Stops listening and ends every connection at once. */
	close(): Promise<void>;
}

/** Starts a simulator on 127.0.0.1; rejects with an error that names the port when it is taken. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
	const now = options.now ?? Date.now;
	const apiKey = options.apiKey ?? defaultApiKey;
	const providerName = options.provider ?? 'powerTokens';
	const provider = providers[providerName];
	const log = new RequestLog(now, options.onRequestEnd ?? (() => undefined));
	const faults = new Faults(log);
	const signer = new UrlSigner(randomBytes(32).toString('hex'));
	const store = new TaskStore({
		now,
		concurrency: options.concurrency ?? 3,
		queueMs: options.queueMs ?? 0,
		renderMs: options.renderMs ?? ((task) => task.durationSeconds * 1000),
	});
	const requestId = options.requestId ?? (() => `02${now()}${randomBytes(18).toString('hex')}`);
	const server = createHttpServer(log, faults, requestId, gzipLabel(provider));
	let origin = '';
	const taskRoutes: TaskRoutesContext = {
		provider,
		apiKey,
		inGroup: options.apiYiGroup ?? true,
		store,
		signFile: (path, signedAtMs) => origin + signer.sign(path, signedAtMs),
	};
	addArkTaskRoutes(server, taskRoutes);
	addOpenAiVideoRoutes(server, taskRoutes);
	addFileRoutes(server, { signer, now });

	const asked = options.port ?? 0;
	try {
		origin = await server.listen({ port: asked, host: loopbackAddress });
	} catch (error) {
		await server.close();
		throw describeListenError(error, asked);
	}
	return {
		origin,
		port: Number(new URL(origin).port),
		apiKey,
		provider: providerName,
		officialBasePath: provider.officialBasePath,
		openAiBasePath: provider.openAiBasePath,
		requests: log.requests,
		get tasks() {
			return store.all();
		},
		intercept: (interceptor) => faults.add(interceptor),
		close: async () => {
			log.stop();
			await server.close();
		},
	};
}

function describeListenError(error: unknown, port: number): Error {
	const taken =
		typeof error === 'object' && error !== null && 'code' in error && error.code === 'EADDRINUSE';
	const reason = taken ? 'is already in use' : 'cannot be listened on';
	return new Error(`Port ${port} on ${loopbackAddress} ${reason}`, { cause: error });
}
