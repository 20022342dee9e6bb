import type { Clock } from '../n8n/clock';
import type { DurableSet } from '../n8n/durableSet';
import type { NodeStore } from '../n8n/nodeStore';
import { fingerprintOf } from './fingerprint';

/*
 * A lineage is an execution together with everything that continues it: Retry of it, and the run that n8n 1 begins anew when a worker has died.
 * Its number is the time when it began. All that continues it has to find that number, and the durable set can only say whether it has a text.
 * So the number is kept as its digits, in two registers: of what the execution began with (for Retry, which has another execution ID), and of its ID (for a run that is begun anew).
 *
 *   number in the node's store ─────────────────────────────▶ continued
 *   Retry ──register of the beginning──▶ has a number ──────▶ continued
 *     │                                   ├──is empty───────▶ begun: the execution created nothing
 *     │                                   └──is unreadable──▶ unreadable: nothing may be created
 *   ID seen before ──register of the ID──▶ the same three ways
 *   any other ──────────────────────────────────────────────▶ begun, and written to both registers
 */

/** The lineage of a run; `unreadable` when a process ended while it read or wrote the number. */
export type Lineage = LineageNumber | 'unreadable';

interface LineageNumber {
	/** When it began, in milliseconds since 1970; unique for the node. */
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
	const { startedAtMs } = kept;
	if (typeof startedAtMs === 'number') {
		return { startedAtMs, isContinued: kept['isContinued'] === true };
	}
	const lineage = await continuedOrBegun(set, store, clock);
	if (lineage !== 'unreadable') Object.assign(kept, lineage);
	return lineage;
}

async function continuedOrBegun(
	set: DurableSet,
	store: NodeStore,
	clock: Pick<Clock, 'now'>,
): Promise<Lineage> {
	const { executionId, isRetryOfExecution } = store;
	const ofBeginning = `beginning ${fingerprintOf(store.beginning())}`;
	const ofExecution = `execution ${executionId}`;
	const isSeen =
		!isRetryOfExecution && executionId !== undefined && (await set.add([ofExecution])).size > 0;
	if (isRetryOfExecution || isSeen) {
		const found = await readNumber(set, isSeen ? ofExecution : ofBeginning);
		if (found === 'unreadable') return found;
		if (found !== undefined) return { startedAtMs: found, isContinued: true };
	}
	let startedAtMs = clock.now();
	while ((await set.add([`lineage ${startedAtMs}`])).size > 0) startedAtMs++;
	const written = [ofBeginning, ofExecution].flatMap((register) => textsOf(register, startedAtMs));
	// In between, the register is unreadable, and that is safe.
	const former = allTexts(ofBeginning).filter((text) => !written.includes(text));
	await set.replace(written, former);
	return { startedAtMs, isContinued: false };
}

async function readNumber(
	set: DurableSet,
	register: string,
): Promise<number | 'unreadable' | undefined> {
	const before = await set.lookUp(allTexts(register));
	if (before.size === 0) return undefined;
	let number = 0;
	for (let position = 0; position < digits; position++) {
		const found = Array.from({ length: base }, (_, digit) => digit).filter((digit) =>
			before.has(textOf(register, position, digit)),
		);
		const [digit] = found;
		if (digit === undefined || found.length > 1) return 'unreadable';
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
