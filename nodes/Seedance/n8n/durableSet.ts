import type { IExecuteFunctions } from 'n8n-workflow';

/** A set of texts in n8n's database, for this node of this workflow. It outlives the process. n8n keeps hashes: a text can be looked for, not read back. */
export interface DurableSet {
	/** Adds texts. Returns those that were in the set before. Throws what n8n throws, for example for a workflow that was never saved. */
	add(texts: readonly string[]): Promise<ReadonlySet<string>>;
	remove(texts: readonly string[]): Promise<void>;
}

type Helpers = IExecuteFunctions['helpers'];

interface Write {
	readonly kind: 'add' | 'remove';
	readonly texts: readonly string[];
	readonly helpers: Helpers;
	readonly maxEntries: number;
	readonly resolve: (before: ReadonlySet<string>) => void;
	readonly reject: (error: unknown) => void;
}

/** Entries that are kept at least; n8n drops the oldest. A create has five, so this is 4,000 creates. */
const minEntries = 20_000;
const entriesPerItem = 20;

/** The writes that this process has open, by workflow and node: n8n reads and writes the whole set without a lock. */
const queues = new Map<string, Write[]>();

/** The set of the node, or undefined where n8n has none: before it had deduplication, and in agents' contexts. `itemCount` is the number of items of the run. */
export function openDurableSet(
	context: Pick<IExecuteFunctions, 'helpers' | 'getNode' | 'getWorkflow'>,
	itemCount: number,
): DurableSet | undefined {
	const { helpers } = context;
	if (typeof (helpers as Partial<Helpers>).checkProcessedAndRecord !== 'function') return undefined;
	const place = `${context.getWorkflow().id} ${context.getNode().id}`;
	const maxEntries = Math.max(minEntries, entriesPerItem * itemCount);
	const write = async (kind: Write['kind'], texts: readonly string[]) =>
		await new Promise<ReadonlySet<string>>((resolve, reject) => {
			enqueue(place, { kind, texts, helpers, maxEntries, resolve, reject });
		});
	return {
		add: async (texts) => await write('add', texts),
		remove: async (texts) => void (await write('remove', texts)),
	};
}

function enqueue(place: string, write: Write): void {
	const queue = queues.get(place);
	if (queue !== undefined) {
		queue.push(write);
		return;
	}
	const started = [write];
	queues.set(place, started);
	void drain(place, started);
}

/** Writes of one kind that wait together become one. */
async function drain(place: string, queue: Write[]): Promise<void> {
	while (queue[0] !== undefined) {
		const [{ kind }] = queue as [Write];
		const next = queue.findIndex((write) => write.kind !== kind);
		const batch = queue.splice(0, next === -1 ? queue.length : next);
		await writeBatch(batch);
	}
	queues.delete(place);
}

async function writeBatch(batch: readonly Write[]): Promise<void> {
	const [first] = batch;
	if (first === undefined) return;
	const texts = [...new Set(batch.flatMap((write) => write.texts))];
	const options = {
		mode: 'entries' as const,
		maxEntries: Math.max(...batch.map(({ maxEntries }) => maxEntries)),
	};
	try {
		const before = new Set<string>();
		if (first.kind === 'remove') await first.helpers.removeProcessed(texts, 'node', options);
		else {
			const { processed } = await first.helpers.checkProcessedAndRecord(texts, 'node', options);
			for (const text of processed) before.add(String(text));
		}
		for (const { resolve } of batch) resolve(before);
	} catch (error) {
		for (const { reject } of batch) reject(error);
	}
}
