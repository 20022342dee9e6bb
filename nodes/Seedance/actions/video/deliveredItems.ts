import type { IBinaryKeyData, IDataObject } from 'n8n-workflow';
import type { CollectOptions } from '../../panel/collect';
import type { ItemOutput } from '../operation';
import type { Session } from '../session';

/** The key in the node's store. */
const storeKey = 'seedanceDelivered';

/**
 * The item of a task: as an earlier try of Retry On Fail has delivered it, otherwise as `produce` makes it.
 * An item is kept when all its files are in n8n's storage, so that the store has only their names: a file that n8n keeps in memory is fetched again.
 */
export async function deliverOnce<Output extends ItemOutput | undefined>(
	session: Session,
	taskId: string,
	collect: CollectOptions,
	produce: () => Promise<Output>,
): Promise<Output | ItemOutput> {
	const key = keyOf(session, taskId, collect);
	if (key === undefined) return await produce();
	const items = session.store.values(storeKey) as Record<string, ItemOutput>;
	const kept = items[key];
	if (kept !== undefined && (await hasFiles(session, kept.binary))) return structuredClone(kept);
	const output = await produce();
	if (output !== undefined && isComplete(output)) items[key] = structuredClone(output);
	return output;
}

/** Forgets the items when no further try needs them: n8n saves the store with the execution. */
export function forgetDelivered({ store }: Pick<Session, 'store'>): void {
	const items = store.values(storeKey);
	for (const key of Object.keys(items)) delete items[key];
}

/** Only for the tries of one run: the files of another execution may be deleted, and a later run of a loop reads the task again. */
function keyOf(
	{ store }: Session,
	taskId: string,
	{ downloadTo, simplify }: CollectOptions,
): string | undefined {
	const { retriesOnFail, isTool, executionId, runIndex } = store;
	if (downloadTo === undefined || !retriesOnFail || isTool || executionId === undefined) {
		return undefined;
	}
	return JSON.stringify([executionId, runIndex, taskId, downloadTo, simplify]);
}

function isComplete({ json, binary = {} }: ItemOutput): boolean {
	const files = Object.values(binary);
	const isStored = files.length > 0 && files.every(({ id }) => id !== undefined);
	return isStored && (json as IDataObject)['downloadFailure'] === undefined;
}

async function hasFiles({ context }: Session, binary: IBinaryKeyData = {}): Promise<boolean> {
	try {
		for (const { id } of Object.values(binary)) {
			if (id !== undefined) await context.helpers.getBinaryMetadata(id);
		}
		return true;
	} catch {
		return false;
	}
}
