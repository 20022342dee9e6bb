import type { IDataObject } from 'n8n-workflow';
import type { CollectOptions } from '../../panel/collect';
import { createFields } from '../../panel/createFields';
import { optionRows, type CreateOptions } from '../../panel/options';
import { membersOf } from '../../panel/values';
import type { Connection } from '../../seedance/connection';
import { usualTestSeconds } from '../../seedance/providers/testMode';
import type { CreateRequest, UnsentRequest } from '../../seedance/request';
import type { Marker, MarkerKind } from '../../tasks/marker';
import type { PaidRequest } from '../../tasks/paidTasks';
import type { Session } from '../session';
import type { ShotPlace } from './storyGraph';
import { uploadMedia, withNamedMedia, withReachableMedia, type RequestFiles } from './requestFiles';

/** An item of Create that was read and checked. */
export interface ReadyCreate {
	readonly request: UnsentRequest;
	readonly options: CreateOptions;
	readonly collect: Pick<CollectOptions, 'wait'>;
	readonly files: RequestFiles;
	/** Undefined for an item that is no shot of a story. */
	readonly place?: ShotPlace | undefined;
}

/** The create of an item, for the owner of paid tasks. */
export function paidRequest(session: Session, input: ReadyCreate, itemIndex: number): PaidRequest {
	const { request, options, collect, files, place } = input;
	const { model, resolution, durationSeconds, media } = request;
	const hasReferenceVideo = media.some(({ kind }) => kind === 'video');
	const hasLastFrame =
		request.wireFields['return_last_frame'] === true || Object.keys(request.extraBody).length > 0;
	const { testDuration: testSeconds = usualTestSeconds } = options;
	const isTest = session.connection.provider.isInProcess === true;
	const renderMs = isTest ? testSeconds * 1000 : undefined;
	const identity = identityOf(session, input, itemIndex);
	return {
		identity,
		asWritten: asWritten(session, input, itemIndex),
		facts: { model, resolution, durationSeconds, hasReferenceVideo, hasLastFrame, renderMs },
		markerKind: markerKindOf(session.connection, input),
		idempotencyKey: options.idempotencyKey,
		onUnknownOutcome: options.onUnknownOutcome ?? 'stop',
		takeAnother: () => session.budget.takeAnother(itemIndex),
		maxBlockedMs: collect.wait?.maxWaitMs,
		prepare: async () => await uploadMedia(session, request, files, place),
		ready: async (marker) =>
			withMarker(await withReachableMedia(session, request, files, place), marker),
	};
}

/** The request with its marker. */
export function withMarker(request: CreateRequest, marker: Marker | undefined): CreateRequest {
	if (marker === undefined) return request;
	return { ...request, wireFields: { ...request.wireFields, [marker.field]: marker.value } };
}

/** Everything that makes it the same video. Where the provider reports is not part of it, and `$execution.resumeUrl` differs in a retried execution. */
function identityOf(
	{ connection: { wire, tasksUrl }, shots }: Session,
	{ request, files, place }: ReadyCreate,
	itemIndex: number,
): unknown {
	const body = wire.createBody(withNamedMedia(request));
	delete body['callback_url'];
	const identity = [tasksUrl, body, identitiesOf(files)];
	return shots.identityInStory('request', itemIndex, place, identity);
}

/** Expressions that resolve to another value each time. */
const changing = /\$now|\$today|\$execution|\$runIndex|\bDate|random|uuid/i;

/** A parameter as it is written in the node. */
interface WrittenParameter {
	readonly name: string;
	readonly value: unknown;
	readonly isChanging: boolean;
}

/** For all items of a run. */
const writtenIn = new WeakMap<Session, readonly WrittenParameter[]>();

/** What is sent, as it is written. What only the node does with the task is not part of it: the user may change that before a Retry. */
function writtenParameters(session: Session): readonly WrittenParameter[] {
	const known = writtenIn.get(session);
	if (known !== undefined) return known;
	const { parameters } = session.context.getNode();
	const options = membersOf(parameters['options']);
	const sent = optionRows.filter(
		({ name, wire }) => (wire !== undefined && name !== 'callbackUrl') || name === 'extraBody',
	);
	const written = [
		...createFields.map(({ name }) => ({ name, value: parameters[name] as unknown })),
		...sent.map(({ name }) => ({ name: `options.${name}`, value: options[name] })),
	].map(({ name, value }) => {
		const isChanging = changing.test(JSON.stringify(value) ?? '');
		return { name, value, isChanging };
	});
	writtenIn.set(session, written);
	return written;
}

/** The row with its changing expressions unresolved; undefined where there is none. */
function asWritten(session: Session, { files, place }: ReadyCreate, itemIndex: number): unknown {
	const { context, connection, shots } = session;
	const written = writtenParameters(session);
	if (!written.some(({ isChanging }) => isChanging)) return undefined;
	const { json } = context.getInputData()[itemIndex] ?? { json: {} as IDataObject };
	const row = [
		connection.tasksUrl,
		written.map(({ name, value, isChanging }) =>
			isChanging ? value : context.getNodeParameter(name, itemIndex, null),
		),
		json,
		identitiesOf(files),
	];
	return shots.identityInStory('row', itemIndex, place, row);
}

const identitiesOf = (files: RequestFiles) => [...files.values()].map(({ identity }) => identity);

const fieldOfKind = {
	expiry: 'execution_expires_after',
	safetyIdentifier: 'safety_identifier',
} as const;

/** Which member marks the create: none where tasks cannot be listed, or where the user has set that member. */
function markerKindOf(
	{ wire }: Connection,
	{ request, options }: Pick<ReadyCreate, 'request' | 'options'>,
): MarkerKind | undefined {
	const kind = options.recoveryMarker ?? 'expiry';
	if (kind === 'none' || !wire.managesTasks) return undefined;
	const field = fieldOfKind[kind];
	return field in request.wireFields || field in request.extraBody ? undefined : kind;
}
