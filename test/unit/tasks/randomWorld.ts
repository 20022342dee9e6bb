import type { IExecuteFunctions } from 'n8n-workflow';
import type { Clock } from '../../../nodes/Seedance/n8n/clock';
import { openDurableSet, type DurableSet } from '../../../nodes/Seedance/n8n/durableSet';
import type { TaskApi, TaskPage } from '../../../nodes/Seedance/n8n/taskApi';
import { stopped } from '../../../nodes/Seedance/seedance/failure';
import type { Task } from '../../../nodes/Seedance/seedance/task';
import { markerText } from '../../../nodes/Seedance/tasks/durableTexts';
import type { Marker } from '../../../nodes/Seedance/tasks/marker';
import { FakeClock } from '../fakeClock';
import { failureOf, forbidden, taskApiOf, taskOf, throttled, unavailable } from '../given';

/** Numbers that follow from a seed. */
export class Random {
	constructor(private state: number) {}

	/** At least 0, less than 1. */
	next(): number {
		this.state = (this.state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	}

	between(least: number, most: number): number {
		return least + Math.floor(this.next() * (most - least + 1));
	}

	/** Short times as often as long ones. */
	spread(least: number, most: number): number {
		return Math.round(least * (most / least) ** this.next());
	}

	chance(probability: number): boolean {
		return this.next() < probability;
	}

	pick<Value>(values: readonly Value[]): Value {
		return values[this.between(0, values.length - 1)] as Value;
	}

	shuffled<Value>(values: readonly Value[]): Value[] {
		return values
			.map((value) => ({ value, at: this.next() }))
			.sort((one, other) => one.at - other.at)
			.map(({ value }) => value);
	}
}

const never = async () => await new Promise<never>(() => {});

/** A process of n8n: once it is killed, nothing in it goes on. */
export class Worker {
	isAlive = true;
	readonly died: Promise<void>;
	private onDeath = () => {};

	constructor(
		readonly name: string,
		private readonly clock: FakeClock,
		private readonly random: Random,
	) {
		this.died = new Promise((resolve) => (this.onDeath = resolve));
	}

	kill(): void {
		this.isAlive = false;
		this.onDeath();
	}

	async sleep(ms: number): Promise<void> {
		await this.clock.sleep(ms);
		if (!this.isAlive) await never();
	}

	/** What was sent to another machine may go on there after this process has died. */
	async sent(ms: number): Promise<void> {
		await this.clock.sleep(ms);
		if (!this.isAlive && this.random.chance(0.5)) await never();
	}
}

/** The clock of one run of the node in a worker. */
export class RunClock implements Clock {
	private readonly controller = new AbortController();
	readonly signal: AbortSignal = this.controller.signal;
	private readonly aborted: Promise<void>;

	constructor(
		private readonly clock: FakeClock,
		private readonly worker: Worker,
	) {
		this.aborted = new Promise((resolve) => {
			this.signal.addEventListener('abort', () => resolve(), { once: true });
		});
	}

	now = () => this.clock.now();
	monotonicMs = () => this.clock.monotonicMs();
	isExecutionStopped = () => false;
	abortRun = () => this.controller.abort();
	/** No item fails for all. */
	readonly closed: AbortSignal = this.controller.signal;
	close = () => this.abortRun();
	whileOpen = async <Result>(work: () => Promise<Result>) => await work();
	release = () => {};
	/** Only requests have deadlines, and none is made here. */
	pause = async () => await never();
	onStop = () => () => {};

	throwIfStopped(): void {
		if (this.signal.aborted) throw stopped();
	}

	throwIfClosed(): void {
		this.throwIfStopped();
	}

	async sleep(ms: number): Promise<void> {
		this.throwIfStopped();
		await Promise.race([this.worker.sleep(ms), this.aborted]);
		if (!this.worker.isAlive) await never();
		this.throwIfStopped();
	}
}

/** A row of the input of an execution. */
export interface RandomRow {
	readonly prompt: string;
	/** How its request changes from one try to the next. */
	readonly changes: 'never' | 'always' | 'rarely';
	readonly key: string | undefined;
	readonly onUnknownOutcome: 'stop' | 'createAgain';
}

/** What is sent to the provider: with it, what the test compares. */
export interface SentCreate {
	readonly marker: Marker | undefined;
	readonly owner: string;
	/** How many tasks the owner may have. */
	readonly allowed: number;
}

/** A task of the provider. */
export interface AcceptedTask extends SentCreate {
	readonly taskId: string;
	readonly createdAtMs: number;
	readonly listedAtMs: number;
}

/** How a world fails. */
export interface Weather {
	readonly lost: number;
	readonly refused: number;
	readonly throttled: number;
	readonly longestLagMs: number;
	readonly databaseFailure: number;
	readonly pageSize: number;
}

let worlds = 0;

/** What outlives processes: the provider, n8n's database and time. */
export class RandomWorld {
	readonly clock = new FakeClock();
	/** n8n's row with the set. */
	row: ReadonlySet<string> | undefined;
	readonly tasks: AcceptedTask[] = [];
	readonly violations: string[] = [];
	readonly trace: string[] = [];
	/** The list fails until then. */
	listFailsUntilMs = 0;
	private workers = 0;
	/** The package keeps the turns of each workflow in its process; the processes of all tests are one. */
	private readonly workflow = `workflow ${++worlds}`;

	constructor(
		readonly random: Random,
		public weather: Weather,
	) {}

	note(text: string): void {
		this.trace.push(`${String(this.clock.monotonicMs()).padStart(8)} ${text}`);
	}

