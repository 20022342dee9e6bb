import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Draw } from './draw';
import { json, refusal, type Answer, type Exchange } from './exchange';
import { answerDownload } from './downloads';
import type { Faults, ListFault, ReadFault } from './faults';
import { managedTaskCount } from './managedFaults';
import { ProviderTasks, type ProviderTask } from './providerTasks';
import {
	brokenAnswers,
	createAnswers,
	deleteAnswers,
	listAnswers,
	longPause,
	totalOf,
	usualPause,
} from './brokenAnswers';
import type { ProviderScenario } from './scenarios';
import type { Secret } from './secret';

/** One request as the provider has seen it. */
export interface HistoryEntry {
	/** When it arrived, in milliseconds since the provider was started. */
	readonly atMs: number;
	readonly route: string;
	readonly row: number | undefined;
	readonly taskId: string | undefined;
	/** What was done to it besides the ordinary. */
	readonly fault: string | undefined;
	/** Undefined as long as it is open. */
	endedAtMs: number | undefined;
	/** Status of the answer; undefined where there is none. */
	status: number | undefined;
	/** Of the list requests of Get Many alone: the IDs that the answer shows, none if it is broken. */
	readonly shownIds?: readonly string[] | undefined;
}

/** A provider that misbehaves as drawn, and knows what really happened. */
export interface Provider {
	readonly origin: string;
	readonly tasks: readonly ProviderTask[];
	readonly history: readonly HistoryEntry[];
	/** URLs, and whole requests to the file host: places where the key must not be. */
	readonly textsWithoutKey: readonly string[];
	/** Rows with a create that was not accepted although its answer does not say so. */
	readonly unknownRows: ReadonlySet<number>;
	/** The execution was stopped: from now on, reads and deletes meet what is drawn for that. */
	stopped(): void;
	/** The execution is begun again. */
	continued(): void;
	/** From now on every answer is an ordinary one. */
	calm(): void;
	/** The run is over, and Get Many begins, with faults of its own. Adds tasks that stay queued, and returns their IDs in another order. */
	managing(): readonly string[];
	/** Cancel begins: from now on the queued tasks render behind each other. */
	cancelling(): void;
	close(): Promise<void>;
}

export interface ProviderOptions {
	readonly draw: Draw;
	readonly faults: Faults;
	readonly rows: number;
	readonly secret: Secret;
	readonly scenario: ProviderScenario;
}

const basePath = '/byteplus/api/v3/contents/generations/tasks';
const usualLatencyMs = { min: 5, max: 40 };
const slowLatencyMs = { min: 200, max: 500 };
/** Processing, and then ready. */
const assetReads = 2;

/** Starts a provider and its file host, each on a port of its own. */
export async function startProvider(options: ProviderOptions): Promise<Provider> {
	const provider = new ChaosProvider(options);
	await provider.listen();
	return provider;
}

class ChaosProvider implements Provider {
	readonly history: HistoryEntry[] = [];
	readonly textsWithoutKey: string[] = [];
	readonly unknownRows = new Set<number>();
	private readonly store: ProviderTasks;
	private readonly startedAtMs = Date.now();
	private readonly servers: Server[] = [];
	private readonly attempts = new Map<string, number>();
	private isCalm = false;
	private isStopped = false;
	private isManaging = false;
	private firstCreateAtMs: number | undefined;
	private fileOrigin = '';
	origin = '';

	constructor(private readonly options: ProviderOptions) {
		this.store = new ProviderTasks(options.draw);
	}

	get tasks(): readonly ProviderTask[] {
		return this.store.all;
	}

	async listen(): Promise<void> {
		this.fileOrigin = await this.serve(async (request, response) => {
			this.textsWithoutKey.push([request.url, ...request.rawHeaders].join('\n'));
			this.file(request, response);
		});
		this.origin = await this.serve(async (request, response) => {
			this.textsWithoutKey.push(request.url ?? '');
			await this.api(request, response);
		});
	}

	stopped(): void {
		this.isStopped = true;
	}

	continued(): void {
		this.isStopped = false;
		// n8n's database keeps no IDs: the tasks of the stopped execution can be found in the list alone.
		for (const task of this.tasks) task.isAnswered = false;
	}

	calm(): void {
		this.isCalm = true;
	}

