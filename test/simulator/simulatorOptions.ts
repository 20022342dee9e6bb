import type { AssetPlan } from './assets';
import type { ProviderName } from './providers';
import type { RecordedRequest } from './requestLog';
import type { TaskPlan } from './task';

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
	/** The key pair that signs calls of the OpenAPI; defaults `AKSIMULATOR` and `simulator-secret`. */
	readonly accessKeyId?: string;
	readonly secretAccessKey?: string;
	/** How many tasks render at a time; default 3. */
	readonly concurrency?: number;
	/** How many tasks may be unfinished; a create above it is refused with HTTP 429. By default any number. */
	readonly mostUnfinished?: number;
	/** The least time that a task stays queued; default 0. */
	readonly queueMs?: number;
	/** The render time of a task; default one second for each second of video. */
	readonly renderMs?: number | ((task: TaskPlan) => number);
	/** How long an asset is processed, unless its name or URL says so; default 0. */
	readonly assetMs?: number | ((asset: AssetPlan) => number);
	/** Whether a create may name only assets that are ready, and of the right kind; default false. */
	readonly strictAssets?: boolean;
	/** The size of every video, in bytes; by default it is a small clip. */
	readonly videoBytes?: number;
	/** The clock, in milliseconds since the epoch; default Date.now. */
	readonly now?: () => number;
	/** Gives the id of each request; default like Ark's: 02, the time, random digits. */
	readonly requestId?: () => string;
	/** Told of each request once its connection is done with it. */
	readonly onRequestEnd?: (request: RecordedRequest) => void;
}
