import type { UnsentRequest } from '../../api/createRequest';
import type { INodeProperties } from 'n8n-workflow';
import { budgetFailure, readBatchOptions, type BatchOptions } from '../../api/batch';
import { readCreateRequest } from '../../api/createRules';
import { SeedanceFailure, toFailure } from '../../api/errors';
import { estimateTokens } from '../../api/tokens';
import { membersOf } from '../../api/values';
import type { ItemHandle, ItemOutput, Operation, Session } from '../operation';
import { onFailedTaskOption } from '../common.properties';
import {
	collectProperties,
	collectVideo,
	readCollectOptions,
	type CollectOptions,
} from './collectVideo';
import { inputProperties, outputProperties, requestOptions } from './create.properties';
import {
	openRequestFiles,
	uploadMedia,
	withNamedMedia,
	withReachableMedia,
	type RequestFiles,
} from './mediaFiles';
import { videoHints } from './videoHints';
import { elided, videoJson } from './videoItem';

interface CreateInput extends CollectOptions {
	readonly request: UnsentRequest;
	readonly files: RequestFiles;
	readonly batch: BatchOptions;
}

const requestParameters = [
	'model',
	'modelId',
	'mode',
	'prompt',
	'firstFrameSource',
	'firstFrame',
	'lastFrameSource',
	'lastFrame',
	'references',
	'draftTaskId',
	'resolution',
	'ratio',
	'duration',
	'generateAudio',
	'options',
] as const;

/** Entries of Options that hold for all items of a run together. */
const batchOptions: INodeProperties[] = [
	{
		displayName: 'Max Concurrency',
		name: 'maxConcurrency',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 10,
		description:
			'How many tasks of this run may be unfinished at a time. Without this entry it is as many as the provider takes; the other items wait. With Wait for Completion off it limits only the creates on their way.',
	},
	{
		displayName: 'Token Budget',
		name: 'tokenBudget',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 1_000_000,
		description:
			'The most tokens that all items of this run together may cost by estimate. Above it nothing is created. A 5 s clip at 720p takes about 109,000.',
	},
];

const optionEntries = [...requestOptions, ...batchOptions, onFailedTaskOption].sort(
	(first, second) => first.displayName.localeCompare(second.displayName),
);

/** Creates a task, which is paid for, and by default waits for its video. */
export const createOperation: Operation<CreateInput> = {
	option: {
		name: 'Create',
		value: 'create',
		action: 'Create video',
		description: 'Create a video from a prompt and media. Each video is paid for.',
	},
	properties: [
		...inputProperties,
		...outputProperties,
		...collectProperties({ wait: true, download: true, downloadNeedsWait: true }),
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add Option',
			default: {},
			options: optionEntries,
		},
	],
	read(parameter, connection) {
		const request = readCreateRequest(
			Object.fromEntries(requestParameters.map((name) => [name, parameter(name)])),
			connection,
		);
		const collect = readCollectOptions(parameter, connection, true);
		const batch = readBatchOptions(membersOf(parameter('options')));
		if (
			request.problems !== undefined ||
			collect.problems !== undefined ||
			batch.problems.length > 0
		) {
			return {
				problems: [...(request.problems ?? []), ...(collect.problems ?? []), ...batch.problems],
			};
		}
		return {
			value: { request: request.value, files: new Map(), batch: batch.fields, ...collect.value },
		};
	},
	async prepare(session, input, itemIndex) {
		const files = await openRequestFiles(session, input.request, itemIndex);
		return files.problems !== undefined ? files : { value: { ...input, files: files.value } };
	},
	prepareRun({ slots }, items) {
		const paid = items.filter(({ input }) => input.request.options.dryRun !== true);
		let lowestBudget = Infinity;
		for (const { tokenBudget, maxConcurrency } of paid.map(({ input }) => input.batch)) {
			if (maxConcurrency !== undefined) slots.limitTo(maxConcurrency);
			if (tokenBudget !== undefined) lowestBudget = Math.min(lowestBudget, tokenBudget);
		}
		if (lowestBudget === Infinity) return;
		const failure = budgetFailure(
			paid.map(({ itemIndex, input }) => ({ itemIndex, request: input.request })),
			lowestBudget,
		);
		if (failure !== undefined) throw failure;
	},
	hints: videoHints,
	async run(session, input, item) {
		const { request, wait, simplify } = input;
		if (request.options.dryRun === true) return dryRun(session, request);
		const { taskId, isNew } = await paidTask(session, input, item);
		if (wait !== undefined) {
			const { model, resolution, durationSeconds, media } = request;
			const hasReferenceVideo = media.some(({ kind }) => kind === 'video');
			const facts = { model, resolution, durationSeconds, hasReferenceVideo };
			const output = await collectVideo(session, { taskId, isNew, facts }, input, item);
			if (output.json['timedOut'] !== true) session.ledger.deliver(taskId);
			return output;
		}
		session.ledger.deliver(taskId);
		session.slots.release(taskId);
		const { model } = request;
		const created = { taskId, status: 'queued', statusWord: 'queued', model } as const;
		return { json: videoJson({ ...created, raw: { id: taskId, model } }, simplify, false) };
	},
};

/** Gives the task that an earlier try of this execution has created for the same request, else creates it: what was paid for once is not paid for again, and what may have been is not either. */
async function paidTask(
	session: Session,
	{ request, files }: CreateInput,
	{ itemIndex, noteTask }: ItemHandle,
): Promise<{ readonly taskId: string; readonly isNew: boolean }> {
	const { connection, client, ledger, slots } = session;
	// Where the provider reports is no part of the video, and `$execution.resumeUrl` differs in a retried execution.
	const options = { ...request.options, callbackUrl: undefined };
	const asked = [
		connection.tasksUrl,
		connection.dialect.createBody(withNamedMedia({ ...request, options })),
		[...files.values()].map(({ identity }) => identity),
	];
	const known = ledger.find(itemIndex, asked);
	if (known !== undefined && 'lost' in known) {
		throw new SeedanceFailure({ ...known.lost, reason: 'network', mayExist: true });
	}
	if (known !== undefined) {
		slots.hold(known.taskId);
		noteTask(known.taskId);
		return { taskId: known.taskId, isNew: false };
	}
	// Uploads take long, and no place among the unfinished tasks is to stay empty for them.
	await uploadMedia(session, files);
	try {
		const taskId = await slots.take(async () => {
			// Embedded media are held in memory, so they are read when it is this item's turn.
			const reachable = await withReachableMedia(session, request, files);
			const created = await client.createTask(reachable);
			ledger.record(itemIndex, asked, { taskId: created });
			noteTask(created);
			return created;
		});
		return { taskId, isNew: true };
	} catch (error) {
		const failure = toFailure(error);
		const { message, description } = failure;
		if (failure.mayExist) ledger.record(itemIndex, asked, { lost: { message, description } });
		throw failure;
	}
}

function dryRun({ connection }: Session, request: UnsentRequest): ItemOutput {
	const estimatedTokens = estimateTokens(request);
	return {
		json: {
			request: elided(connection.dialect.createBody(withNamedMedia(request))),
			model: request.model,
			...(estimatedTokens === undefined ? {} : { estimatedTokens }),
			valid: true,
		},
	};
}
