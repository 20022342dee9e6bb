import { createHash } from 'node:crypto';
import { subscribe } from 'node:diagnostics_channel';
import { readdir } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { basename, extname } from 'node:path';
import { stringify } from 'flatted';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { startEngine, type Engine, type Execution, type RunOptions } from '../engine/engine';
import { userFolder } from '../engine/environment';
import { png } from '../engine/files';
import { videoNode, videoWorkflow } from '../engine/workflows';
import { maxManagingMs, type Scenario } from './scenarios';
import { hasSecret, type Secret } from './secret';
import { watchEventLoop, type Stall } from './stall';

/** What a worker runs. */
export interface ChaosJob {
	readonly rows: number;
	readonly scenario: Scenario;
	readonly origin: string;
	/** A provider at which everything is in order: code is loaded and compiled there before anything is measured, as in an n8n that has run for a while. */
	readonly warmUpOrigin: string;
	readonly secret: Secret;
	/** Milliseconds until a Stop, where the scenario has one. */
	readonly stopAfterMs: number;
	/** Milliseconds for all executions that make videos. */
	readonly limitMs: number;
}

/** One item of the last execution. */
export interface RowItem {
	readonly row: number | undefined;
	readonly taskId: string | undefined;
	/** The whole `json`, as text. */
	readonly json: string;
	/** Of the item's video, if it has one. */
	readonly sha256: string | undefined;
}

/** What came of a run. */
export interface ChaosResult {
	/** Whether every execution ended in time. */
	readonly ended: boolean;
	readonly executions: number;
	readonly status: string;
	readonly tookMs: number;
	readonly items: readonly RowItem[];
	/** The words of the last execution's error, if it has one. */
	readonly error: string;
	/** Files that the last execution has left in n8n's storage, those that it began with excepted. */
	readonly filesKept: number;
	/** Where the key was found. */
	readonly leaks: readonly string[];
	/** Addresses besides the provider's that were called. */
	readonly astray: readonly string[];
	readonly stall: Stall;
	/** What node and engine have logged, one line of JSON each. */
	readonly log: readonly string[];
	/** Undefined where neither Get Many nor Cancel was run. */
	readonly managed: ManagedResult | undefined;
}

/** What came of Get Many and Cancel. */
export interface ManagedResult {
	/** Whether both ended in time. */
	readonly ended: boolean;
	readonly tookMs: number;
	/** The IDs that Get Many returned. */
	readonly listedIds: readonly string[];
	/** What Get Many failed with. */
	readonly errors: readonly string[];
	/** The output of Cancel. */
	readonly cancelItems: readonly CancelItem[];
}

/** One item of the output of Cancel. */
export interface CancelItem {
	/** The ID in the input item that it belongs to. */
	readonly askedId: string | undefined;
	/** The status that it tells, or the code of its error. */
	readonly says: string;
	readonly json: string;
}

/** What a worker tells while it runs, and at the end. */
export type WorkerMessage =
	| { readonly type: 'begun' | 'stopped' | 'stayedQuiet' | 'continued' | 'calm' }
	/** Asks for a {@link ManagingMessage}. */
	| { readonly type: 'managing' }
	| { readonly type: 'cancelling' }
	| { readonly type: 'result'; readonly result: ChaosResult }
	| { readonly type: 'failed'; readonly error: string };

/** The answer to `managing`. */
export interface ManagingMessage {
	/** The tasks to cancel. */
	readonly taskIds: readonly string[];
}

/** Cancel on Stop has 15 s; after that nothing may be sent. */
const afterStopMs = 16_000;
const quietMs = 4_000;
/** A Stop ends an execution at once. */
const stopGraceMs = 5_000;
const retriesOfExecution = 2;

const warmUp = {
	rows: 30,
	scenario: { name: 'warm-up', onError: 'continueErrorOutput' },
} as const;

const tell = (message: WorkerMessage) => process.send?.(message);
const pause = async (ms: number) => await new Promise((resolve) => setTimeout(resolve, ms));

class Run {
	private endsAtMs: number;
	private readonly logs: string[] = [];
	private readonly leaks = new Set<string>();
	private readonly inputFiles = new Set<string>();
	/** What was in n8n's storage when the last execution began. */
	private filesBefore: ReadonlySet<string> = new Set();
	private executions = 0;
	private ended = true;
	private stall: Stall = { wholeMs: 0, ownMs: 0 };

	constructor(
		private readonly engine: Engine,
		private readonly job: ChaosJob,
		/** Whether Get Many and Cancel follow. */
		private readonly isManaging: boolean,
	) {
		this.endsAtMs = Date.now() + job.limitMs;
	}

