import { budgetFailure } from '../../panel/budget';
import { collectProperties, readCollectOptions, type CollectOptions } from '../../panel/collect';
import { createFields } from '../../panel/createFields';
import { readCreateRequest } from '../../panel/createRequest';
import { inputProperties, optionsProperty, outputProperties } from '../../panel/createProperties';
import type { CreateOptions } from '../../panel/options';
import { isProvidersFault } from '../../seedance/errorCodes';
import { SeedanceFailure } from '../../seedance/failure';
import type { UnsentRequest } from '../../seedance/request';
import type { Task } from '../../seedance/task';
import { estimateTokens } from '../../seedance/tokens';
import { fingerprintOf } from '../../tasks/fingerprint';
import { markersOf } from '../../tasks/marker';
import type { PaidTask } from '../../tasks/claimedTask';
import { define, type ItemFailures, type ItemOutput, type RunItem } from '../operation';
import type { Session } from '../session';
import { itemOf, seeTask } from './collectVideo';
import {
	identityOf,
	markerKindOf,
	paidRequest,
	withMarker,
	type ReadyCreate as PaidInput,
} from './paidRequest';
import { openRequestFiles, withNamedMedia } from './requestFiles';
import { videoHints } from './videoHints';
import { elided } from './videoItem';

interface ParsedCreate {
	readonly request: UnsentRequest;
	readonly options: CreateOptions;
	readonly collect: CollectOptions;
}

interface ReadyCreate extends ParsedCreate, Pick<PaidInput, 'files'> {}

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
	prepareRun({ tasks, connection }, items) {
		const paid = items.filter(({ input }) => input.options.dryRun !== true);
		const limits = paid.map(({ input }) => input.options.maxConcurrency ?? Infinity);
		tasks.limitTo(Math.min(...limits, Infinity));
		const refused = reusedKeys(paid, ({ input }) => fingerprintOf(identityOf(connection, input)));
		const budget = Math.min(...paid.map(({ input }) => input.options.tokenBudget ?? Infinity));
		if (budget === Infinity) return refused;
		const priced = paid
			.filter(({ itemIndex }) => !refused.has(itemIndex))
			.map(({ itemIndex, input }) => ({ itemIndex, request: input.request }));
		const failure = budgetFailure(priced, budget);
		if (failure !== undefined) throw failure;
		return refused;
	},
	hints: videoHints,
	async run(session, input, itemIndex) {
		if (input.options.dryRun === true) return dryRun(session, input);
		return await deliverVideo(session, input, itemIndex);
	},
});

/** The failures of items that share an Idempotency Key although their requests differ: such items would share a task. */
function reusedKeys(
	items: ReadonlyArray<RunItem<ReadyCreate>>,
	requestOf: (item: RunItem<ReadyCreate>) => string,
): ItemFailures {
	const failures = new Map<number, SeedanceFailure>();
	const itemsOfKey = new Map<string, Array<RunItem<ReadyCreate>>>();
	for (const item of items) {
		const { idempotencyKey } = item.input.options;
		if (idempotencyKey === undefined) continue;
		itemsOfKey.set(idempotencyKey, [...(itemsOfKey.get(idempotencyKey) ?? []), item]);
	}
	for (const [key, sharing] of itemsOfKey) {
		if (new Set(sharing.map(requestOf)).size < 2) continue;
		const places = sharing.map(({ itemIndex }) => itemIndex).join(', ');
		const values = { key, items: places };
		const failure = new SeedanceFailure({ kind: 'idempotencyKeyReused', values });
		for (const { itemIndex } of sharing) failures.set(itemIndex, failure);
	}
	return failures;
}

/** The item's video; a task that failed by the provider's own fault is created again as often as the item allows. */
async function deliverVideo(
	session: Session,
	input: ReadyCreate,
	itemIndex: number,
): Promise<ItemOutput> {
	const { tasks } = session;
	const { options, collect } = input;
	const { createAgainAfterFailure: maxAgain = 0, onFailedTask } = options;
	const request = paidRequest(session, input, itemIndex);
	let task: PaidTask = await tasks.claim(itemIndex, request);
	for (;;) {
		const { generation } = task;
		const output = await task.deliver(
			async () => {
				const result = await seeTask(session, task, collect);
				const createsAgain = generation < maxAgain && hasProviderFailed(result.seen);
				return createsAgain ? undefined : await itemOf(session, result, collect, onFailedTask);
			},
			(item) => item !== undefined && item.json['timedOut'] !== true,
		);
		if (output !== undefined) return output;
		task = await tasks.claimAgain(itemIndex, request, task);
	}
}

function hasProviderFailed({ status, failure = {} }: Task): boolean {
	return status === 'failed' && isProvidersFault(failure);
}

function dryRun({ connection }: Session, input: ReadyCreate): ItemOutput {
	const { wire } = connection;
	const { request } = input;
	const estimatedTokens = estimateTokens(request);
	const kind = markerKindOf(connection, input);
	const [marker] =
		kind === undefined ? [] : markersOf(kind, fingerprintOf(identityOf(connection, input)));
	return {
		json: {
			request: elided(wire.createBody(withMarker(withNamedMedia(request), marker))),
			model: request.model,
			...(estimatedTokens === undefined ? {} : { estimatedTokens }),
			valid: true,
		},
	};
}
