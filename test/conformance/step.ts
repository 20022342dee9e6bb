import type { Connection } from '../../nodes/Seedance/seedance/connection';
import type { Task } from '../../nodes/Seedance/seedance/task';
import type { Calls } from './calls';
import type { Sample } from './sample';
import type { TaskBook } from './taskBook';

/** What the steps work with. */
export interface Check {
	readonly connection: Connection;
	readonly calls: Calls;
	readonly sample: Sample;
	readonly book: TaskBook;
	/** Aborted by Ctrl+C. */
	readonly signal: AbortSignal;
	readonly pollMs: number;
	readonly maxWaitMs: number;
	/** What the steps leave for each other. */
	readonly state: CheckState;
}

/** What one step found out and a later one needs. */
export interface CheckState {
	/** Tasks that were there before. */
	earlierTaskIds: string[];
	/** Why no task may be created, once a step has found a reason. */
	noCreate?: string;
	/** The task that will become a video. */
	task?: Task;
	/** The task that was cancelled before. */
	cancelledTaskId?: string;
	/** The deadline of the task, in milliseconds since 1970. */
	deadlineMs?: number;
}

/** What a step collects for its line. */
export interface Findings {
	/** Records a difference from the documents that the node can work with. */
	differs(...differences: readonly string[]): void;
	/** Records what was seen. */
	note(text: string): void;
}

/** One thing that is checked. */
export interface Step {
	readonly name: string;
	/** What it sends, for the plan. */
	readonly plan: string;
	/** Throws StepFailure, StepSkipped or what a call throws. */
	run(check: Check, findings: Findings): Promise<void>;
}

/** The node could not work with what came. */
export class StepFailure extends Error {}

/** The step has nothing to work with. */
export class StepSkipped extends Error {}

/** Requires what an earlier step should have left. Throws StepSkipped with the reason if it is missing. */
export function need<Value>(value: Value | undefined, reason: string): Value {
	if (value === undefined) throw new StepSkipped(reason);
	return value;
}
