import type { CreateRequest } from '../../../nodes/Seedance/seedance/request';
import { toFailure, type SeedanceFailure } from '../../../nodes/Seedance/seedance/failure';
import { createCreateQueue } from '../../../nodes/Seedance/tasks/createQueue';
import { DurableLedger } from '../../../nodes/Seedance/tasks/durableLedger';
import { openLedger } from '../../../nodes/Seedance/tasks/ledger';
import { createPaidTasks, type PaidRequest } from '../../../nodes/Seedance/tasks/paidTasks';
import type { TaskLog } from '../../../nodes/Seedance/tasks/taskLog';
import { storeOf, taskOf } from '../given';
import type { Kept } from './createWorld';
import {
	Random,
	RandomWorld,
	RunClock,
	type RandomRow,
	type Weather,
	type Worker,
} from './randomWorld';

/** What became of a row in a run. */
type Outcome = { readonly taskId: string } | { readonly failure: SeedanceFailure };

interface Execution {
	readonly name: string;
	readonly rows: readonly RandomRow[];
	readonly continuesOnFail: boolean;
	readonly firstId: number;
}

interface Run {
	readonly worker: Worker;
	readonly id: number;
	readonly isRetry: boolean;
	readonly kept: Kept;
	readonly rows: readonly RandomRow[];
}

const ownerOf = ({ name }: Execution, { key, prompt }: RandomRow) =>
	key === undefined ? `${name} ${prompt}` : `key ${key}`;

const isOfOwner = (execution: Execution, owner: string) => (row: RandomRow) =>
	ownerOf(execution, row) === owner;

/** A scenario: executions of one node on two workers, of which some are killed. */
class Scenario {
	readonly world: RandomWorld;
	private readonly random: Random;
	private readonly workers: Worker[];
	private lastId: number;
	private requests = 0;
	private kills: number;
	private isOver = false;
	private readonly executions: Execution[] = [];

	constructor(seed: number) {
		const random = new Random(seed);
		this.random = random;
		const weather: Weather = {
			lost: random.pick([0, 0.1, 0.4]),
			refused: random.pick([0, 0.1]),
			throttled: random.pick([0, 0.1]),
			longestLagMs: random.pick([0, 3_000, 40_000]),
			databaseFailure: random.pick([0, 0, 0.03]),
			pageSize: random.pick([2, 100, 100]),
		};
		this.world = new RandomWorld(random, weather);
		this.workers = [this.world.startWorker(), this.world.startWorker()];
		this.lastId = random.between(10, 5_000);
		this.kills = random.between(1, 3);
	}

	async run(): Promise<void> {
		const { world, random } = this;
		const together = random.between(1, 3);
		const executions = Array.from({ length: together }, () => this.newExecution());
		const keys = executions.flatMap(({ rows }) => rows.flatMap(({ key }) => key ?? []));
		let isDone = false;
		const all = Promise.all(
			executions.map(async (execution) => {
				await world.clock.sleep(random.pick([0, random.between(1, 500)]));
				await this.drive(execution);
			}),
		).then(async () => {
			if (keys.length > 0) await this.drive(this.newExecution([...new Set(keys)]));
			isDone = true;
		});
		void this.killer();
		all.catch((error: unknown) => {
			world.violate(`the test failed: ${String((error as Error).stack)}`);
			isDone = true;
		});
		for (let step = 0; !isDone; step++) {
			await world.clock.advance(5_000);
			if (step > 2_000) {
				world.violate('it never ends');
				break;
			}
		}
		this.isOver = true;
	}

	private newExecution(keys?: readonly string[]): Execution {
		const { random } = this;
		const name = `E${this.executions.length + 1}`;
		const keyed = keys ?? (random.chance(0.3) ? [`${name}-a`, `${name}-b`] : undefined);
		const changes = random.pick(['never', 'always', 'rarely'] as const);
		const onUnknownOutcome = random.pick(['stop', 'createAgain'] as const);
		const rows = Array.from({ length: random.between(1, 4) }, (): RandomRow => {
			const key = keyed && random.pick(keyed);
			const prompt = key ?? random.pick(['cat', 'dog', 'cow']);
			return { prompt, changes: key === undefined ? changes : 'never', key, onUnknownOutcome };
		});
		this.lastId++;
		const execution = { name, rows, continuesOnFail: random.chance(0.7), firstId: this.lastId };
		this.executions.push(execution);
		this.world.note(`${name} has ${JSON.stringify(rows)}`);
		return execution;
	}