	managing(): readonly string[] {
		this.isCalm = false;
		this.isStopped = false;
		this.isManaging = true;
		this.store.hold();
		const { draw, rows } = this.options;
		const ids = Array.from({ length: managedTaskCount }, (_, task) => {
			return this.store.accept(rows + task, {}).id;
		});
		return draw.shuffled(ids.length, 'managed').flatMap((index) => ids[index] ?? []);
	}

	cancelling(): void {
		this.store.renderBehindEachOther();
	}

	async close(): Promise<void> {
		this.store.close();
		await Promise.all(
			this.servers.map(async (server) => {
				server.closeAllConnections();
				await new Promise((resolve) => server.close(resolve));
			}),
		);
	}

	private async serve(
		handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
	): Promise<string> {
		const server = createServer((request, response) => {
			// A client that breaks off is one of the things that happen here.
			request.on('error', () => {});
			handle(request, response).catch(() => request.socket.destroy());
		});
		this.servers.push(server);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	}

	private async api(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const arrivedAtMs = Date.now();
		const url = new URL(request.url ?? '/', this.origin);
		const body = await bodyOf(request);
		const number = this.history.length;
		const { echoes } = this.options.secret;
		const echo = echoes[number % echoes.length] ?? '';
		const exchange: Exchange = { request, response, echo, number, arrivedAtMs };
		const { method } = request;
		const authorization = `Bearer ${this.options.secret.apiKey}`;
		const isJob = url.pathname === '/v1/asset/jobs/get-asset-id';
		await this.latency(method === 'POST' ? usualLatencyMs : this.latencyMs());
		if (!isJob && request.headers.authorization !== authorization) {
			return this.send(exchange, refusal(401, 'AuthenticationError'), { route: 'unauthorized' });
		}
		if (method === 'POST' && url.pathname === basePath) return this.create(exchange, body);
		if (method === 'POST' && url.pathname === '/v1/asset/upload') return this.upload(exchange);
		if (isJob) return this.assetJob(exchange);
		if (method === 'GET' && url.pathname === basePath) return this.list(exchange, url.searchParams);
		const id = decodeURIComponent(url.pathname.slice(basePath.length + 1));
		if (method === 'GET') return this.read(exchange, id);
		if (method === 'DELETE') return this.delete(exchange, id);
		this.send(exchange, refusal(404, 'NotFound'), { route: `${method} ${url.pathname}` });
	}

	private latencyMs(): typeof usualLatencyMs {
		return this.isManaging || this.options.scenario.isSlow === true
			? slowLatencyMs
			: usualLatencyMs;
	}

	private async latency({ min, max }: typeof usualLatencyMs): Promise<void> {
		const ms = this.options.draw.between(min, max, `latency ${this.history.length}`);
		await new Promise((resolve) => setTimeout(resolve, ms));
	}

	/** How many requests of this name came before. */
	private attempt(name: string): number {
		const attempt = this.attempts.get(name) ?? 0;
		this.attempts.set(name, attempt + 1);
		return attempt;
	}

	private create(exchange: Exchange, body: string): void {
		const request = JSON.parse(body) as Record<string, unknown>;
		const row = rowOf(request);
		const refused = this.refusedCreate();
		if (refused !== undefined) {
			return this.send(exchange, refusal(429, refused), { route: 'create', row, fault: refused });
		}
		const fault = this.isCalm
			? undefined
			: this.options.faults.create(row, this.attempt(`create ${row}`));
		const { answer, isAccepted, isUnknown } =
			fault === undefined ? { isAccepted: true } : createAnswers[fault];
		const task = isAccepted ? this.store.accept(row, echoedOf(request)) : undefined;
		if (task !== undefined) task.isAnswered = fault === undefined;
		else if (isUnknown === true) this.unknownRows.add(row);
		const id = task?.id ?? '';
		this.send(exchange, answer ?? json(200, { id }), { route: 'create', row, task, fault });
	}

	/** The code with which every create is refused at the moment. */
	private refusedCreate(): string | undefined {
		const { limitUsedUpMs = 0, maxUnfinished = Infinity, overloadedFrom } = this.options.scenario;
		this.firstCreateAtMs ??= Date.now();
		const isUsedUp = Date.now() < this.firstCreateAtMs + limitUsedUpMs;
		if (isUsedUp || this.store.unfinished >= maxUnfinished) return 'QuotaExceeded';
		const isOverloaded =
			overloadedFrom !== undefined && this.tasks.length >= overloadedFrom * this.options.rows;
		return isOverloaded ? 'ServerOverloaded' : undefined;
	}