	violate(text: string): void {
		this.note(`VIOLATION ${text}`);
		this.violations.push(text);
	}

	startWorker(): Worker {
		return new Worker(`W${++this.workers}`, this.clock, this.random);
	}

	/** n8n's set as a worker sees it. */
	setOf(worker: Worker): DurableSet {
		const call = async (change: (row: ReadonlySet<string>) => ReadonlySet<string>) =>
			await this.databaseCall(worker, change);
		const opened = openDurableSet(
			{
				...{
					getWorkflow: () => ({ id: `${this.workflow} ${worker.name}` }),
					getNode: () => ({ id: 'n' }),
				},
				helpers: {
					async checkProcessedAndRecord(texts: string[]) {
						const before = await call((row) => new Set([...row, ...texts]));
						return { new: [], processed: texts.filter((text) => before.has(text)) };
					},
					async removeProcessed(texts: string[]) {
						await call((row) => new Set([...row].filter((text) => !texts.includes(text))));
					},
				},
			} as unknown as IExecuteFunctions,
			async (ms) => await worker.sleep(ms),
		);
		if (opened === undefined) throw new Error('n8n has no set');
		return opened;
	}

	/** n8n reads the row, and writes it back without a lock. */
	private async databaseCall(
		worker: Worker,
		change: (row: ReadonlySet<string>) => ReadonlySet<string>,
	): Promise<ReadonlySet<string>> {
		const { random } = this;
		await worker.sleep(random.between(1, 10));
		const read = this.row;
		const isFailing = random.chance(this.weather.databaseFailure);
		if (isFailing && random.chance(0.5)) throw new Error('the database is busy');
		await worker.sleep(random.between(0, 20));
		await worker.sent(random.between(1, 20));
		if (read === undefined && this.row !== undefined) throw new Error('the row is there already');
		this.row = change(read ?? new Set());
		await worker.sleep(random.between(1, 10));
		if (isFailing) throw new Error('the database did not answer');
		return read ?? new Set();
	}

	/** The provider as a run in a worker sees it. */
	apiOf(worker: Worker, clock: Clock): TaskApi {
		return taskApiOf({
			createTask: async (request) =>
				await this.createTask(worker, request as unknown as SentCreate),
			listTasks: async ({ pageNumber }) => {
				await worker.sleep(this.random.between(20, 400));
				clock.throwIfStopped();
				if (this.clock.monotonicMs() < this.listFailsUntilMs) throw unavailable();
				return this.page(pageNumber);
			},
			readTask: async (taskId) => await Promise.resolve(taskOf(taskId, 'running')),
		});
	}

	private async createTask(worker: Worker, create: SentCreate): Promise<string> {
		const { random, weather } = this;
		this.checkIntent(create);
		this.note(`${worker.name} sends ${create.owner} ${create.marker?.value}`);
		const luck = random.next();
		await worker.sent(random.chance(0.1) ? random.between(1_000, 60_000) : random.spread(5, 500));
		if (luck < weather.throttled) return await this.fails(worker, throttled());
		if (luck < weather.throttled + weather.refused) return await this.fails(worker, forbidden());
		const isLost = luck > 1 - weather.lost;
		const lost = failureOf({ kind: 'answerTimedOut', outcomeUnknown: true });
		if (isLost && random.chance(0.5)) return await this.fails(worker, lost);
		const taskId = this.accept(create);
		if (isLost) return await this.fails(worker, lost);
		await worker.sleep(random.spread(5, 500));
		return taskId;
	}

	private async fails(worker: Worker, failure: Error): Promise<never> {
		await worker.sleep(this.random.pick([1, 200, 50_000]));
		throw failure;
	}

	private checkIntent({ marker, owner }: SentCreate): void {
		if (marker === undefined) return;
		const texts = [...(this.row ?? [])];
		const isMarked = (key: string) => this.row?.has(markerText(key, marker)) === true;
		const keys = texts
			.filter((text) => text.startsWith('intent '))
			.map((text) => text.slice('intent '.length));
		// The intent of an Idempotency Key has the day in its text.
		const isIntended = keys.some((key) => isMarked(key) || isMarked(key.split(' ')[0] ?? ''));
		if (!isIntended) this.violate(`${owner} was sent and its intent is not recorded`);
	}

	private accept(create: SentCreate): string {
		const { random, weather, clock, tasks } = this;
		const taskId = `cgt-${tasks.length + 1}`;
		const createdAtMs = clock.now();
		const listedAtMs =
			createdAtMs + (random.chance(0.3) ? random.between(0, weather.longestLagMs) : 0);
		tasks.push({ ...create, taskId, createdAtMs, listedAtMs });
		this.note(`provider accepts ${create.owner} as ${taskId}`);
		const { length } = tasks.filter(({ owner }) => owner === create.owner);
		if (length > create.allowed) this.violate(`${create.owner} is charged ${length} times`);
		return taskId;
	}

	private page(pageNumber: number): TaskPage {
		const nowMs = this.clock.now();
		const listed = this.tasks
			.filter(({ listedAtMs }) => listedAtMs <= nowMs)
			.map(({ taskId, marker, createdAtMs }): Task => {
				const raw = marker === undefined ? {} : { [marker.field]: marker.value };
				return taskOf(taskId, 'queued', { raw, createdAtMs });
			})
			.reverse();
		const { pageSize } = this.weather;
		const end = pageNumber * pageSize;
		const tasks = listed.slice(end - pageSize, end);
		const total = listed.length;
		return { tasks, count: tasks.length, total, hasMore: end < total, answeredAtMs: nowMs };
	}
}