	private async killer(): Promise<void> {
		const { random, world } = this;
		for (; this.kills > 0; this.kills--) {
			await world.clock.sleep(random.spread(20, 20_000));
			if (this.isOver) return;
			const index = random.between(0, 1);
			const worker = this.workers[index];
			world.note(`${worker?.name} is killed`);
			worker?.kill();
			this.workers[index] = world.startWorker();
			if (random.chance(0.3)) {
				world.listFailsUntilMs = world.clock.monotonicMs() + random.between(1_000, 50_000);
			}
		}
		world.weather = { ...world.weather, databaseFailure: 0, lost: 0, refused: 0 };
	}

	/** An execution with all that continues it, to its end. */
	private async drive(execution: Execution): Promise<void> {
		const { random, world } = this;
		const next = { id: execution.firstId, isRetry: false, kept: {} as Kept, rows: execution.rows };
		for (let tries = 0; tries < 13; tries++) {
			const { rows } = next;
			const worker = random.pick(this.workers);
			const isLast = this.kills === 0 && tries > 0;
			world.note(
				`${execution.name} runs as ${next.id} on ${worker.name}${next.isRetry ? ', a Retry' : ''}`,
			);
			const outcomes = await Promise.race([
				this.runOnce(execution, { worker, ...next }),
				worker.died.then(() => undefined),
			]);
			const hasFailed = outcomes?.some((outcome) => 'failure' in outcome) === true;
			if (outcomes !== undefined) this.check(execution, rows, outcomes);
			if (outcomes !== undefined && (isLast || (!hasFailed && random.chance(0.5)))) {
				if (execution.continuesOnFail || !hasFailed) this.checkEnd(execution, rows, outcomes);
				return;
			}
			const isKilled = outcomes === undefined;
			// n8n may be killed in a later node as well; then nothing is kept.
			if (isKilled || (!hasFailed && random.chance(0.5))) next.kept = {};
			// n8n begins it anew, or Retry On Fail does, or the user retries the execution.
			if (!((isKilled || hasFailed) && random.chance(0.4))) {
				next.id = ++this.lastId;
				next.isRetry = true;
				if (random.chance(0.4)) next.rows = random.shuffled(rows);
			}
			await world.clock.sleep(random.spread(1, 200_000));
		}
	}

	/** One run of the node; never rejects, and never resolves when its process is killed. */
	private async runOnce(execution: Execution, run: Run): Promise<Outcome[]> {
		const { world } = this;
		const { worker } = run;
		const clock = new RunClock(world.clock, worker);
		const tasks = this.tasksOf(execution, run, clock);
		const claim = async (row: RandomRow, item: number): Promise<Outcome> => {
			try {
				const task = await tasks.claim(item, this.requestOf(execution, row, worker));
				const produce = async () => await worker.sleep(this.random.spread(1, 5_000));
				await task.deliver(produce, () => true);
				return { taskId: task.taskId };
			} catch (error) {
				const failure = toFailure(error);
				const { kind, values, candidates } = failure;
				world.note(
					`${execution.name} item ${item} fails: ${kind} ${JSON.stringify([values, candidates])}`,
				);
				if (kind === 'bug') world.violate(String((failure.cause as Error).stack));
				if (!execution.continuesOnFail) clock.abortRun();
				return { failure };
			}
		};
		const outcomes = await Promise.all(run.rows.map(claim));
		await tasks.settled();
		return outcomes;
	}

	private tasksOf({ name }: Execution, { worker, kept, id, isRetry }: Run, clock: RunClock) {
		const { world } = this;
		const changes = { executionId: String(id), isRetryOfExecution: isRetry, beginning: () => name };
		const store = storeOf(kept, changes);
		const api = world.apiOf(worker, clock);
		const onFailure = (reason: string) => world.note(`${name}: the database fails: ${reason}`);
		const log: Partial<TaskLog> = {
			claimed: ({ itemIndex, taskId }) => world.note(`${name} item ${itemIndex} has ${taskId}`),
			outcomeUnknown: (item, { kind }) => world.note(`${name} item ${item} is unknown, ${kind}`),
			recorded: () => {},
			foundAgain: ({ itemIndex, taskId }) =>
				world.note(`${name} item ${itemIndex} found ${taskId}`),
		};
		return createPaidTasks({
			...{ clock, api, ledger: openLedger(store), log: log as TaskLog },
			durable: new DurableLedger(world.setOf(worker), store, clock, onFailure),
			queue: createCreateQueue(
				clock,
				() => {},
				() => this.random.next(),
			),
			poller: {
				wait: async ({ taskId }) =>
					await Promise.resolve({ seen: taskOf(taskId, 'succeeded'), timedOut: false }),
			},
			cancelOnStop: () => ({ cancel: async () => {} }),
		});
	}

