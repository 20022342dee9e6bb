import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runScript } from '../n8n/interruption';
import { startQueue, type Queue } from '../n8n/queue';
import { parseLine, versionsOf } from '../n8n/versions';
import { createVideoWebhook, type VideoWebhook } from '../n8n/videoWebhook';

const executionCount = 40;
const executionsPerWorker = 5;
const renderMs = 2_000;
const timeoutMs = 180_000;

interface Round {
	readonly workers: number;
	readonly seconds: number;
	readonly failed: number;
	/** How many executions each worker has begun in this round. */
	readonly shares: readonly number[];
}

async function measure(queue: Queue, webhook: VideoWebhook, doneBefore: number): Promise<Round> {
	const begunBefore = queue.workers.map((worker) => worker.startedExecutionIds().length);
	const startedAtMs = Date.now();
	const numbers = Array.from({ length: executionCount }, (_, number) => number);
	await Promise.all(numbers.map(async (number) => await webhook.call(`Video ${number}`)));
	const executions = await webhook.waitForExecutions(doneBefore + executionCount, timeoutMs);
	const own = executions.slice(doneBefore);
	const lastEndMs = Math.max(...own.map(({ stoppedAt }) => Date.parse(stoppedAt ?? '')));
	return {
		workers: queue.workers.length,
		seconds: (lastEndMs - startedAtMs) / 1000,
		failed: own.filter(({ status }) => status !== 'success').length,
		shares: queue.workers.map(
			(worker, index) => worker.startedExecutionIds().length - (begunBefore[index] ?? 0),
		),
	};
}

/**
 * Makes the same forty videos in queue mode with one worker and with two, five executions at a time
 * each, and prints the executions per minute. Exits with 1 when one fails or two workers do not do
 * more.
 */
async function main(signal: AbortSignal): Promise<number> {
	const { values } = parseArgs({ options: { line: { type: 'string', default: '2' } } });
	const line = parseLine(values.line);
	const folder = await mkdtemp(join(tmpdir(), 'seedance-queue-'));
	const onProgress = (text: string) => process.stderr.write(`${text}\n`);
	const options = { line, folder, executionsPerWorker, renderMs, onProgress, signal };
	const queue = await startQueue({ ...options, workerCount: 1 });
	const rounds: Round[] = [];
	try {
		const webhook = await createVideoWebhook(queue.instance);
		rounds.push(await measure(queue, webhook, 0));
		await queue.addWorker();
		rounds.push(await measure(queue, webhook, executionCount));
	} finally {
		await queue.close();
		await rm(folder, { recursive: true, force: true });
	}
	const perMinute = rounds.map(({ seconds }) => Math.round((executionCount / seconds) * 60));
	console.log(
		`\nn8n ${versionsOf(line).n8nVersion}, ${executionCount} videos of ${renderMs / 1000} s render time, ${executionsPerWorker} at a time for each worker\n`,
	);
	console.log('workers  seconds  executions per minute  failed  share of each');
	for (const [index, { workers, seconds, failed, shares }] of rounds.entries()) {
		const columns = [workers, seconds.toFixed(1), perMinute[index], failed].map(String);
		const widths = [7, 9, 23, 8];
		const row = columns.map((text, column) => text.padStart(widths[column] ?? 0)).join('');
		console.log(`${row}  ${shares.join(' + ')}`);
	}
	const [one = 0, two = 0] = perMinute;
	return two > one && rounds.every(({ failed }) => failed === 0) ? 0 : 1;
}

void runScript(main);
