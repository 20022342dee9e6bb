import type { AssetPlan } from './assets';
import type { ProviderName } from './providers';
import type { AccountType } from './rateLimits';
import type { RecordedRequest } from './requestLog';
import type { TaskPlan } from './task';
import type { ListEntries } from './taskObject';

/** The behavior of a simulator. All times are in milliseconds. */
export interface SimulatorOptions {
	/** The port on 127.0.0.1. Default 0: any free port. */
	readonly port?: number;
	/** The provider to simulate. Default: powerTokens. */
	readonly provider?: ProviderName;
	/** The groups of an APIYI key, of which each model requires one. No effect for other providers. Default: SeeDance2 and SeeDance25. */
	readonly apiYiGroups?: readonly string[];
	/** The key that clients have to send. Default: `simulator-key`. */
	readonly apiKey?: string;
	/** The key pair that signs calls of the OpenAPI. Defaults: `AKSIMULATOR` and `simulator-secret`. */
	readonly accessKeyId?: string;
	readonly secretAccessKey?: string;
	/** How many tasks render at a time. Default: 3. */
	readonly concurrency?: number;
	/** How many tasks may be in flight. A create above this limit is refused with HTTP 429. Default: no limit. */
	readonly mostUnfinished?: number;
	/** Whose documented rates the key has: a call of the tasks above them is refused with HTTP 429. Default: no limit. */
	readonly rateLimits?: AccountType;
	/** The least time that a task stays queued. Default: 0. */
	readonly queueMs?: number;
	/** The render time of a task. Default: one second for each second of video. */
	readonly renderMs?: number | ((task: TaskPlan) => number);
	/** The processing time of an asset, unless its name or URL sets one. Default: 0. */
	readonly assetMs?: number | ((asset: AssetPlan) => number);
	/** Whether a create may name only assets that are ready, and of the right kind. Default: false. */
	readonly strictAssets?: boolean;
	/** The size of every video, in bytes. Default: that of a small clip. */
	readonly videoBytes?: number;
	/**
	 * Whether a task and its entry in the list show `execution_expires_after` and `safety_identifier`, and the answer
	 * to its create the latter. Default: true. Source: Volcengine SDK for Go and for Java (types of task and list item).
	 */
	readonly echoesMarkers?: boolean;
	/** What an entry of the list has of its task. Default: short. */
	readonly listEntries?: ListEntries;
	/** What the list answers: tasks, or the web page of a gateway that does not know its path. Default: works. */
	readonly list?: 'works' | 'html';
	/** Whether each answer signs the URLs of a task's files anew. Default: false, they are signed once, when it ends. */
	readonly signsAnew?: boolean;
	/** How long after its creation a task appears in the list. Its own get call finds it immediately. Default: 0. */
	readonly listLagMs?: number;
	/** The clock, in milliseconds since the epoch. Default: Date.now. */
	readonly now?: () => number;
	/** Returns the ID of each request. Default: like Ark's, 02, the time, random digits. */
	readonly requestId?: () => string;
	/** Told of each request once its connection is done with it. */
	readonly onRequestEnd?: (request: RecordedRequest) => void;
}
