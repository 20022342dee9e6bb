import type { IExecuteFunctions } from 'n8n-workflow';
import { sleep } from 'n8n-workflow';
import { toFailure } from '../seedance/failure';
import { takeTurn, type Call, type Pause, type Row } from './setTurns';

/** A set of texts in n8n's database, for this node of this workflow. It outlives the process. n8n keeps hashes: a text can be looked for, not read back. Every call throws what n8n throws, for example for a workflow that was never saved. */
export interface DurableSet {
	/** Adds texts. Returns those that were in the set before. */
	add(texts: readonly string[]): Promise<ReadonlySet<string>>;
	/** The same, and resolves when the texts were seen again a moment later: another process can write over them. */
	addConfirmed(texts: readonly string[]): Promise<ReadonlySet<string>>;
	remove(texts: readonly string[]): Promise<void>;
	/** Adds texts, then removes others; no other call of this process comes in between. */
	replace(added: readonly string[], removed: readonly string[]): Promise<void>;
	/** The texts that are in the set, out of these. n8n can only look for what it adds: a process that ends meanwhile leaves them all. */
	lookUp(texts: readonly string[]): Promise<ReadonlySet<string>>;
	/** What this run has cost so far; each call reads and writes the whole set. */
	readonly usage: { readonly calls: number; readonly elapsedMs: number };
}

type Helpers = IExecuteFunctions['helpers'];

/** n8n drops the oldest entries above this number. A create has eight, or 14 when its row is recorded too, so these are at least 3,500 creates. */
const maxEntries = 50_000;
/** Pauses before a call that failed is repeated: databases are busy for a moment. */
const pausesMs = [100, 300, 1_000];
/** A call that does not end would hold up every later execution of the node. */
const maxCallSeconds = 30;

/** Least time until texts are confirmed, and attempts. */
const leastPauseMs = 100;
const maxAttempts = 20;
/** Two processes that confirm at the same moments would lose texts of each other every time. The same for all calls of this one, so that their order stays. */
const pauseFactor = 1 + Math.random() / 2;

/** The set of the node, or undefined where n8n has none: before it had deduplication, and in some agents' contexts. */
export function openDurableSet(
	context: Pick<IExecuteFunctions, 'helpers' | 'getNode' | 'getWorkflow'>,
	pause: Pause = sleep,
): DurableSet | undefined {
	const { helpers } = context;
	if (typeof (helpers as Partial<Helpers>).checkProcessedAndRecord !== 'function') return undefined;
	const place = `${context.getWorkflow().id} ${context.getNode().id}`;
	const usage = { calls: 0, elapsedMs: 0, lastCallMs: 0 };
	const row = openRow(helpers, usage, pause);
	const call = async (
		kind: Call['kind'],
		texts: readonly string[],
		removed: readonly string[] = [],
	) =>
		await new Promise<ReadonlySet<string>>((resolve, reject) => {
			takeTurn(place, { kind, texts, removed, row, pause, resolve, reject });
		});
	return {
		add: async (texts) => await call('add', texts),
		addConfirmed: async (texts) =>
			await confirmed(pause, usage, async () => await call('add', texts), new Set(texts).size),
		remove: async (texts) => void (await call('remove', texts)),
		replace: async (added, removed) => void (await call('replace', added, removed)),
		lookUp: async (texts) => await call('lookUp', texts),
		usage,
	};
}

/** What the calls of a run have cost. */
interface Usage {
	calls: number;
	elapsedMs: number;
	lastCallMs: number;
}

function openRow(helpers: Helpers, usage: Usage, pause: Pause): Row {
	const options = { mode: 'entries' as const, maxEntries };
	async function timed<Result>(call: () => Promise<Result>): Promise<Result> {
		const startedAtMs = performance.now();
		const result = await withDeadline(pause, async (isOpen) => await repeated(pause, call, isOpen));
		usage.calls++;
		usage.lastCallMs = performance.now() - startedAtMs;
		usage.elapsedMs += usage.lastCallMs;
		return result;
	}
	return {
		async record(texts) {
			const { processed } = await timed(
				async () => await helpers.checkProcessedAndRecord([...texts], 'node', options),
			);
			return new Set(processed.map(String));
		},
		async remove(texts) {
			if (texts.length === 0) return;
			await timed(async () => await helpers.removeProcessed([...texts], 'node', options));
		},
	};
}

/** What the first of several calls returns; the others are made until all of these texts were there before. */
async function confirmed(
	pause: Pause,
	usage: Usage,
	add: () => Promise<ReadonlySet<string>>,
	count: number,
): Promise<ReadonlySet<string>> {
	const before = await add();
	for (let attempt = 0, seen = before.size; seen < count && attempt < maxAttempts; attempt++) {
		// A write of another process takes about as long as one of this process.
		await pause(Math.max(leastPauseMs, 2 * usage.lastCallMs) * pauseFactor);
		seen = (await add()).size;
	}
	return before;
}

async function repeated<Result>(
	pause: Pause,
	call: () => Promise<Result>,
	isOpen: () => boolean,
): Promise<Result> {
	for (const pauseMs of pausesMs) {
		try {
			return await call();
		} catch (error) {
			await pause(pauseMs);
			// After the deadline, it is the turn of others.
			if (!isOpen()) throw toFailure(error);
		}
	}
	return await call();
}

async function withDeadline<Result>(
	pause: Pause,
	call: (isOpen: () => boolean) => Promise<Result>,
): Promise<Result> {
	let isOpen = true;
	const overdue = async (): Promise<never> => {
		// Short sleeps, since a sleep that has begun cannot be ended.
		for (let second = 0; isOpen && second < maxCallSeconds; second++) await pause(1_000);
		throw new Error(`n8n's database did not answer within ${maxCallSeconds} s`);
	};
	const late = overdue();
	late.catch(() => {});
	try {
		return await Promise.race([call(() => isOpen), late]);
	} finally {
		isOpen = false;
	}
}