	async run(): Promise<ChaosResult> {
		const startedAtMs = Date.now();
		const astray = noteAddresses(new URL(this.job.origin).hostname);
		const execution = this.job.scenario.isStopped
			? await this.stopAndRetry()
			: await this.runAndRetry();
		const result = {
			tookMs: Date.now() - startedAtMs,
			ended: this.ended,
			executions: this.executions,
			status: execution.status,
		};
		const items = outputOf(execution);
		const made = {
			items: await Promise.all(items.map(async (item) => await this.rowItem(item))),
			error: JSON.stringify([execution.error?.['message'], execution.error?.['description']]),
			filesKept: await this.countFiles(items),
		};
		const managed = this.isManaging && this.ended ? await this.manage() : undefined;
		return {
			...{ ...result, ...made, managed, stall: this.stall },
			leaks: [...this.leaks, ...this.leaksOf('the log', this.logs.join('\n'))],
			astray: [...new Set(astray)],
			log: this.logs,
		};
	}

	/** Get Many of everything, and Cancel of tasks that the provider has for that. */
	private async manage(): Promise<ManagedResult> {
		const startedAtMs = Date.now();
		this.endsAtMs = startedAtMs + maxManagingMs;
		const taskIds = await askForTasks();
		const getMany = { operation: 'getAll', returnAll: true };
		const listed = await this.manageWith('Get Many', getMany, [{ json: {} }]);
		tell({ type: 'cancelling' });
		const cancel = { operation: 'cancel', taskId: '={{ $json.taskId }}' };
		const asked = taskIds.map((taskId) => ({ json: { taskId } }));
		const cancelled = await this.manageWith('Cancel', cancel, asked);
		return {
			tookMs: Date.now() - startedAtMs,
			ended: this.ended,
			listedIds: listed.items(videoNode).map(({ json }) => String(json['taskId'])),
			errors: listed.items(videoNode, 1).map(({ json }) => `Get Many: ${JSON.stringify(json)}`),
			cancelItems: outputOf(cancelled).map(({ json, pairedItem }) => {
				const { item = NaN } = (pairedItem ?? {}) as { item?: number };
				const error = json['error'] as IDataObject | undefined;
				const says = String(json['status'] ?? error?.['code']);
				return { askedId: taskIds[item], says, json: JSON.stringify(json) };
			}),
		};
	}

	private async manageWith(
		name: string,
		parameters: IDataObject,
		items: INodeExecutionData[],
	): Promise<Execution> {
		const workflow = videoWorkflow(parameters, { onError: 'continueErrorOutput' });
		return await this.execute(name, (options) => this.engine.run({ ...options, workflow, items }));
	}

	/** Stopped in the middle, and begun again from the trigger, as n8n does after a crash. */
	private async stopAndRetry(): Promise<Execution> {
		let isStopped = false;
		const first = await this.execute('first execution', (options) =>
			this.engine.run({
				...options,
				onStart: (execution) => {
					options.onStart?.(execution);
					setTimeout(() => {
						isStopped = true;
						tell({ type: 'stopped' });
						execution.stop();
					}, this.job.stopAfterMs);
				},
			}),
		);
		if (!isStopped || !this.ended) return first;
		// The execution has ended, and its node cancels tasks.
		const watched = watchEventLoop();
		await pause(afterStopMs);
		tell({ type: 'stayedQuiet' });
		await pause(quietMs);
		this.noteStall(watched());
		tell({ type: 'continued' });
		return await this.execute('Retry', (options) => this.engine.run({ ...options, mode: 'retry' }));
	}

	/** An execution that ends in an error is retried when the provider works again. */
	private async runAndRetry(): Promise<Execution> {
		let execution = await this.execute('first execution', (options) => this.engine.run(options));
		for (let retries = 0; retries < retriesOfExecution; retries++) {
			if (!this.ended || execution.status === 'success') return execution;
			tell({ type: 'calm' });
			const failed = execution;
			execution = await this.execute('Retry', (options) => this.engine.retry(failed, options));
		}
		return execution;
	}

	/** Runs an execution to its end, or stops it at the limit. */
	private async execute(
		name: string,
		begin: (options: RunOptions) => Promise<Execution>,
	): Promise<Execution> {
		this.executions++;
		this.filesBefore = new Set(await storedFiles());
		let stop = () => {};
		let watched: (() => Stall) | undefined;
		const onStart: RunOptions['onStart'] = (execution) => {
			stop = () => execution.stop();
			// From now on to the end of the execution: what is read of it afterwards is not the node's work.
			watched = watchEventLoop();
		};
		const running = begin(this.options(onStart));
		const leftMs = Math.max(0, this.endsAtMs - Date.now());
		let timer = setTimeout(() => {
			this.ended = false;
			stop();
			const failed = { type: 'failed', error: 'Not even Stop ended it' } as const;
			timer = setTimeout(() => tell(failed), stopGraceMs);
		}, leftMs);
		const execution = await running;
		clearTimeout(timer);
		this.noteStall(watched?.());
		for (const [place, text] of textsOf(execution)) {
			for (const leak of this.leaksOf(`${place} of the ${name}`, text)) this.leaks.add(leak);
		}
		return execution;
	}

	private noteStall({ wholeMs, ownMs }: Stall = { wholeMs: 0, ownMs: 0 }): void {
		this.stall = {
			wholeMs: Math.max(this.stall.wholeMs, wholeMs),
			ownMs: Math.max(this.stall.ownMs, ownMs),
		};
	}

