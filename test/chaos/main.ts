import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runScript } from '../n8n/interruption';
import { Draw } from './draw';
import { drawFaults } from './faults';
import { faultsOf, historyOf, judge, type Case, type Evidence, type Verdict } from './judge';
import { startProvider, type HistoryEntry, type Provider } from './provider';
import { maxManagingMs, scenarioOf } from './scenarios';
import { secretOf } from './secret';
import type { ChaosJob, ChaosResult, ManagingMessage, WorkerMessage } from './worker';

/** Everything, in real time. */
const maxMs = 20 * 60_000;
/** The executions of one run that make videos. */
const maxRunMs = 9 * 60_000;
/** Most of a run is waiting. */
const runsAtOnce = 5;
/** n8n's engine is loaded for some seconds, and for longer when several processes do that. */
const startingMs = 60_000;
/** A worker ends its executions itself at the limit. */
const limitGraceMs = 30_000;
const stopAfterMs = { min: 8_000, max: 16_000 };

const onProgress = (text: string) => process.stderr.write(`${text}\n`);

/** A run of one seed. */
interface Run {
	readonly seed: number;
	readonly evidence: Evidence;
	readonly verdict: Verdict;
}

/** Lets a worker make the videos of one seed at a provider in this process, and judges what came of it. */
async function runSeed(
	seed: number,
	rows: number,
	limitMs: number,
	signal: AbortSignal,
): Promise<Run> {
	const draw = new Draw(seed);
	const scenario = scenarioOf(seed);
	const secret = secretOf(draw);
	const faults = drawFaults(draw, rows);
	const options = { draw, faults, rows, secret };
	const provider = await startProvider({ ...options, scenario: scenario.provider ?? {} });
	// Other draws: a task ID of one account is none of another.
	const inOrder = await startProvider({ ...options, draw: new Draw(-seed), scenario: {} });
	inOrder.calm();
	const stop = draw.between(stopAfterMs.min, stopAfterMs.max, 'stop');
	const job: ChaosJob = {
		...{ rows, scenario, secret, limitMs },
		...{ origin: provider.origin, warmUpOrigin: inOrder.origin, stopAfterMs: stop },
	};
	try {
		const told = await work(job, provider, signal);
		const evidence = { ...told, rows, scenario, secret, provider };
		const verdict = judge(evidence);
		return { seed, evidence, verdict };
	} finally {
		await Promise.all([provider.close(), inOrder.close()]);
	}
}

type Told = Pick<Evidence, 'result' | 'failure' | 'printed' | 'lateRequests'>;

/** Runs a job in a process of its own, whose event loop serves nothing else. */
async function work(job: ChaosJob, provider: Provider, signal: AbortSignal): Promise<Told> {
	const worker = fork(join(__dirname, 'worker.ts'), {
		execArgv: ['--import', 'tsx'],
		silent: true,
	});
	const printed: string[] = [];
	for (const stream of [worker.stdout, worker.stderr]) {
		stream?.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
	}
	try {
		worker.send(job);
		const told = await ending(worker, job, provider, signal);
		return { ...told, printed: printed.join('') };
	} finally {
		worker.kill('SIGKILL');
	}
}

/** Follows a worker until it has a result, or until there is no hope of one. */
async function ending(
	worker: ChildProcess,
	{ limitMs }: ChaosJob,
	provider: Provider,
	signal: AbortSignal,
): Promise<Omit<Told, 'printed'>> {
	let quietFrom = Infinity;
	let lateRequests: readonly HistoryEntry[] = [];
	return await new Promise((resolve) => {
		const end = (result: ChaosResult | undefined, failure?: string) => {
			clearTimeout(timer);
			resolve({ result, failure, lateRequests });
		};
		const endAfter = (ms: number) => setTimeout(() => end(undefined, 'The worker hangs'), ms);
		let timer = endAfter(startingMs);
		signal.addEventListener('abort', () => end(undefined, 'Interrupted'), { once: true });
		worker.on('exit', (code) => end(undefined, `The worker has exited with ${code}`));
		worker.on('message', (message: WorkerMessage) => {
			switch (message.type) {
				case 'begun':
					clearTimeout(timer);
					timer = endAfter(limitMs + maxManagingMs + limitGraceMs);
					return;
				case 'stopped':
					return provider.stopped();
				case 'stayedQuiet':
					quietFrom = provider.history.length;
					return;
				case 'continued':
					lateRequests = provider.history.slice(quietFrom);
					return provider.continued();
				case 'calm':
					return provider.calm();
				case 'managing': {
					const answer: ManagingMessage = { taskIds: provider.managing() };
					worker.send(answer);
					return;
				}
				case 'cancelling':
					return provider.cancelling();
				case 'failed':
					return end(undefined, message.error);
				case 'result':
					return end(message.result);
			}
		});
	});
}

const columns = [
	['seed', 4],
	['scenario', 30],
	['s', 4],
	['limit', 5],
	['rows', 5],
	['tasks', 5],
	['videos', 6],
	['files', 5],
	['unknown', 7],
	['no video', 8],
	['deleted', 7],
	['twice', 5],
	['lost', 4],
	['managed', 7],
	['leaks', 5],
	['astray', 6],
	['stall ms', 8],
] as const;

function printRow(cells: ReadonlyArray<string | number>): void {
	const texts = columns.map(([, width], index) =>
		index === 1 ? String(cells[index]).padEnd(width) : String(cells[index]).padStart(width),
	);
	console.log(texts.join('  ').trimEnd());
}

