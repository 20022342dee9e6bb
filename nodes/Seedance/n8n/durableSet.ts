import type { IExecuteFunctions } from 'n8n-workflow';
import { sleep } from 'n8n-workflow';
import { toFailure } from '../seedance/failure';
import { takeTurn, type Call, type Pause, type Row } from './setTurns';

/** A set of texts in n8n's database, for this node of this workflow. It outlives the process. n8n keeps hashes: a text can be looked for, not read back. Every call throws what n8n throws, for example for a workflow that was never saved. */
export interface DurableSet {
	/** Adds texts. Returns those that were in the set before. */
	add(texts: readonly string[]): Promise<ReadonlySet<string>>;
	/** The same, and resolves when those that this process has added were seen again a moment later: another process can write over them. */
	addConfirmed(texts: readonly string[]): Promise<ReadonlySet<string>>;
	remove(texts: readonly string[]): Promise<void>;
	/** Adds texts, then removes others; no other call of this process comes in between. Resolves when what was added was seen again. */
	replace(added: readonly string[], removed: readonly string[]): Promise<void>;
	/** The texts that are in the set, out of these. n8n can only look for what it adds: a process that ends meanwhile leaves them all. */
	lookUp(texts: readonly string[]): Promise<ReadonlySet<string>>;
	/** What this run has cost so far; each call reads and writes the whole set. */
	readonly usage: { readonly calls: number; readonly elapsedMs: number };
}

type Helpers = IExecuteFunctions['helpers'];

/** n8n drops the oldest entries above this number. A create has ten, or 16 when its row is recorded too, so these are at least 3,100 creates. */
const maxEntries = 50_000;
/** Pauses before a call that failed is repeated: databases are busy for a moment. */
const pausesMs = [100, 300, 1_000];
/** A call that does not end would hold up every later execution of the node. */
const maxCallSeconds = 30;

/** The set of the node, or undefined where n8n has none: before it had deduplication, and in some agents' contexts. */
export function openDurableSet(
	context: Pick<IExecuteFunctions, 'helpers' | 'getNode' | 'getWorkflow'>,
	pause: Pause = sleep,
): DurableSet | undefined {
	const { helpers } = context;
	if (typeof (helpers as Partial<Helpers>).checkProcessedAndRecord !== 'function') return undefined;
	const place = `${context.getWorkflow().id} ${context.getNode().id}`;
	const usage = { calls: 0, elapsedMs: 0 };
	const row = openRow(helpers, usage, pause);
	const call = async (
		kind: Call['kind'],
		texts: readonly string[],
		{ removed = [], isConfirmed = false }: Partial<Pick<Call, 'removed' | 'isConfirmed'>> = {},
	) =>
		await new Promise<ReadonlySet<string>>((resolve, reject) => {
			takeTurn(place, { kind, texts, removed, isConfirmed, row, pause, resolve, reject });
		});
	return {
		add: async (texts) => await call('add', texts),
		addConfirmed: async (texts) => await call('add', texts, { isConfirmed: true }),
		remove: async (texts) => void (await call('remove', texts)),
		replace: async (added, removed) =>
			void (await call('replace', added, { removed, isConfirmed: true })),
		lookUp: async (texts) => await call('lookUp', texts),
		usage,
	};
}

/** What the calls of a run have cost. */
interface Usage {
	calls: number;
	elapsedMs: number;
}

function openRow(helpers: Helpers, usage: Usage, pause: Pause): Row {
	const options = { mode: 'entries' as const, maxEntries };
	const watch = new CallWatch(pause);
	async function timed<Result>(call: () => Promise<Result>): Promise<Result> {
		const startedAtMs = performance.now();
		const result = await watch.within(async (isOpen) => await repeated(pause, call, isOpen));
		usage.calls++;
		usage.elapsedMs += performance.now() - startedAtMs;
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

interface OpenCall {
	seconds: number;
	/** Fails it. */
	end(): void;
}

/** Ends calls that take too long. One loop watches all of them: a sleep that has begun cannot be ended, and a batch makes thousands of calls. */
class CallWatch {
	private readonly open = new Set<OpenCall>();
	private isWatching = false;

	constructor(private readonly pause: Pause) {}

	async within<Result>(call: (isOpen: () => boolean) => Promise<Result>): Promise<Result> {
		// The first of its seconds may have begun before it.
		const own: OpenCall = { seconds: this.isWatching ? -1 : 0, end: () => {} };
		const late = new Promise<never>((_resolve, reject) => {
			const text = `n8n's database did not answer within ${maxCallSeconds} s`;
			own.end = () => reject(new Error(text));
		});
		this.open.add(own);
		if (!this.isWatching) void this.watch();
		try {
			return await Promise.race([call(() => this.open.has(own)), late]);
		} finally {
			this.open.delete(own);
		}
	}

	private async watch(): Promise<void> {
		this.isWatching = true;
		while (this.open.size > 0) {
			await this.pause(1_000);
			for (const call of this.open) if (++call.seconds >= maxCallSeconds) call.end();
		}
		this.isWatching = false;
	}
}
