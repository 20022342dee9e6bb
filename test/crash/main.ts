import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { runScript } from '../n8n/interruption';
import { parseLine, type Line } from '../n8n/versions';
import { judge, startBatch, type Verdict } from './batch';
import { closeGate, moments, type Moment } from './moments';
import { modes, startVictim, type Mode } from './victim';

const endedTimeoutMs = 120_000;

interface Run {
	readonly line: Line;
	readonly mode: Mode;
	readonly moment: Moment;
}

interface Result extends Verdict {
	readonly tasksBefore: number;
	/** The status that n8n gave to the execution that was killed. */
	readonly status: string;
	readonly tasksAfter: number;
}

const onProgress = (text: string) => process.stderr.write(`${text}\n`);

/** Kills n8n in the middle of a batch, starts it again, retries the execution and judges that. */
async function crash({ line, mode, moment }: Run, folder: string, signal: AbortSignal) {
	const { renderMs, rows } = moment;
	const victim = await startVictim(mode, { line, folder, renderMs, onProgress, signal });
	try {
		const { client, simulator } = victim.instance;
		const gate = closeGate(simulator, moment);
		const id = await startBatch(victim.instance, signal, rows);
		await gate.reached(signal);
		await victim.kill();
		const tasksBefore = simulator.tasks.length;
		gate.open();
		onProgress(`Killed with ${tasksBefore} tasks at the provider`);
		await victim.comeBack();

		const crashed = await client.waitForExecution(id, endedTimeoutMs);
		let last = crashed;
		// n8n may have begun it anew by itself.
		if (crashed.status !== 'success') {
			const retryId = await client.retryExecution(id, false);
			last = await client.waitForExecution(retryId, endedTimeoutMs);
		}
		const verdict = await judge(victim.instance, last, rows);
		const { status } = crashed;
		return { ...verdict, tasksBefore, status, tasksAfter: simulator.tasks.length };
	} finally {
		await victim.close();
	}
}

const columns = [
	['line', 4],
	['mode', 13],
	['moment', 34],
	['tasks at kill', 13],
	['status', 7],
	['tasks after', 11],
	['right videos', 12],
	['wrong shots', 11],
	['need a person', 13],
	['seconds', 7],
] as const;

function printRow(cells: ReadonlyArray<string | number>): void {
	const texts = columns.map(([, width], index) => String(cells[index]).padEnd(width));
	console.log(texts.join('  ').trimEnd());
}

/** Runs one kill and prints its row. Returns whether nothing was paid twice and nothing is missing. */
async function measure(run: Run, number: number, signal: AbortSignal): Promise<boolean> {
	const { line, mode, moment } = run;
	const folder = await mkdtemp(join(tmpdir(), 'seedance-crash-'));
	const startedAtMs = Date.now();
	let result: Result | undefined;
	let missed: string | undefined;
	try {
		result = await crash(run, folder, signal);
		missed = result.firstError;
	} catch (error) {
		if (signal.aborted) {
			await rm(folder, { recursive: true, force: true });
			throw error;
		}
		missed = error instanceof Error ? error.message : String(error);
	}
	const { tasksBefore, status, tasksAfter, delivered, wrongShots, needPerson } = result ?? {};
	const found = [tasksBefore, status, tasksAfter, delivered, wrongShots, needPerson].map(
		(cell) => cell ?? '-',
	);
	const seconds = Math.round((Date.now() - startedAtMs) / 1000);
	printRow([line, mode, `${number} ${moment.name}`, ...found, seconds]);
	const { length: rowCount } = moment.rows;
	const passed = tasksAfter === rowCount && delivered === rowCount && wrongShots === 0;
	if (missed !== undefined) onProgress(missed);
	if (passed) await rm(folder, { recursive: true, force: true });
	else onProgress(`n8n's data and logs are kept in ${folder}`);
	return passed;
}

function readChoices() {
	const { values } = parseArgs({
		options: {
			line: { type: 'string', default: '2' },
			mode: { type: 'string', default: 'regular' },
			moment: { type: 'string' },
		},
	});
	const line = parseLine(values.line);
	const mode = modes.find((each) => each === values.mode);
	if (mode === undefined) {
		throw new Error(`--mode takes ${modes.join(', ')}, not "${values.mode}"`);
	}
	const all = [...moments.keys()];
	const numbers = values.moment === undefined ? all : values.moment.split(',').map(Number);
	if (!numbers.every((number) => moments.has(number))) {
		throw new Error(`--moment takes ${all.join(', ')}, not "${values.moment}"`);
	}
	return { line, mode, numbers };
}

/**
 * Kills n8n at each moment of a batch of forty paid videos and of two stories, and prints what a Retry of the
 * execution gives. Exits with 1 unless each run has one task for each row and delivers the right videos, and each shot
 * continues the one before it.
 */
async function main(signal: AbortSignal): Promise<number> {
	const { line, mode, numbers } = readChoices();
	printRow(columns.map(([title]) => title));
	let passed = true;
	for (const number of numbers) {
		const moment = moments.get(number);
		if (moment === undefined) continue;
		passed = (await measure({ line, mode, moment }, number, signal)) && passed;
	}
	return passed ? 0 : 1;
}

void runScript(main);
