import { parse } from 'flatted';
import { z } from 'zod';

const binarySchema = z.object({
	/** Where the bytes are kept. Absent when `data` itself holds them. */
	id: z.string().optional(),
	/** The bytes as base64, or the name of the store when there is an ID. */
	data: z.string(),
	mimeType: z.string(),
	fileName: z.string().optional(),
	fileExtension: z.string().optional(),
	fileSize: z.string().optional(),
	fileType: z.string().optional(),
	bytes: z.number().optional(),
});

const itemSchema = z.object({
	json: z.record(z.unknown()),
	binary: z.record(binarySchema).optional(),
	pairedItem: z.unknown().optional(),
});

const errorSchema = z.object({
	name: z.string().optional(),
	message: z.string(),
	description: z.string().nullish(),
	httpCode: z.string().nullish(),
	context: z.record(z.unknown()).optional(),
});

const nodeRunSchema = z.object({
	executionTime: z.number(),
	executionStatus: z.string().optional(),
	data: z.object({ main: z.array(z.array(itemSchema).nullable()).optional() }).optional(),
	error: errorSchema.optional(),
});

const executionDataSchema = z.object({
	resultData: z.object({
		runData: z.record(z.array(nodeRunSchema)),
		lastNodeExecuted: z.string().optional(),
		error: errorSchema.optional(),
	}),
});

const unfinished = ['new', 'running', 'waiting'];

/** How GET /rest/executions/:id answers, with its data already read. */
export const executionSchema = z.object({
	id: z.coerce.string(),
	status: z.string(),
	mode: z.string(),
	startedAt: z.string().nullish(),
	stoppedAt: z.string().nullish(),
	data: z
		.preprocess(
			(data) => (typeof data === 'string' ? parse(data) : data),
			executionDataSchema.nullish(),
		)
		.optional(),
});

/** Binary metadata of an item, as an execution stores it. */
export type ExecutionBinary = z.infer<typeof binarySchema>;

/** One item that a node returned. */
export type ExecutionItem = z.infer<typeof itemSchema>;

/** An execution with the data of its nodes. */
export type Execution = z.infer<typeof executionSchema>;

/** Whether an execution has ended, well or not. */
export function hasEnded(execution: Pick<Execution, 'status'>): boolean {
	return !unfinished.includes(execution.status);
}

/** The items of one of a node's outputs, by default the first, in its last run. Empty when it did not run. */
export function outputOf(execution: Execution, nodeName: string, output = 0): ExecutionItem[] {
	const runs = execution.data?.resultData.runData[nodeName] ?? [];
	return runs.at(-1)?.data?.main?.[output] ?? [];
}

/** Milliseconds between an execution's start and end. Undefined while one of the two is missing. */
export function durationMsOf(execution: Execution): number | undefined {
	const { startedAt, stoppedAt } = execution;
	if (typeof startedAt !== 'string' || typeof stoppedAt !== 'string') return undefined;
	return Date.parse(stoppedAt) - Date.parse(startedAt);
}