function printTable(runs: readonly Run[]): void {
	printRow(columns.map(([title]) => title));
	for (const { seed, evidence, verdict } of runs) {
		const { result, scenario } = evidence;
		const { accepted, delivered, unknown, figures } = verdict;
		const off = (name: string) => figures.find((one) => one.name === name)?.cases.length ?? 0;
		const ofItems = (value: number) => (result?.ended === true ? value : '-');
		printRow([
			...[seed, scenario.name, Math.round((result?.tookMs ?? 0) / 1000)],
			...[off('limit') === 0 ? 'ok' : 'NO', ofItems(evidence.rows - off('rows')), accepted],
			...[ofItems(delivered), ofItems(result?.filesKept ?? 0), ofItems(unknown)],
			...[ofItems(off('no video')), off('deleted'), off('twice'), ofItems(off('lost'))],
			...[
				ofItems(off('managed')),
				off('leaks'),
				off('astray'),
				result === undefined ? '-' : stallOf(result),
			],
		]);
	}
}

function stallOf({ stall: { wholeMs, ownMs } }: ChaosResult): number {
	return Math.round(Math.min(wholeMs, ownMs));
}

/** Says of every figure that is off what was counted: of rows that met the same faults, one with its requests. */
function explain({ seed, evidence, verdict }: Run): void {
	const { provider } = evidence;
	for (const { name, cases } of verdict.figures) {
		if (cases.length === 0) continue;
		console.log(`\nSeed ${seed}, ${name}: ${cases.length}`);
		const alike = new Map<string, Case[]>();
		for (const one of cases) {
			const faults = one.row === undefined ? one.what : faultsOf(provider, one.row).join(', ');
			alike.set(faults, [...(alike.get(faults) ?? []), one]);
		}
		for (const [faults, [first, ...others]] of alike) {
			if (first === undefined) continue;
			const { row, what } = first;
			console.log(`  ${row === undefined ? '' : `row ${row}: `}${what}`);
			if (row === undefined) continue;
			for (const line of historyOf(provider, row)) console.log(`    ${line}`);
			const rows = others.map((other) => other.row).join(', ');
			if (others.length > 0) console.log(`    likewise (${faults || 'no fault'}): row ${rows}`);
		}
	}
}

/** Keeps what was seen of runs that are off. */
async function keepRecords(runs: readonly Run[]): Promise<void> {
	const off = runs.filter(isOff);
	if (off.length === 0) return;
	const folder = await mkdtemp(join(tmpdir(), 'seedance-chaos-'));
	for (const { seed, evidence } of off) {
		const requests = evidence.provider.history.map((entry) => JSON.stringify(entry));
		const { log = [], managed } = evidence.result ?? {};
		const cancelled = managed?.cancelItems.map((item) => JSON.stringify(item)) ?? [];
		await writeFile(join(folder, `seed-${seed}-requests.jsonl`), requests.join('\n'));
		await writeFile(join(folder, `seed-${seed}-log.jsonl`), log.join('\n'));
		await writeFile(join(folder, `seed-${seed}-cancel.jsonl`), cancelled.join('\n'));
	}
	console.log(
		`\nEvery request, log line and item of Cancel of the runs that are off is in ${folder}`,
	);
}

function isOff({ verdict }: Run): boolean {
	return verdict.figures.some(({ cases }) => cases.length > 0);
}

function readNumber(name: string, given: string): number {
	const number = Number(given);
	if (Number.isInteger(number) && number > 0) return number;
	throw new Error(`--${name} takes a whole number from 1 on, not "${given}"`);
}

function readChoices() {
	const { values } = parseArgs({
		options: {
			seeds: { type: 'string', default: '10' },
			rows: { type: 'string', default: '500' },
			seed: { type: 'string' },
		},
	});
	const count = readNumber('seeds', values.seeds);
	const seeds =
		values.seed === undefined
			? Array.from({ length: count }, (_, index) => index + 1)
			: [readNumber('seed', values.seed)];
	return { seeds, rows: readNumber('rows', values.rows) };
}

/**
 * Makes videos at a provider that misbehaves in every known way, in real time, and prints for each seed what was lost, doubled, deleted or leaked.
 * Exits with 1 when any of that is not zero, when a run does not end in its time, or when the event loop stands still for more than 100 ms.
 */
async function main(signal: AbortSignal): Promise<number> {
	const { seeds, rows } = readChoices();
	const endsAtMs = Date.now() + maxMs;
	const left = [...seeds];
	const runs: Run[] = [];
	const runNext = async (): Promise<void> => {
		const seed = left.shift();
		if (seed === undefined || signal.aborted) return;
		const aroundMs = startingMs + maxManagingMs + limitGraceMs;
		const limitMs = Math.min(maxRunMs, endsAtMs - Date.now() - aroundMs);
		onProgress(`Seed ${seed}: ${scenarioOf(seed).name}, ${rows} rows`);
		const run = await runSeed(seed, rows, Math.max(limitMs, 0), signal);
		runs.push(run);
		onProgress(`Seed ${seed} is over`);
		await runNext();
	};
	await Promise.all(Array.from({ length: runsAtOnce }, runNext));
	signal.throwIfAborted();
	runs.sort((first, second) => first.seed - second.seed);
	for (const run of runs) explain(run);
	console.log('');
	printTable(runs);
	await keepRecords(runs);
	return runs.some(isOff) ? 1 : 0;
}

void runScript(main);