	private read(exchange: Exchange, id: string): void {
		const task = this.store.find(id);
		if (task === undefined) {
			return this.send(exchange, refusal(404, 'NotFound.Task'), { route: 'read', taskId: id });
		}
		const { row } = task;
		const { fault, pause } = this.readFault(row);
		const broken = fault === undefined ? undefined : brokenAnswers(pause)[fault];
		if (broken === undefined && task.status === 'succeeded') task.readsOfFinished++;
		const answer = broken ?? json(200, this.taskObject(task));
		this.send(exchange, answer, { route: 'read', row, task, fault });
	}

	private readFault(row: number): {
		readonly fault: ReadFault | undefined;
		readonly pause: string;
	} {
		const { faults, rows } = this.options;
		if (this.isCalm) return { fault: undefined, pause: usualPause };
		const attempt = () => this.attempt(`read ${row}`);
		if (row >= rows) {
			return { fault: faults.managed.read(row - rows, attempt()), pause: longPause };
		}
		const stopped = this.isStopped ? faults.stoppedRead(row) : undefined;
		return stopped === undefined
			? { fault: faults.read(row, attempt()), pause: usualPause }
			: { fault: stopped, pause: longPause };
	}

	private delete(exchange: Exchange, id: string): void {
		const task = this.store.find(id);
		if (task === undefined) {
			return this.send(exchange, refusal(404, 'NotFound.Task'), { route: 'delete', taskId: id });
		}
		const { row } = task;
		const { faults, rows } = this.options;
		const attempt = this.attempt(`delete ${row}`);
		const fault =
			row < rows ? faults.delete(row, attempt) : faults.managed.delete(row - rows, attempt);
		const route = `delete while ${task.status}`;
		const broken = fault === undefined ? undefined : deleteAnswers[fault];
		const isRefused = broken?.isCarriedOut !== false && !this.store.delete(task);
		const ordinary = isRefused ? refusal(409, 'InvalidAction.RunningTaskDeletion') : json(200, {});
		this.send(exchange, broken?.answer(ordinary) ?? ordinary, { route, row, task, fault });
	}

	private list(exchange: Exchange, query: URLSearchParams): void {
		const ids = query.getAll('filter.task_ids');
		const fault = this.listFault();
		const route = ids.length > 0 ? `list of ${ids.length} IDs` : `list ${query.get('page_num')}`;
		const broken = fault === undefined ? undefined : listAnswers[fault];
		const listed = this.listed(ids, fault === 'leavesOut');
		const size = Number(query.get('page_size'));
		const page = fault === 'ignoresPage' ? 1 : Number(query.get('page_num'));
		const shown = listed.shown.slice((page - 1) * size, page * size);
		const items = shown.map((task) => this.listEntry(task));
		const total = totalOf(fault, listed.total);
		const told = broken === undefined ? shown.map(({ id }) => id) : [];
		const shownIds = this.isManaging ? told : undefined;
		this.send(exchange, broken ?? json(200, { total, items }), { route, fault, shownIds });
	}

	private listFault(): ListFault | undefined {
		const { faults } = this.options;
		if (this.isManaging) return faults.managed.list(this.attempt('managed list'));
		return this.isCalm ? undefined : faults.list(this.attempt('list'));
	}

	/** The tasks that the list shows, newest first, and how many it says that there are. */
	private listed(ids: readonly string[], leavesOut: boolean) {
		const isWanted = new Set(ids);
		const nowMs = Date.now();
		const wanted = this.tasks
			.filter(({ id, deletedWhile }) => {
				return deletedWhile === undefined && (ids.length === 0 || isWanted.has(id));
			})
			.filter(({ listedFromMs }) => this.isCalm || listedFromMs <= nowMs)
			// It is left out for good only where the node knows its ID: a lost one can be found in the list alone.
			.filter((task) => !(task.isAnswered && this.listFaultOf(task) === 'leftOut'))
			.reverse();
		const shown = leavesOut ? wanted.filter(({ row }) => row % 3 !== 0) : wanted;
		return { shown, total: wanted.length };
	}

