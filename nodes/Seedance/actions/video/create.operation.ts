import { collectProperties, readCollectOptions, type CollectOptions } from '../../panel/collect';
import { createFields } from '../../panel/createFields';
import { readCreateRequest, type ReadCreate } from '../../panel/createRequest';
import {
	costNotice,
	createSubtitle,
	inputProperties,
	optionsProperty,
	outputProperties,
} from '../../panel/createProperties';
import { isProvidersFault } from '../../seedance/errorCodes';
import { SeedanceFailure } from '../../seedance/failure';
import { safeBaseName } from '../../seedance/fileType';
import { isFinished, lacksVideo, type Task } from '../../seedance/task';
import { taskFailure } from '../../seedance/taskFailure';
import { itemNumber, listOf } from '../../panel/values';
import { fingerprintOf } from '../../tasks/fingerprint';
import { markersOf } from '../../tasks/marker';
import type { PaidTask } from '../../tasks/claimedTask';
import type { PaidRequest } from '../../tasks/paidTasks';
import type { WaitResult } from '../../tasks/polled';
import { define, type ItemFailures, type ItemOutput, type RunItem } from '../operation';
import type { Session } from '../session';
import { arrangeStories } from './arrangeStories';
import { itemOf, seeTask } from './collectVideo';
import { deliverOnce } from './deliveredItems';
import { checkBudgets, costJsonOf, estimateJson } from './estimate';
import { paidRequest, withMarker, type ReadyCreate as PaidInput } from './paidRequest';
import { openRequestFiles, withNamedMedia } from './requestFiles';
import type { ShotPlace } from './storyGraph';
import { videoHints } from './videoHints';
import { elided, type RequestedVideo } from './videoItem';

/** Storages and file systems accept 255 bytes. */
const maxFileNameCharacters = 60;

/** How often a task is waited for whose answers contradict each other. */
const maxWaits = 3;

interface ParsedCreate extends ReadCreate {
	/** Undefined for an item that is no shot of a story. */
	readonly place?: ShotPlace | undefined;
	readonly collect: CollectOptions;
}

interface ReadyCreate extends ParsedCreate, Pick<PaidInput, 'files'> {
	readonly paid: PaidRequest;
}

