import { budgetFailure } from '../../panel/budget';
import { collectProperties, readCollectOptions, type CollectOptions } from '../../panel/collect';
import { createFields } from '../../panel/createFields';
import { readCreateRequest } from '../../panel/createRequest';
import { inputProperties, optionsProperty, outputProperties } from '../../panel/createProperties';
import type { CreateOptions } from '../../panel/options';
import type { Connection } from '../../seedance/connection';
import type { UnsentRequest } from '../../seedance/request';
import { estimateTokens } from '../../seedance/tokens';
import type { PaidRequest } from '../../tasks/paidTasks';
import { define, type ItemOutput } from '../operation';
import type { Session } from '../session';
import { collectVideo } from './collectVideo';
import {
	openRequestFiles,
	uploadMedia,
	withNamedMedia,
	withReachableMedia,
	type RequestFiles,
} from './requestFiles';
import { videoHints } from './videoHints';
import { elided } from './videoItem';

interface ParsedCreate {
	readonly request: UnsentRequest;
	readonly options: CreateOptions;
	readonly collect: CollectOptions;
}

interface ReadyCreate extends ParsedCreate {
	readonly files: RequestFiles;
}

/** Creates a task, and by default waits for its video and downloads it. */
export const createOperation = define<ParsedCreate, ReadyCreate>({
	option: {
		name: 'Create',
		value: 'create',
		action: 'Create video',
		description: 'Create a video from a prompt and media. You are charged for each video.',
	},
	properties: [
		...inputProperties,
		...outputProperties,
		...collectProperties({ wait: true, download: true, downloadNeedsWait: true }),
		optionsProperty,
	],
	read(parameter, connection) {
		const names = [...createFields.map(({ name }) => name), 'options'];
		const stored = Object.fromEntries(names.map((name) => [name, parameter(name)]));
		const collect = readCollectOptions(parameter, connection, true);
		const waits = collect.value === undefined || collect.value.wait !== undefined;
		const create = readCreateRequest(stored, connection, waits);
		if (create.issues !== undefined || collect.issues !== undefined) {
			return { issues: [...(create.issues ?? []), ...(collect.issues ?? [])] };
		}
		return { value: { ...create.value, collect: collect.value } };
	},
	async prepare(session, input, itemIndex) {
		const files = await openRequestFiles(session, input.request, itemIndex);
		return files.issues === undefined ? { value: { ...input, files: files.value } } : files;
	},
	prepareRun({ tasks }, items) {
		const paid = items.filter(({ input }) => input.options.dryRun !== true);
		const limits = paid.map(({ input }) => input.options.maxConcurrency ?? Infinity);
		tasks.limitTo(Math.min(...limits, Infinity));
		const budget = Math.min(...paid.map(({ input }) => input.options.tokenBudget ?? Infinity));
		if (budget === Infinity) return;
		const priced = paid.map(({ itemIndex, input }) => ({ itemIndex, request: input.request }));
		const failure = budgetFailure(priced, budget);
		if (failure !== undefined) throw failure;
	},
	hints: videoHints,
	async run(session, input, itemIndex) {
		const { request, options, collect } = input;
		if (options.dryRun === true) return dryRun(session.connection, request);
		const task = await session.tasks.claim(itemIndex, paidRequest(session, input));
		return await task.deliver(
			async () => await collectVideo(session, task, collect, options.onFailedTask),
			({ json }) => json['timedOut'] !== true,
		);
	},
});

function paidRequest(session: Session, { request, files }: ReadyCreate): PaidRequest {
	const { connection } = session;
	const { model, resolution, durationSeconds, media } = request;
	const hasReferenceVideo = media.some(({ kind }) => kind === 'video');
	return {
		identity: identityOf(connection, request, files),
		facts: { model, resolution, durationSeconds, hasReferenceVideo },
		prepare: async () => await uploadMedia(session, files),
		ready: async () => await withReachableMedia(session, request, files),
	};
}

/** Where the provider reports is not part of the video, and `$execution.resumeUrl` differs in a retried execution. */
function identityOf(connection: Connection, request: UnsentRequest, files: RequestFiles): unknown {
	const body = connection.wire.createBody(withNamedMedia(request));
	delete body['callback_url'];
	return [connection.tasksUrl, body, [...files.values()].map(({ identity }) => identity)];
}

function dryRun({ wire }: Connection, request: UnsentRequest): ItemOutput {
	const estimatedTokens = estimateTokens(request);
	return {
		json: {
			request: elided(wire.createBody(withNamedMedia(request))),
			model: request.model,
			...(estimatedTokens === undefined ? {} : { estimatedTokens }),
			valid: true,
		},
	};
}
