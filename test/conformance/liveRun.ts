import axios from 'axios';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
	startSimulator,
	type RecordedRequest,
	type Simulator,
	type SimulatorOptions,
} from '../simulator/simulator';
import { readConformanceOptions } from './options';
import { runConformance } from './run';

/** A key in the form that providers use. */
export const apiKey = '4f1c7a52-93be-4d06-a8e1-5b7c9d2e6f30';

/** How a run starts. */
export interface LiveRunOptions {
	/** More of the command line. */
	readonly args?: readonly string[];
	/** Variables besides the usual ones. */
	readonly environment?: (simulator: Simulator) => Readonly<Record<string, string>>;
	/** Told of the simulator before the run, with what stops the run as Ctrl+C does. */
	readonly before?: (simulator: Simulator, interrupt: () => void) => void;
	readonly simulator?: SimulatorOptions;
}

/** What became of a run. */
export interface LiveRun {
	readonly exitCode: number;
	readonly lines: readonly string[];
	/** What the line of a step says, `outcome details`, by the step's name. */
	readonly steps: Readonly<Record<string, string>>;
	/** The text of each fixture by its name. */
	readonly fixtures: Readonly<Record<string, string>>;
	readonly requests: readonly RecordedRequest[];
	readonly simulator: Simulator;
}

const msForEachRequest = 1000;

/** Runs the check against a simulator whose clock advances by a second with each request, so that a task is seen in each status. */
export async function liveRun(options: LiveRunOptions = {}): Promise<LiveRun> {
	const startMs = Date.now();
	let simulator: Simulator | undefined = undefined;
	const requestCount = () => (simulator as Simulator | undefined)?.requests.length ?? 0;
	simulator = await startSimulator({
		apiKey,
		now: () => startMs + requestCount() * msForEachRequest,
		queueMs: 4 * msForEachRequest,
		renderMs: 4 * msForEachRequest,
		...options.simulator,
	});
	const folder = mkdtempSync(join(tmpdir(), 'seedance-conformance-'));
	const interruption = new AbortController();
	options.before?.(simulator, () => interruption.abort());
	const lines: string[] = [];
	try {
		const read = readConformanceOptions(
			['--yes-this-costs-money', '--record', folder, ...(options.args ?? [])],
			{
				SEEDANCE_API_KEY: apiKey,
				SEEDANCE_PROVIDER: simulator.provider,
				SEEDANCE_BASE_URL: simulator.origin,
				...options.environment?.(simulator),
			},
		);
		if ('show' in read) throw new Error(read.show);
		const exitCode = await runConformance(read, {
			write: (text) => lines.push(...text.split('\n')),
			signal: interruption.signal,
			pollMs: 1,
		});
		const fixtures = Object.fromEntries(
			readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
		);
		const { requests } = simulator;
		return { exitCode, lines, steps: stepsOf(lines), fixtures, requests, simulator };
	} finally {
		await simulator.close();
		rmSync(folder, { recursive: true });
	}
}

function stepsOf(lines: readonly string[]): Record<string, string> {
	return Object.fromEntries(
		lines.flatMap((line) => {
			const [, outcome, name = '', details = ''] =
				/^(ok|differs|failed|skipped) +(.+?)(?: {2,}(.*))?$/.exec(line) ?? [];
			return outcome === undefined ? [] : [[name, `${outcome} ${details}`.trim()]];
		}),
	);
}

const passHeader = 'x-answered-by-the-routes';

/** Makes a simulator answer the matching requests with what its routes say, changed. */
export function deviate(
	simulator: Simulator,
	matches: (request: RecordedRequest) => boolean,
	change: (body: unknown) => unknown,
): void {
	simulator.intercept(async (request) => {
		if (request.headers[passHeader] !== undefined || !matches(request)) return undefined;
		const { authorization = '' } = request.headers;
		const answer = await axios.request({
			method: request.method,
			url: simulator.origin + request.url,
			data: request.body,
			headers: { authorization, [passHeader]: 'yes', 'accept-encoding': 'identity' },
			validateStatus: () => true,
		});
		const id = String(answer.headers['x-request-id']);
		return {
			status: answer.status,
			headers: { 'x-request-id': id, 'content-type': 'application/json' },
			body: change(answer.data),
		};
	});
}
