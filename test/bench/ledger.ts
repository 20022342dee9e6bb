import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startBatch } from '../crash/batch';
import { reportPath } from '../crash/moments';
import { startInstance } from '../n8n/instance';
import { runScript } from '../n8n/interruption';
import { parseLine, versionsOf } from '../n8n/versions';

const rowCount = 1_000;
const renderMs = 5_000;
const timeoutMs = 600_000;

interface Recording {
	readonly calls: number;
	readonly elapsedMs: number;
}

/** What the node's log says that recording has cost. */
async function recordingOf(logFile: string): Promise<Recording | undefined> {
	const log = await readFile(logFile, 'utf8');
	const [, calls, elapsedMs] = /recorded its creates .*?: (\d+) calls in (\d+) ms/.exec(log) ?? [];
	return calls === undefined ? undefined : { calls: Number(calls), elapsedMs: Number(elapsedMs) };
}

/**
 * Makes 1,000 videos in one execution of a real n8n and prints what recording their creates in n8n's
 * database costs. Exits with 1 when the execution fails, when a video is missing, or when nothing was
 * recorded.
 */
async function main(signal: AbortSignal): Promise<number> {
	const { values } = parseArgs({ options: { line: { type: 'string', default: '2' } } });
	const line = parseLine(values.line);
	const userFolder = await mkdtemp(join(tmpdir(), 'seedance-ledger-'));
	const instance = await startInstance({
		...{ line, userFolder, renderMs, signal },
		simulatorOptions: { concurrency: rowCount },
		environment: { N8N_LOG_LEVEL: 'debug' },
		onProgress: (text) => process.stderr.write(`${text}\n`),
	});
	// For the node behind the videos.
	instance.simulator.intercept(({ path }) =>
		path === reportPath ? { status: 200, body: {} } : undefined,
	);
	try {
		const rows = Array.from({ length: rowCount }, (_, row) => ({ prompt: `Row ${row}` }));
		const startedAtMs = Date.now();
		const id = await startBatch(instance, signal, rows);
		const { status } = await instance.client.waitForExecution(id, timeoutMs);
		const seconds = (Date.now() - startedAtMs) / 1000;
		const recording = await recordingOf(instance.n8n.logFile);
		const { calls = 0, elapsedMs = 0 } = recording ?? {};
		console.log(
			[
				`n8n ${versionsOf(line).n8nVersion}: ${instance.simulator.tasks.length} videos in ${seconds.toFixed(1)} s, ${status}`,
				`Calls of n8n's database: ${calls}, ${elapsedMs} ms in all, ${(elapsedMs / calls).toFixed(1)} ms each`,
			].join('\n'),
		);
		const isWhole = status === 'success' && instance.simulator.tasks.length === rowCount;
		return isWhole && recording !== undefined ? 0 : 1;
	} finally {
		await instance.close();
		await rm(userFolder, { recursive: true, force: true });
	}
}

void runScript(main);
