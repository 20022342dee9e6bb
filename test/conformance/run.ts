import { CallFailure, createCalls } from './calls';
import { downloadSteps } from './downloadSteps';
import { createRecorder } from './fixtures';
import { listSteps, modelsStep, refusalSteps } from './freeSteps';
import { labelOfStyle, type ConformanceOptions } from './options';
import { createReport, type Report } from './report';
import { cheapestSample, type Sample } from './sample';
import { createScrubber } from './scrub';
import { StepFailure, StepSkipped, type Check, type Step } from './step';
import { createTaskBook } from './taskBook';
import {
	cancelSteps,
	createSteps,
	deleteStep,
	finishSteps,
	listFinishedStep,
	runningSteps,
} from './taskSteps';

/** What a test may have otherwise. */
export interface RunContext {
	readonly write: (line: string) => void;
	/** Aborted by Ctrl+C. */
	readonly signal: AbortSignal;
	readonly pollMs?: number;
}

const usualPollMs = 10_000;
const exitCodeOfInterrupt = 130;
const exitCodeOfDifferences = 2;

/** Runs the live check, or prints what it would do if it may not spend money. Returns the exit code. */
export async function runConformance(
	options: ConformanceOptions,
	{ write, signal, pollMs = usualPollMs }: RunContext,
): Promise<number> {
	const { connection, apiKey, model, mayCost, recordFolder, strict } = options;
	const sample = cheapestSample(connection, model);
	const scrubber = createScrubber(apiKey);
	const report = createReport(write, scrubber);
	const steps = stepsFor(options);
	if (!mayCost) {
		report.print(plan(options, sample, steps));
		return 0;
	}
	const record =
		recordFolder === undefined
			? () => undefined
			: createRecorder(recordFolder, connection, scrubber);
	const check: Check = {
		connection,
		calls: createCalls(connection, record),
		sample,
		book: createTaskBook(),
		signal,
		pollMs,
		maxWaitMs: options.maxWaitMinutes * 60_000,
		state: { earlierTaskIds: [] },
	};
	report.print(
		`${connection.provider.label}, ${labelOfStyle[connection.wire.style]}: ${describe(sample)}`,
	);
	for (const step of steps) {
		if (signal.aborted) break;
		await runStep(step, check, report);
	}
	const hasFailed = report.count('failed') > 0 || signal.aborted;
	if (signal.aborted) report.print('\nInterrupted. Nothing more was sent.');
	report.summary(check.book, sample.estimatedTokens, hasFailed);
	if (signal.aborted) return exitCodeOfInterrupt;
	if (hasFailed) return 1;
	return strict && report.count('differs') > 0 ? exitCodeOfDifferences : 0;
}

function stepsFor({ connection }: ConformanceOptions): readonly Step[] {
	return connection.wire.managesTasks
		? [
				...listSteps,
				...refusalSteps,
				...createSteps,
				...cancelSteps,
				...runningSteps,
				...finishSteps,
				listFinishedStep,
				...downloadSteps,
				deleteStep,
			]
		: [modelsStep, ...refusalSteps, ...createSteps, ...finishSteps, ...downloadSteps];
}

async function runStep(step: Step, check: Check, report: Report): Promise<void> {
	const differences: string[] = [];
	const notes: string[] = [];
	const findings = {
		differs: (...found: readonly string[]) =>
			void differences.push(...found.filter((text) => !differences.includes(text))),
		note: (text: string) => void notes.push(text),
	};
	try {
		await step.run(check, findings);
		const outcome = differences.length > 0 ? 'differs' : 'ok';
		report.step(outcome, step.name, [...differences, ...notes]);
	} catch (error) {
		if (isInterruption(error)) return;
		if (error instanceof StepSkipped) report.step('skipped', step.name, [error.message]);
		else report.step('failed', step.name, [messageOf(error), ...differences]);
	}
}

/** The reason that a wait or a call rejects with after Ctrl+C. */
function isInterruption(error: unknown): boolean {
	if (error instanceof CallFailure) return error.code === 'ERR_CANCELED';
	return (error as Error | undefined)?.name === 'AbortError';
}

function messageOf(error: unknown): string {
	if (error instanceof StepFailure || error instanceof CallFailure) return error.message;
	return `a fault of the check itself: ${error instanceof Error ? error.message : String(error)}`;
}

function describe({ request, estimatedTokens }: Sample): string {
	const { model, durationSeconds, resolution, ratio } = request;
	const cost =
		estimatedTokens === undefined
			? 'an unknown number of tokens'
			: `about ${estimatedTokens.toLocaleString('en-US')} tokens`;
	return `${model}, ${durationSeconds} s, ${resolution}, ${ratio}: ${cost}`;
}

function plan(
	{ connection, recordFolder }: ConformanceOptions,
	sample: Sample,
	steps: readonly Step[],
): string {
	const { tasksUrl, provider, wire } = connection;
	const { host, pathname } = new URL(tasksUrl);
	const lines = steps.map(
		({ name, plan: words }, index) => `${String(index + 1).padStart(3)}. ${name}: ${words}`,
	);
	return [
		'Nothing was sent. With --yes-this-costs-money this would be sent:',
		`Provider: ${provider.label}, ${labelOfStyle[wire.style]}, host ${host}, path ${pathname}`,
		...lines,
		`The task: ${JSON.stringify(sample.body)}`,
		`Its cost: ${describe(sample)}.${wire.managesTasks ? ' If the provider lets the check cancel a queued task, a second one is created; ByteDance does not charge the cancelled one, and a reseller may differ.' : ''}`,
		...(recordFolder === undefined ? [] : [`Each answer would be recorded in ${recordFolder}.`]),
	].join('\n');
}
