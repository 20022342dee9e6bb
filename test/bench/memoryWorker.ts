import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { startEngine, type Engine, type Execution } from '../engine/engine';
import { videoNode, videoWorkflow } from '../engine/workflows';
import { bufferedJob } from './bufferedJob';

/** What a worker measures. */
export interface MemoryJob {
	readonly variant: 'nodes' | 'buffers';
	readonly origin: string;
	readonly apiKey: string;
	readonly uploadBytes: number;
}

/** What it measured: peaks of the resident set over the idle engine. */
export interface MemoryReport {
	readonly variant: MemoryJob['variant'];
	readonly idleMegabytes: number;
	readonly upMegabytes: number;
	readonly downMegabytes: number;
	readonly seconds: number;
}

const megabyte = 1024 * 1024;
const sampleEveryMs = 10;

process.once('message', (job: MemoryJob) => {
	run(job)
		.then((report) => process.send?.(report))
		.catch((error: unknown) => process.send?.({ error: String(error) }))
		.finally(() => process.disconnect());
});

async function run(job: MemoryJob): Promise<MemoryReport> {
	const engine = await startEngine('filesystem', { 'test.bufferedJob': bufferedJob });
	const credentials = { seedanceApi: { baseUrl: job.origin, apiKey: job.apiKey } };
	const settings = job.variant === 'buffers' ? { type: 'test.bufferedJob' } : {};
	const asset = {
		...settings,
		...(job.variant === 'nodes' ? { type: 'n8n-nodes-seedance.seedanceAsset' } : {}),
	};
	const runNode = async (parameters: IDataObject, node: object, items?: INodeExecutionData[]) =>
		check(
			await engine.run({
				workflow: videoWorkflow(parameters, node),
				credentials,
				...(items === undefined ? {} : { items }),
			}),
		);

	// A small job first, so that loading code is not counted as moving files.
	const small = await prepare(engine, 1 * megabyte);
	await runNode({ operation: 'upload' }, asset, small);
	const large = await prepare(engine, job.uploadBytes);
	const created = await runNode(
		{
			operation: 'create',
			prompt: 'A kitten',
			waitOptions: { pollInterval: 1 },
			downloadVideo: false,
		},
		{},
	);
	const taskId = created.items(videoNode)[0]?.json['taskId'];

	const idleBytes = await idle();
	const startedAtMs = Date.now();
	const upBytes = await peakDuring(async () => {
		await runNode({ operation: 'upload' }, asset, large);
	});
	await idle();
	const downBytes = await peakDuring(async () => {
		await runNode(
			{
				operation: 'get',
				taskId,
				downloadVideo: true,
				url: created.items(videoNode)[0]?.json['videoUrl'],
			},
			settings,
		);
	});
	const seconds = Math.round((Date.now() - startedAtMs) / 100) / 10;
	engine.close();
	const over = (bytes: number) => Math.round((bytes - idleBytes) / megabyte);
	return {
		variant: job.variant,
		idleMegabytes: Math.round(idleBytes / megabyte),
		upMegabytes: over(upBytes),
		downMegabytes: over(downBytes),
		seconds,
	};
}

function check(execution: Execution): Execution {
	if (execution.error !== undefined) throw new Error(String(execution.error['message']));
	return execution;
}

/** Streams an MP4 of this size into n8n's binary storage. Returns the item that has it. */
async function prepare(engine: Engine, bytes: number): Promise<INodeExecutionData[]> {
	const clip = join(__dirname, '..', 'simulator', 'media', 'clip.mp4');
	async function* content() {
		let left = bytes;
		for await (const chunk of createReadStream(clip)) {
			left -= (chunk as Buffer).length;
			yield chunk as Buffer;
		}
		const block = Buffer.alloc(64 * 1024);
		for (; left > 0; left -= block.length) yield block.subarray(0, Math.min(left, block.length));
	}
	let items: INodeExecutionData[] = [];
	await engine.run({
		workflow: videoWorkflow({}, { disabled: true }),
		items: async ({ helpers }) => {
			const file = await helpers.prepareBinaryData(
				Readable.from(content()),
				'clip.mp4',
				'video/mp4',
			);
			items = [{ json: {}, binary: { data: file } }];
			return items;
		},
	});
	return items;
}

async function idle(): Promise<number> {
	for (let round = 0; round < 5; round++) {
		global.gc?.();
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	return process.memoryUsage.rss();
}

async function peakDuring(work: () => Promise<void>): Promise<number> {
	let peak = process.memoryUsage.rss();
	const timer = setInterval(() => {
		peak = Math.max(peak, process.memoryUsage.rss());
	}, sampleEveryMs);
	await work();
	clearInterval(timer);
	return Math.max(peak, process.memoryUsage.rss());
}
