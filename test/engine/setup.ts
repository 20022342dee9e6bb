import type { IDataObject, INode } from 'n8n-workflow';
import {
	startSimulator,
	type RecordedRequest,
	type Simulator,
	type SimulatorOptions,
} from '../simulator/simulator';
import { startEngine, type Engine, type Execution, type LogLine, type RunOptions } from './engine';
import { videoWorkflow } from './workflows';

/** An engine and a simulator for the tests of one file. */
export interface Setup {
	readonly engine: Engine;
	readonly simulator: Simulator;
	/** Log lines of the last execution. */
	readonly logs: LogLine[];
	/** Runs a Seedance Video node with these parameters. */
	runVideo(
		parameters: IDataObject,
		options?: Partial<RunOptions> & { readonly settings?: Partial<INode> },
	): Promise<Execution>;
	/** The requests that the simulator received, as "METHOD /last/part". */
	calls(): string[];
	/** The requests of one kind, in order. */
	requests(method: string, path: RegExp): RecordedRequest[];
}

/** Registers hooks that start the engine and the simulator before the tests of a file, forget requests between tests, and close both. */
export function setUp(options: SimulatorOptions = {}): Setup {
	let engine: Engine | undefined;
	let simulator: Simulator | undefined;
	const logs: LogLine[] = [];
	const started = <Part>(part: Part | undefined): Part => {
		if (part === undefined) throw new Error('Not started yet');
		return part;
	};

	beforeAll(async () => {
		engine = await startEngine();
		simulator = await startSimulator({ renderMs: 300, concurrency: 20, ...options });
	});
	beforeEach(() => {
		started(simulator).requests.length = 0;
		logs.length = 0;
	});
	afterAll(async () => {
		engine?.close();
		await simulator?.close();
	});

	return {
		get engine() {
			return started(engine);
		},
		get simulator() {
			return started(simulator);
		},
		logs,
		async runVideo(parameters, { settings, ...run } = {}) {
			const { origin, apiKey } = started(simulator);
			return await started(engine).run({
				workflow: videoWorkflow(parameters, settings),
				credentials: { seedanceApi: { baseUrl: origin, apiKey } },
				onLog: (line) => logs.push(line),
				...run,
			});
		},
		calls: () =>
			started(simulator).requests.map(({ method, path }) => `${method} ${shortPath(path)}`),
		requests: (method, path) =>
			started(simulator).requests.filter(
				(request) => request.method === method && path.test(request.path),
			),
	};
}

/** Parameters of a create that polls every second. */
export const quickCreate = {
	operation: 'create',
	prompt: 'A kitten runs across a meadow',
	waitOptions: { pollInterval: 1 },
} as const;

/** Parameters of a create that is not marked. Nothing can be searched for, so an unknown outcome is reported at once. */
export const withoutMarker = { options: { recoveryMarker: 'none' } } as const;

/** The body of a create without its recovery marker, which has to be in it: whole seconds from 129,600 up to one below the default of 172,800. */
export function unmarked(body: unknown): unknown {
	const { execution_expires_after: marker, ...rest } = body as Readonly<Record<string, unknown>>;
	expect(Number.isInteger(marker)).toBe(true);
	expect(marker).toBeGreaterThanOrEqual(129_600);
	expect(marker).toBeLessThanOrEqual(172_799);
	return rest;
}

function shortPath(path: string): string {
	return path
		.replace('/byteplus/api/v3/contents/generations', '')
		.replace(/cgt-\w+-\w+/, '<id>')
		.replace(/^\/tos\/[\w-]+/, '/tos');
}
