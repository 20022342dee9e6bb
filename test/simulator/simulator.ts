import { randomBytes } from 'node:crypto';
import { addArkTaskRoutes, type TaskRoutesContext } from './arkTasks.routes';
import { Faults, type Interceptor } from './faults';
import { CallbackSender, type CallbackAttempt } from './callbacks';
import { invalidParameter } from './errors';
import { addFileRoutes } from './files.routes';
import { gzipLabel } from './gzipLabel';
import { createHttpServer } from './httpServer';
import { MediaFiles } from './mediaFiles';
import { addOpenApiRoutes } from './openApi.routes';
import { OpenApiAssetStore } from './openApiAssetStore';
import { addOpenAiVideoRoutes } from './openAiVideos.routes';
import { providers, type ProviderName } from './providers';
import { RateLimits } from './rateLimits';
import { RequestLog, type RecordedRequest } from './requestLog';
import { UrlSigner } from './signedUrls';
import type { SimulatorOptions } from './simulatorOptions';
import type { SimulatedTask } from './task';
import { describeTask, type TaskView } from './taskObject';
import { TaskStore } from './taskStore';
import { addUploadRoutes } from './uploads.routes';
import { UploadStore, type Upload } from './uploadStore';

export type { AssetPlan } from './assets';
export type { CallbackAttempt } from './callbacks';
export type { CannedAnswer, Fault, Interception, Interceptor } from './faults';
export type { ProviderName } from './providers';
export type { AccountType } from './rateLimits';
export type { RecordedRequest } from './requestLog';
export type { SimulatorOptions } from './simulatorOptions';
export type { SimulatedTask, TaskPlan, TaskStatus } from './task';
export type { ListEntries } from './taskObject';
export type { Upload } from './uploadStore';

/** The API key that a simulator accepts when none is given. */
export const defaultApiKey = 'simulator-key';

/** The id of the access key that a simulator accepts when none is given. */
export const defaultAccessKeyId = 'AKSIMULATOR';

/** The secret of the access key that a simulator accepts when none is given. */
export const defaultSecretAccessKey = 'simulator-secret';

/** The path before `/contents/generations/tasks`. Source: PowerTokens quick start, Endpoint List. */
export const powerTokensBasePath = providers.powerTokens.officialBasePath;

/** The one address that the simulator listens on: it is never reachable from another machine. */
const loopbackAddress = '127.0.0.1';

/** A running simulator. */
export interface Simulator {
	/** Scheme, host and port, for example `http://127.0.0.1:3199`. */
	readonly origin: string;
	readonly port: number;
	readonly apiKey: string;
	/** The key pair that signs calls of the OpenAPI. */
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	readonly provider: ProviderName;
	/** The path before `/contents/generations/tasks`. */
	readonly officialBasePath: string;
	/** The path before `/videos` and `/models`. Undefined if the provider has no OpenAI-style interface. */
	readonly openAiBasePath: string | undefined;
	/** Every request received, in order of arrival. Set its length to 0 to clear it. */
	readonly requests: RecordedRequest[];
	/** Every task ever accepted as it stands now, oldest first, deleted ones too. */
	readonly tasks: readonly SimulatedTask[];
	/** Every file that was uploaded whole to the asset library as it stands now, oldest first. */
	readonly uploads: readonly Upload[];
	/** Every attempt to report a task to a callback URL, oldest first. */
	readonly callbacks: readonly CallbackAttempt[];
	/** The SHA-256 of a task's video in hexadecimal. Rejects for an unknown task. */
	sha256OfVideo(taskId: string): Promise<string>;
	/** Installs a handler that can answer before the routes, or break the answer. Returns the function that removes it. */
	intercept(interceptor: Interceptor): () => void;
	/** Stops listening and closes every connection at once. */
	close(): Promise<void>;
}

/** Starts a simulator on 127.0.0.1. Rejects with an error that names the port if it is in use. */
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
		mostUnfinished: options.mostUnfinished ?? Infinity,
		queueMs: options.queueMs ?? 0,
		renderMs: options.renderMs ?? ((task) => task.durationSeconds * 1000),
		listLagMs: options.listLagMs ?? 0,
	});
	const assetPace = { now, assetMs: options.assetMs ?? 0 };
	const uploads = new UploadStore(assetPace);
	const library = new OpenApiAssetStore(assetPace);
	const accessKeyId = options.accessKeyId ?? defaultAccessKeyId;
	const secretAccessKey = options.secretAccessKey ?? defaultSecretAccessKey;
	const media = new MediaFiles(options.videoBytes);
	const requestId = options.requestId ?? (() => `02${now()}${randomBytes(18).toString('hex')}`);
	const server = createHttpServer(log, faults, requestId, gzipLabel(provider), now);
	let origin = '';
	const view: TaskView = {
		signFile: (path, endedMs) =>
			origin + signer.sign(path, options.signsAnew === true ? now() : endedMs),
		echoesMarkers: options.echoesMarkers ?? true,
		listEntries: options.listEntries ?? 'short',
	};
	const callbacks = new CallbackSender({
		now,
		find: (id) => store.find(id),
		describe: (task) => describeTask(task, view),
	});
	const taskRoutes: TaskRoutesContext = {
		provider,
		apiKey,
		limits: new RateLimits(options.rateLimits, now),
		groups: options.apiYiGroups ?? ['SeeDance2', 'SeeDance25'],
		store,
		media,
		findAsset:
			options.strictAssets === true
				? (id) => uploads.findAsset(id) ?? library.findAsset(id)
				: undefined,
		checkOwn: (url, param) => {
			if (!url.startsWith(`${origin}/`)) return false;
			const { pathname, search } = new URL(url);
			const verdict = signer.check('GET', pathname, search.slice(1), now());
			const [, id = '', extension] = /\/([^/]+)\.(\w+)$/.exec(pathname) ?? [];
			const task = store.find(id);
			const isThere = task?.status === 'succeeded' && (extension !== 'png' || task.returnLastFrame);
			if (verdict !== 'valid' || !isThere) {
				throw invalidParameter(param, 'a URL of a file that can be fetched');
			}
			return true;
		},
		view,
		callbacks,
		listWorks: options.list !== 'html',
	};
	addArkTaskRoutes(server, taskRoutes);
	addOpenAiVideoRoutes(server, taskRoutes);
	addUploadRoutes(server, { provider, apiKey, uploads });
	addOpenApiRoutes(server, { provider, accessKeyId, secretAccessKey, library, log, now });
	addFileRoutes(server, { signer, media, now });

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
		accessKeyId,
		secretAccessKey,
		provider: providerName,
		officialBasePath: provider.officialBasePath,
		openAiBasePath: provider.openAiBasePath,
		requests: log.requests,
		get tasks() {
			return store.all();
		},
		get uploads() {
			return uploads.all();
		},
		callbacks: callbacks.attempts,
		sha256OfVideo: async (taskId) => {
			const task = store.all().find(({ id }) => id === taskId);
			if (task === undefined) throw new Error(`There is no task ${taskId}`);
			return await media.sha256(`${taskId}.${task.fileExtension}`);
		},
		intercept: (interceptor) => faults.add(interceptor),
		close: async () => {
			log.stop();
			callbacks.stop();
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
