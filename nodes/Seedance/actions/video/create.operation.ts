import type { UnsentRequest } from '../../api/createRequest';
import { readCreateRequest } from '../../api/createRules';
import { SeedanceFailure, toFailure } from '../../api/errors';
import { estimateTokens } from '../../api/tokens';
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
	withNamedMedia,
	withReachableMedia,
	type RequestFiles,
} from './mediaFiles';
import { elided, videoJson } from './videoItem';

interface CreateInput extends CollectOptions {
	readonly request: UnsentRequest;
	readonly files: RequestFiles;
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

const optionEntries = [...requestOptions, onFailedTaskOption].sort((first, second) =>
	first.displayName.localeCompare(second.displayName),
);

/** Creates a task, which is paid for, and by default waits for its video. */
export const createOperation: Operation<CreateInput> = {
	option: {
		name: 'Create',
		value: 'create',
		action: 'Create a video',
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
		const collect = readCollectOptions(parameter, true);
		if (request.problems !== undefined || collect.problems !== undefined) {
			return { problems: [...(request.problems ?? []), ...(collect.problems ?? [])] };
		}
		return { value: { request: request.value, files: new Map(), ...collect.value } };
	},
	async prepare(session, input, itemIndex) {
		const files = await openRequestFiles(session, input.request, itemIndex);
		return files.problems !== undefined ? files : { value: { ...input, files: files.value } };
	},
	async run(session, input, item) {
		const { request, wait, simplify } = input;
		if (request.options.dryRun === true) return dryRun(session, request);
		const taskId = await paidTaskId(session, input, item);
		if (wait !== undefined) return await collectVideo(session, taskId, input, item);
		const { model } = request;
		const created = { taskId, status: 'queued', statusWord: 'queued', model } as const;
		return { json: videoJson({ ...created, raw: { id: taskId, model } }, simplify, false) };
	},
};

/** Gives the task that an earlier try of this execution has created for the same request, else creates it: what was paid for once is not paid for again, and what may have been is not either. */
async function paidTaskId(
	session: Session,
	{ request, files }: CreateInput,
	{ itemIndex, noteTask }: ItemHandle,
): Promise<string> {
	const { connection, client, ledger } = session;
	const asked = [
		connection.tasksUrl,
		connection.dialect.createBody(withNamedMedia(request)),
		[...files.values()].map(({ identity }) => identity),
	];
	const known = ledger.find(itemIndex, asked);
	if (known !== undefined && 'lost' in known) {
		throw new SeedanceFailure({ ...known.lost, reason: 'network', mayExist: true });
	}
	if (known !== undefined) {
		noteTask(known.taskId);
		return known.taskId;
	}
	const reachable = await withReachableMedia(session, request, files);
	try {
		const taskId = await client.createTask(reachable);
		ledger.record(itemIndex, asked, { taskId });
		noteTask(taskId);
		return taskId;
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
