import { parseArgs } from 'node:util';
import { measureCpu } from './batchCpu';
import { measureDelay, measureFailedPolls } from './batchDelay';
import { measureExecutions } from './batchExecutions';
import { measureMakespans } from './batchMakespan';
import { measureStories } from './batchStories';
import { conclude } from './report';

/**
 * How fast time runs, unless --factor says otherwise; each scenario takes its own share of it. Work runs in usual time, so each millisecond of it counts this many times. So does each millisecond that another process uses the processor.
 * At 20, a request on a loopback socket (2 to 5 ms) counts as 0.04 to 0.1 s, less than a request to a provider needs. The tables show how busy the processors are, and how late timers were (the 99th percentile, in fast time): more than a second distorts the results.
 */
const usualFactor = 20;

const sections = {
	makespan: measureMakespans,
	stories: measureStories,
	delay: measureDelay,
	failures: measureFailedPolls,
	executions: measureExecutions,
	cpu: measureCpu,
} as const satisfies Record<string, (factor: number, profile?: string) => Promise<void>>;

type Section = keyof typeof sections;
const names = Object.keys(sections) as Section[];

/** Measures how batches, single tasks and several executions are polled, and how much processor time a task needs; each figure is printed beside its goal. Exits with 1 when the package's nodes miss a goal. */
async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			factor: { type: 'string', default: String(usualFactor) },
			/** A folder for a CPU profile of each measured batch. Profiling itself adds cost. */
			profile: { type: 'string' },
			only: { type: 'string', multiple: true, default: names },
		},
	});
	const factor = Number(values.factor);
	if (!(factor > 0)) throw new Error(`--factor takes a number above 0, not "${values.factor}"`);
	const { only, profile } = values;
	const unknown = only.find((name) => !names.some((section) => section === name));
	if (unknown !== undefined) {
		throw new Error(`--only takes ${names.join(', ')}, not "${unknown}"`);
	}
	for (const name of names) {
		if (only.includes(name)) await sections[name](factor, profile);
	}
	conclude();
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