	private options(onStart: NonNullable<RunOptions['onStart']>): RunOptions {
		const { scenario, origin, secret } = this.job;
		const { onError, retryOnFail = false } = scenario;
		return {
			workflow: videoWorkflow(parametersOf(scenario), {
				onError,
				...(retryOnFail ? { retryOnFail, maxTries: 3, waitBetweenTries: 1_000 } : {}),
			}),
			credentials: { seedanceApi: { baseUrl: origin, apiKey: secret.apiKey } },
			items: async ({ helpers }) => {
				const rows = Array.from({ length: this.job.rows }, (_, row) => `Row ${row}`);
				if (scenario.hasSharedFile !== true) return rows.map((prompt) => ({ json: { prompt } }));
				const photo = await helpers.prepareBinaryData(Buffer.from(png), 'photo.png', 'image/png');
				this.inputFiles.add(fileNameOf(photo.id));
				return rows.map((prompt) => ({ json: { prompt }, binary: { photo } }));
			},
			onLog: (line) => this.logs.push(JSON.stringify(line)),
			onStart,
		};
	}

	private leaksOf(place: string, text: string): string[] {
		const { needles } = this.job.secret;
		if (!hasSecret(text, needles)) return [];
		const at = Math.max(...needles.map((needle) => text.indexOf(needle)));
		return [`${place}: …${text.slice(Math.max(0, at - 160), at + 60)}…`];
	}

	private async rowItem({ json, binary, pairedItem }: INodeExecutionData): Promise<RowItem> {
		const { item: row } = (pairedItem ?? {}) as { item?: number };
		const error = json['error'] as IDataObject | undefined;
		const video = binary?.['data'];
		return {
			row,
			taskId: (json['taskId'] ?? error?.['taskId']) as string | undefined,
			json: JSON.stringify(json),
			sha256:
				video === undefined
					? undefined
					: createHash('sha256')
							.update(await this.engine.readBinary(video))
							.digest('hex'),
		};
	}

	/** The files that are new since the last execution began, and those before it that its items have. */
	private async countFiles(items: readonly INodeExecutionData[]): Promise<number> {
		const delivered = new Set(items.map(({ binary }) => fileNameOf(binary?.['data']?.id)));
		const files = await storedFiles();
		return files.filter(
			(name) => !this.inputFiles.has(name) && (!this.filesBefore.has(name) || delivered.has(name)),
		).length;
	}
}

/** The items of both outputs. */
function outputOf(execution: Execution): INodeExecutionData[] {
	return [...execution.items(videoNode), ...execution.items(videoNode, 1)];
}

async function askForTasks(): Promise<readonly string[]> {
	return await new Promise((resolve) => {
		process.once('message', ({ taskIds }: ManagingMessage) => resolve(taskIds));
		tell({ type: 'managing' });
	});
}

/** The names of the files in n8n's storage of binary data. */
async function storedFiles(): Promise<string[]> {
	const paths = await readdir(userFolder ?? '', { recursive: true, withFileTypes: true });
	return paths
		.filter(
			(path) =>
				path.isFile() && basename(path.parentPath) === 'binary_data' && extname(path.name) === '',
		)
		.map(({ name }) => name);
}

function parametersOf({ onUnknownOutcome, hasSharedFile, simplify }: Scenario): IDataObject {
	return {
		operation: 'create',
		prompt: '={{ $json.prompt }}',
		...(hasSharedFile === true ? { mode: 'firstFrame', firstFrame: 'photo' } : {}),
		...(simplify === undefined ? {} : { simplify }),
		waitOptions: { pollInterval: 2, maxWait: 4, cancelOnStop: true },
		options: onUnknownOutcome === undefined ? {} : { onUnknownOutcome },
	};
}

/** Everything of an execution that n8n keeps or shows. */
function textsOf({ run, error }: Execution): Array<[string, string]> {
	return [
		['the run', JSON.stringify(run)],
		['the saved data', stringify(run.data)],
		['the error', [error?.['message'], error?.['description'], error?.['stack']].join('\n')],
	];
}

/** n8n's ID of a stored file ends with its name. */
function fileNameOf(id: string | undefined): string {
	return basename(id ?? '');
}

/** Collects the addresses that this process connects to, those of one host excepted. */
function noteAddresses(host: string): string[] {
	const addresses: string[] = [];
	subscribe('net.client.socket', (message) => {
		const { socket } = message as { socket: Socket };
		socket.on('connectionAttempt', (address: string, port: number) => {
			if (address !== host) addresses.push(`${address}:${port}`);
		});
	});
	return addresses;
}

async function work(job: ChaosJob): Promise<void> {
	const engine = await startEngine();
	try {
		await new Run(engine, { ...job, ...warmUp, origin: job.warmUpOrigin }, false).run();
		tell({ type: 'begun' });
		tell({ type: 'result', result: await new Run(engine, job, true).run() });
	} finally {
		engine.close();
	}
}

process.once('message', (job: ChaosJob) => {
	work(job).catch((error: unknown) => {
		tell({ type: 'failed', error: error instanceof Error ? String(error.stack) : String(error) });
	});
});
