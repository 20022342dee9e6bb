/** Tasks by their IDs, each with a moment in whole seconds since 1970. */
export type Times = Map<string, number>;

/** {@link Times} as text, for a store that is written whole each time. */
export interface PackedTimes {
	/** The IDs in order, each as the number of characters that it shares with the one before, and the rest. */
	readonly ids: string;
	/** The seconds from the beginning to each moment, to the base of 36. */
	readonly seconds: string;
}

const base = 36;
const maxShared = base - 1;

/** Packs tasks: IDs that begin with the time of the create need less than half of their characters. `beginning`: seconds since 1970. */
export function packTimes(times: ReadonlyMap<string, number>, beginning: number): PackedTimes {
	const sorted = [...times].sort(([one], [other]) => (one < other ? -1 : 1));
	let before = '';
	const ids = sorted.map(([id]) => {
		const shared = sharedCharacters(before, id);
		before = id;
		return shared.toString(base) + id.slice(shared);
	});
	const seconds = sorted.map(([, moment]) => (moment - beginning).toString(base));
	return { ids: ids.join(' '), seconds: seconds.join(' ') };
}

/** The tasks that were packed. What cannot be read yields none. */
export function unpackTimes(packed: unknown, beginning: number): Times {
	const { ids, seconds } = Object(packed) as Readonly<Record<string, unknown>>;
	if (typeof ids !== 'string' || typeof seconds !== 'string' || ids === '') return new Map();
	const moments = seconds.split(' ').map((text) => beginning + parseInt(text, base));
	let before = '';
	return new Map(
		ids.split(' ').map((text, index) => {
			before = before.slice(0, parseInt(text.slice(0, 1), base)) + text.slice(1);
			return [before, moments[index] ?? beginning];
		}),
	);
}

function sharedCharacters(one: string, other: string): number {
	const max = Math.min(one.length, other.length, maxShared);
	let shared = 0;
	while (shared < max && one[shared] === other[shared]) shared++;
	return shared;
}
