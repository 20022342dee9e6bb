import { randomUUID } from 'crypto';
import type { Clock } from '../n8n/clock';
import type { DurableSet } from '../n8n/durableSet';
import type { NodeStore } from '../n8n/nodeStore';
import { facts, twinOf } from './durableTexts';
import { fingerprintOf } from './fingerprint';

/*
 * A lineage is an execution together with everything that continues it: Retry of it, and the run that n8n 1 begins anew when a worker has died.
 * Its number is the ID of that execution, so a run that is begun anew knows it. Retry has an ID of its own and has to find the number, but the durable set can only say whether it has a text.
 * So two registers keep numbers as their digits: of what an execution began with, its number; of a number, when its execution began.
 * A process that ends while it reads a register leaves every digit in it, and so does a worker that writes over the end of a reading. Then the digits count that were written, by their twins.
 *
 *   number in the node's store ──────────────────────────────▶ continued
 *   Retry ──register of the beginning──▶ has a number ───┐
 *     │                                   ├──is empty────│───▶ begun: the execution created nothing
 *     │                                   └──unreadable──│───▶ unreadable: nothing may be created
 *   ID seen before ──────────────────────────────────────┴──register of the number──▶ continued, begun or unreadable
 *   any other ───────────────────────────────────────────────▶ begun, and written to both registers
 */

/** The lineage of a run; `unreadable` when a process ended while it wrote a register, or n8n has dropped a part of it. */
export type Lineage = KnownLineage | 'unreadable';

interface KnownLineage {
	/** The same for everything that continues the execution; no other execution of the node has it. */
	readonly number: number;
	/** When it began, in milliseconds since 1970. */
	readonly startedAtMs: number;
	/** Whether an earlier process may have recorded creates that the node's store does not have. */
	readonly isContinued: boolean;
}

const digits = 7;
const base = 100;
/** The key in the node's store. */
const storeKey = 'seedanceLineage';

/** The lineage of the run. */
export async function findLineage(
	set: DurableSet,
	store: NodeStore,
	clock: Pick<Clock, 'now'>,
): Promise<Lineage> {
	const kept = store.values(storeKey);
	const { number, startedAtMs } = kept;
	if (typeof number === 'number' && typeof startedAtMs === 'number') {
		return { number, startedAtMs, isContinued: kept['isContinued'] === true };
	}
	const lineage = store.isRetryOfExecution
		? await ofRetry(set, store, clock)
		: await ofExecution(set, store, clock);
	if (lineage !== 'unreadable') Object.assign(kept, lineage);
	return lineage;
}

async function ofRetry(
	set: DurableSet,
	store: NodeStore,
	clock: Pick<Clock, 'now'>,
): Promise<Lineage> {
	const number = await readNumber(set, registerOfBeginning(store));
	if (number === 'unreadable') return number;
	if (number === undefined) return await begun(set, store, clock, numberOf(store));
	// Both registers are written together, so without the second the first cannot be trusted.
	return (await continued(set, number)) ?? 'unreadable';
}

async function ofExecution(
	set: DurableSet,
	store: NodeStore,
	clock: Pick<Clock, 'now'>,
): Promise<Lineage> {
	const number = numberOf(store);
	const isSeen = (await set.add([registerOf(number)])).size > 0;
	const lineage = isSeen ? await continued(set, number) : undefined;
	return lineage ?? (await begun(set, store, clock, number));
}

async function continued(set: DurableSet, number: number): Promise<Lineage | undefined> {
	const startedAtMs = await readNumber(set, registerOf(number));
	if (typeof startedAtMs !== 'number') return startedAtMs;
	return { number, startedAtMs, isContinued: true };
}

async function begun(
	set: DurableSet,
	store: NodeStore,
	clock: Pick<Clock, 'now'>,
	number: number,
): Promise<Lineage> {
	const startedAtMs = clock.now();
	const ofBeginning = registerOfBeginning(store);
	const written = [
		...facts(textsOf(ofBeginning, number)),
		...[registerOf(number), ...facts(textsOf(registerOf(number), startedAtMs))],
	];
	// In between, the register is unreadable, and that is safe.
	const former = facts(allTexts(ofBeginning)).filter((text) => !written.includes(text));
	await set.replace(written, former);
	return { number, startedAtMs, isContinued: false };
}

/** n8n counts its executions. */
function numberOf({ executionId = randomUUID() }: NodeStore): number {
	if (/^\d{1,14}$/.test(executionId)) return Number(executionId);
	return parseInt(fingerprintOf(executionId).slice(0, 12), 16) % base ** digits;
}

const registerOf = (number: number) => `lineage ${number}`;
const registerOfBeginning = (store: NodeStore) => `beginning ${fingerprintOf(store.beginning())}`;

async function readNumber(
	set: DurableSet,
	register: string,
): Promise<number | 'unreadable' | undefined> {
	const before = await set.lookUp(allTexts(register));
	if (before.size === 0) return undefined;
	const number = numberIn(register, before);
	if (number !== undefined) return number;
	const twins = await set.lookUp([...before].map(twinOf));
	const isWritten = (text: string) => twins.has(twinOf(text));
	const written = numberIn(register, new Set([...before].filter(isWritten)));
	if (written === undefined) return 'unreadable';
	await set.remove([...before].filter((text) => !isWritten(text)));
	return written;
}

/** Undefined when a digit is missing or has two values. */
function numberIn(register: string, texts: ReadonlySet<string>): number | undefined {
	let number = 0;
	for (let position = 0; position < digits; position++) {
		const found = Array.from({ length: base }, (_, digit) => digit).filter((digit) =>
			texts.has(textOf(register, position, digit)),
		);
		const [digit] = found;
		if (digit === undefined || found.length > 1) return undefined;
		number += digit * base ** position;
	}
	return number;
}

function textOf(register: string, position: number, digit: number): string {
	return `${register} ${position} ${digit}`;
}

function textsOf(register: string, number: number): string[] {
	return Array.from({ length: digits }, (_, position) =>
		textOf(register, position, Math.floor(number / base ** position) % base),
	);
}

function allTexts(register: string): string[] {
	return Array.from({ length: digits * base }, (_, index) =>
		textOf(register, index % digits, Math.floor(index / digits)),
	);
}