	private listFaultOf({ row }: ProviderTask) {
		return this.isCalm ? undefined : this.options.faults.listed(row);
	}

	private listEntry(task: ProviderTask): Record<string, unknown> {
		const entry = this.taskObject(task);
		if (this.listFaultOf(task) !== 'runningForEver' || task.status !== 'succeeded') return entry;
		return { ...entry, status: 'running', content: undefined, usage: undefined };
	}

	private taskObject(task: ProviderTask): Record<string, unknown> {
		const { id, row, status, createdAtMs, endedAtMs = createdAtMs, echoed } = task;
		const url = `${this.fileOrigin}/${id}.mp4?issued=${task.readsOfFinished}`;
		const isFinished = status === 'succeeded';
		return {
			...{ id, status, model: 'doubao-seedance-2-0-260128', row, ...echoed },
			created_at: Math.floor(createdAtMs / 1000),
			updated_at: Math.floor(endedAtMs / 1000),
			content: isFinished ? { video_url: url } : undefined,
			usage: isFinished ? { completion_tokens: 108_900, total_tokens: 108_900 } : undefined,
			...(isFinished ? { resolution: '720p', ratio: '16:9', duration: 5 } : {}),
		};
	}

	private file(request: IncomingMessage, response: ServerResponse): void {
		const url = new URL(request.url ?? '/', this.fileOrigin);
		const task = this.store.find(url.pathname.slice(1).replace(/\.mp4$/, ''));
		const exchange: Exchange = {
			...{ request, response, echo: '', number: this.history.length },
			arrivedAtMs: Date.now(),
		};
		if (task === undefined)
			return this.send(exchange, refusal(404, 'NoSuchKey'), { route: 'file' });
		const { row } = task;
		const fault = this.isCalm
			? undefined
			: this.options.faults.download(row, this.attempt(`download ${row}`));
		const issued = Number(url.searchParams.get('issued'));
		const takesRanges = this.options.scenario.takesRanges === true;
		const answer = answerDownload(task, { fault, issued, takesRanges });
		const route = `download ${request.headers.range ?? ''}`.trim();
		this.send(exchange, answer, { route, row, task, fault });
	}

	private upload(exchange: Exchange): void {
		const fault = this.isCalm ? undefined : this.options.faults.upload(this.attempt('upload'));
		const broken = fault === undefined ? undefined : brokenAnswers(usualPause)[fault];
		const answer = json(200, { code: 200, data: { task_id: 'upload-1' }, msg: '' });
		this.send(exchange, broken ?? answer, { route: 'upload', fault });
	}

	private assetJob(exchange: Exchange): void {
		const attempt = this.attempt('asset job');
		const fault = this.isCalm ? undefined : this.options.faults.upload(attempt);
		const broken = fault === undefined ? undefined : brokenAnswers(usualPause)[fault];
		const data = attempt < assetReads ? {} : { asset_id: 'asset-20261201-shared' };
		this.send(exchange, broken ?? json(200, { code: 200, data, msg: '' }), {
			route: 'asset job',
			fault,
		});
	}

	private send(
		exchange: Exchange,
		answer: Answer,
		told: {
			readonly route: string;
			readonly row?: number;
			readonly task?: ProviderTask | undefined;
			readonly taskId?: string;
			readonly fault?: string | undefined;
			readonly shownIds?: readonly string[] | undefined;
		},
	): void {
		const { route, row, task, taskId = task?.id, fault, shownIds } = told;
		const { response, arrivedAtMs } = exchange;
		const entry: HistoryEntry = {
			...{ route, row, taskId, fault, shownIds },
			atMs: arrivedAtMs - this.startedAtMs,
			endedAtMs: undefined,
			status: undefined,
		};
		this.history.push(entry);
		response.on('close', () => {
			entry.endedAtMs = Date.now() - this.startedAtMs;
			if (response.headersSent) entry.status = response.statusCode;
		});
		answer(exchange);
	}
}

async function bodyOf(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks).toString();
}

/** Every prompt names its row. */
function rowOf({ content }: Record<string, unknown>): number {
	return Number(/"Row (\d+)"/.exec(JSON.stringify(content))?.[1] ?? NaN);
}

function echoedOf(request: Record<string, unknown>): Record<string, unknown> {
	const { execution_expires_after, safety_identifier } = request;
	return { execution_expires_after, safety_identifier };
}