	private requestOf(execution: Execution, row: RandomRow, worker: Worker): PaidRequest {
		const { random } = this;
		const { prompt, changes, key, onUnknownOutcome } = row;
		const identity = changes === 'always' ? `${prompt} at ${++this.requests}` : prompt;
		const owner = ownerOf(execution, row);
		const { length } = execution.rows.filter(isOfOwner(execution, owner));
		const allowed = key === undefined ? length : 1;
		const pause = async () => {
			if (random.chance(0.3)) await worker.sleep(random.spread(1, 2_000));
		};
		return {
			...{ markerKind: 'expiry', idempotencyKey: key, onUnknownOutcome, identity, facts: {} },
			takeAnother: () => true,
			maxBlockedMs: undefined,
			asWritten: changes === 'never' ? undefined : [prompt],
			prepare: pause,
			async ready(marker) {
				await pause();
				return { marker, owner, allowed } as unknown as CreateRequest;
			},
		};
	}

	/** No row has the task of another one. */
	private check(execution: Execution, rows: readonly RandomRow[], outcomes: readonly Outcome[]) {
		const { world } = this;
		const seen = new Set<string>();
		for (const [index, row] of rows.entries()) {
			const outcome = outcomes[index];
			if (outcome === undefined || !('taskId' in outcome)) continue;
			const task = world.tasks.find(({ taskId }) => taskId === outcome.taskId);
			const owner = ownerOf(execution, row);
			if (task?.owner !== owner) world.violate(`${owner} has ${outcome.taskId} of ${task?.owner}`);
			if (row.key === undefined && seen.has(outcome.taskId))
				world.violate(`${outcome.taskId} has two rows`);
			seen.add(outcome.taskId);
		}
	}

	/** Every accepted task is delivered, or a row names it. */
	private checkEnd(execution: Execution, rows: readonly RandomRow[], outcomes: readonly Outcome[]) {
		const { world } = this;
		for (const owner of new Set(rows.map((row) => ownerOf(execution, row)))) {
			const own = outcomes.filter((_, index) => {
				const row = rows[index];
				return row !== undefined && ownerOf(execution, row) === owner;
			});
			const delivered = new Set(
				own.flatMap((outcome) => ('taskId' in outcome ? outcome.taskId : [])),
			);
			const failures = own.flatMap((outcome) => ('failure' in outcome ? outcome.failure : []));
			const unnamed = world.tasks.filter(
				(task) =>
					task.owner === owner &&
					!delivered.has(task.taskId) &&
					!failures.some(({ candidates = [] }) => candidates.includes(task.taskId)),
			);
			const unknown = failures.filter(({ outcomeUnknown }) => outcomeUnknown === true);
			if (unnamed.length > unknown.length) {
				world.violate(`${owner} lacks ${unnamed.map(({ taskId }) => taskId).join(', ')}`);
			}
		}
	}
}

/** More seeds: `RANDOM_SEED=1000 RANDOM_RUNS=2000 npx jest --selectProjects unit --testPathPatterns randomKills`. */
const firstSeed = Number(process.env['RANDOM_SEED'] ?? 1);
const runs = Number(process.env['RANDOM_RUNS'] ?? 150);

afterEach(() => jest.restoreAllMocks());

test('whatever is killed at whatever moment, no row is charged twice, and every task is delivered or named', async () => {
	const broken: string[] = [];
	for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
		const random = new Random(-seed);
		jest.spyOn(Math, 'random').mockImplementation(() => random.next());
		const scenario = new Scenario(seed);
		const { world } = scenario;
		jest.spyOn(performance, 'now').mockImplementation(() => world.clock.monotonicMs());
		await scenario.run();
		if (world.violations.length > 0) {
			// One trace is enough to begin with.
			const trace = broken.length === 0 ? world.trace : [];
			broken.push([`seed ${seed}: ${world.violations.join('; ')}`, ...trace].join('\n'));
		}
	}
	expect(broken.join('\n')).toBe('');
}, 600_000);