/** Creates a task, and by default waits for its video and downloads it. */
export const createOperation = define<ParsedCreate, ReadyCreate>({
	option: {
		name: 'Create',
		value: 'create',
		action: 'Create video',
		description:
			'Create a video from a prompt and media. You are charged for each video that succeeds.',
	},
	subtitle: createSubtitle,
	isCharged: true,
	properties: [
		costNotice,
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
	arrange({ connection, shots }, items) {
		const { arranged, awaited } = arrangeStories(connection, items);
		for (const itemIndex of awaited) shots.noteAwaited(itemIndex);
		return arranged;
	},
	async prepare(session, input, itemIndex) {
		const files = await openRequestFiles(session, input.request, itemIndex);
		if (files.issues !== undefined) return files;
		const ready = { ...input, files: files.value };
		return { value: { ...ready, paid: paidRequest(session, ready, itemIndex) } };
	},
	async prepareRun(session, items) {
		const { tasks } = session;
		const paid = items.filter(({ input }) => input.options.dryRun !== true);
		const limits = paid.map(({ input }) => input.options.maxConcurrency ?? Infinity);
		tasks.limitTo(Math.min(...limits, Infinity));
		const refused = await reusedKeys(session, paid);
		const accepted = paid.filter(({ itemIndex }) => !refused.has(itemIndex));
		checkBudgets(
			session,
			accepted,
			paid.map(({ input }) => input.options),
		);
		await tasks.expect(
			accepted.map(({ itemIndex, input }) => ({ itemIndex, request: input.paid })),
			session.breathe,
		);
		return refused;
	},
	hints: videoHints,
	async run(session, input, itemIndex) {
		if (input.options.dryRun === true) return dryRun(session, input);
		return await deliverVideo(session, input, itemIndex);
	},
});

/** The failures of items that share an Idempotency Key although their requests differ: such items would share a task. */
async function reusedKeys(
	{ breathe }: Session,
	items: ReadonlyArray<RunItem<ReadyCreate>>,
): Promise<ItemFailures> {
	const itemsOfKey = new Map<string, { requests: Set<string>; itemIndexes: number[] }>();
	for (const { itemIndex, input } of items) {
		const { idempotencyKey, identity } = input.paid;
		if (idempotencyKey === undefined) continue;
		const sharing = itemsOfKey.get(idempotencyKey) ?? { requests: new Set(), itemIndexes: [] };
		itemsOfKey.set(idempotencyKey, sharing);
		sharing.requests.add(fingerprintOf(identity));
		sharing.itemIndexes.push(itemIndex);
		await breathe();
	}
	const failures = new Map<number, SeedanceFailure>();
	for (const [key, { requests, itemIndexes }] of itemsOfKey) {
		if (requests.size < 2) continue;
		const values = { key, items: listOf(itemIndexes.map((one) => String(itemNumber(one)))) };
		const failure = new SeedanceFailure({ kind: 'idempotencyKeyReused', values });
		for (const itemIndex of itemIndexes) failures.set(itemIndex, failure);
	}
	return failures;
}

/** The item's video; a task that failed by the provider's own fault is created again as often as the item and the budgets of the run allow. */
async function deliverVideo(
	session: Session,
	input: ReadyCreate,
	itemIndex: number,
): Promise<ItemOutput> {
	const { tasks, budget, log } = session;
	const { options, collect } = input;
	const { createAgainAfterFailure: maxAgain = 0, onFailedTask } = options;
	const terms = {
		onFailedTask,
		costOfTask: (seen: Task) => costJsonOf(session, input, seen),
		requested: requestedOf(input),
		fileName: fileNameOf(input),
	};
	let task: PaidTask = await tasks.claim(itemIndex, input.paid);
	for (;;) {
		const { generation } = task;
		budget.noteCreates(itemIndex, generation + 1);
		const output = await task.deliver(
			async () =>
				await deliverOnce(session, task.taskId, collect, async () => {
					const { result, mayCreate } =
						generation < maxAgain
							? await seeTwice(session, task, collect)
							: { result: await seeTask(session, task, collect), mayCreate: false };
					if (!mayCreate) tellShots(session, itemIndex, result);
					if (mayCreate) {
						if (budget.takeAnother(itemIndex)) return undefined;
						log.notCreatedAgain(task);
						tellShots(session, itemIndex, result);
					}
					return await itemOf(session, result, collect, terms);
				}),
			(item) => item !== undefined && item.json['timedOut'] !== true,
		);
		if (output !== undefined) {
			// An earlier try may have delivered it; then it was not seen in this one.
			session.shots.made(itemIndex, task.taskId);
			return output;
		}
		task = await tasks.claimAgain(itemIndex, input.paid, task);
	}
}

/** What an item says of its request; a row of a story also says which shot it is. */
function requestedOf({ request, options, place }: ReadyCreate): RequestedVideo {
	const { prompt } = request;
	return { prompt, seed: options.seed, story: place?.story, shot: place?.shot };
}

/** The name of an item's files: File Name, else the story with the number of the shot; undefined for the task ID. */
function fileNameOf({ options, place }: ReadyCreate): string | undefined {
	if (options.fileName !== undefined) return safeBaseName(options.fileName, maxFileNameCharacters);
	if (place === undefined || place.story === '') return undefined;
	const shot = String(place.shot).padStart(2, '0');
	return `${safeBaseName(place.story, maxFileNameCharacters) || 'story'}-${shot}`;
}

/** The next shot begins when the video is finished, not when it is downloaded. */
function tellShots({ shots }: Session, itemIndex: number, { seen, timedOut }: WaitResult<Task>) {
	if (seen.status === 'succeeded' && !lacksVideo(seen)) shots.made(itemIndex, seen.taskId, seen);
	else if (timedOut) {
		const values = { status: seen.status };
		shots.failed(
			itemIndex,
			new SeedanceFailure({ kind: 'shotNotFinished', values, taskId: seen.taskId }),
		);
	} else shots.failed(itemIndex, taskFailure(seen));
}

/** The task as `seeTask` sees it, and whether another one may take its place, which may be charged in addition: only where a second answer says as well that it failed by the provider's own fault. A task that has not failed after all is waited for again. */
async function seeTwice(
	session: Session,
	task: PaidTask,
	collect: CollectOptions,
): Promise<{ readonly result: WaitResult<Task>; readonly mayCreate: boolean }> {
	for (let waits = 1; ; waits++) {
		const result = await seeTask(session, task, collect);
		if (!hasProviderFailed(result.seen)) return { result, mayCreate: false };
		const seen = await session.api.readTask(task.taskId);
		if (isFinished(seen.status) && !lacksVideo(seen)) {
			return { result: { ...result, seen }, mayCreate: hasProviderFailed(seen) };
		}
		if (waits === maxWaits) return { result, mayCreate: false };
	}
}

function hasProviderFailed({ status, failure = {} }: Task): boolean {
	return status === 'failed' && isProvidersFault(failure);
}

function dryRun(session: Session, input: ReadyCreate): ItemOutput {
	const { wire } = session.connection;
	const { request, paid } = input;
	const { markerKind, identity } = paid;
	const [marker] = markerKind === undefined ? [] : markersOf(markerKind, fingerprintOf(identity));
	return {
		json: {
			request: elided(wire.createBody(withMarker(withNamedMedia(request), marker))),
			model: request.model,
			...estimateJson(session, input),
			valid: true,
		},
	};
}
