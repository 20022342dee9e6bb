import type { INodeExecutionData } from 'n8n-workflow';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { startEngine, type Engine, type Execution } from '../engine/engine';
import { packageFolder } from '../engine/nodeTypes';
import { readExample } from '../engine/workflows';
import { readDemoOptions, type DemoOptions } from './options';
import { showProgress } from './progress';
import { openProvider } from './provider';

const nodeName = 'Seedance Video';
const exitCodeOfInterrupt = 130;

/** Runs the example workflow on n8n's engine and writes the MP4. Returns the exit code. */
async function runDemo(options: DemoOptions): Promise<number> {
	const provider = await openProvider(options);
	const engine = await startEngine();
	try {
		console.log(`Running examples/prompt-to-video.json against ${provider.name}`);
		const progress = showProgress(process.stdout, options.rows);
		let interrupted = false;
		const execution = await engine.run({
			workflow: withOptions(readExample('prompt-to-video'), options),
			credentials: { seedanceApi: provider.credential },
			items: Array.from({ length: options.rows }, () => ({ json: {} })),
			onLog: progress.onLog,
			onStart: ({ stop }) =>
				process.once('SIGINT', () => {
					interrupted = true;
					stop();
				}),
		});
		progress.end();
		if (interrupted) {
			const ids = progress.taskIds.join(', ') || 'none';
			console.error(`Stopped. Tasks that go on at the provider: ${ids}`);
			return exitCodeOfInterrupt;
		}
		return await report(execution, engine.readBinary);
	} finally {
		engine.close();
		await provider.close();
	}
}

async function report(execution: Execution, readBinary: Engine['readBinary']): Promise<number> {
	const items = execution.items(nodeName);
	if (execution.error !== undefined || items.length === 0) {
		const { message, description } = execution.error ?? {};
		console.error([message ?? 'The node gave no item', description].filter(Boolean).join('\n'));
		return 1;
	}
	for (const item of items) {
		if (!(await writeVideo(item, readBinary))) return 1;
	}
	return 0;
}

/** Writes an item's MP4 and prints both. Without one, prints what is wrong and returns false. */
async function writeVideo(
	item: INodeExecutionData,
	readBinary: Engine['readBinary'],
): Promise<boolean> {
	const video = item.binary?.['data'];
	if (video === undefined) {
		console.error(
			item.json['timedOut'] === true
				? `The wait ran out: task ${item.json['taskId']} is still ${item.json['status']}. Fetch it later with the Get operation; do not create it again.`
				: `There is no video in the item: ${JSON.stringify(item.json)}`,
		);
		return false;
	}
	const bytes = await readBinary(video);
	if (bytes.subarray(4, 8).toString('latin1') !== 'ftyp') {
		console.error('The downloaded file is not an MP4: it does not begin with an ftyp box');
		return false;
	}
	const folder = join(packageFolder, 'output');
	await mkdir(folder, { recursive: true });
	const file = join(folder, video.fileName ?? 'video.mp4');
	await writeFile(file, bytes);
	console.log(`\nOutput item:\n${JSON.stringify(item, null, 2)}`);
	console.log(`\nMP4 (${bytes.length} bytes): ${relative(process.cwd(), file)}`);
	return true;
}

function withOptions(
	workflow: ReturnType<typeof readExample>,
	{ maxWaitMinutes }: DemoOptions,
): ReturnType<typeof readExample> {
	// Often, so that each status is seen.
	const waitOptions =
		maxWaitMinutes === undefined
			? { pollInterval: 5 }
			: { pollInterval: 1, maxWait: maxWaitMinutes };
	const nodes = workflow.nodes.map((node) =>
		node.name === nodeName
			? // The reason is printed from the failed execution, not from the example's error branch.
				{
					...node,
					onError: 'stopWorkflow' as const,
					parameters: { ...node.parameters, waitOptions },
				}
			: node,
	);
	return { ...workflow, nodes };
}

async function main(): Promise<void> {
	try {
		const options = readDemoOptions(process.argv.slice(2), process.env);
		if ('help' in options) console.log(options.help);
		else process.exitCode = await runDemo(options);
	} catch (error) {
		console.error(error instanceof Error ? error.message : error);
		process.exitCode = 1;
	}
}

void main();
