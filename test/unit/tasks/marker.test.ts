import {
	showsMarker,
	Markers,
	markersOf,
	type Marker,
	type MarkerKind,
} from '../../../nodes/Seedance/tasks/marker';
import { taskOf } from '../given';

const field = 'execution_expires_after';
const keys = Array.from({ length: 2_000 }, (_, index) => `key ${index}`);

/** For each of these markers another key that has it as its first one, by trying. */
function keysMarkedWith(markers: readonly Marker[]): string[] {
	const wanted = new Map(markers.map(({ value }) => [value, '']));
	for (let index = 0; [...wanted.values()].includes(''); index++) {
		const [first] = markersOf('expiry', `other ${index}`);
		if (first !== undefined && wanted.get(first.value) === '') {
			wanted.set(first.value, `other ${index}`);
		}
	}
	return [...wanted.values()];
}

describe('the markers of a create', () => {
	test('are the same in every process and version: a later one looks for them', () => {
		expect(markersOf('expiry', 'k')).toEqual(
			[133_636, 141_601, 140_266, 156_758].map((value) => ({ field, value })),
		);
		expect(markersOf('safetyIdentifier', 'k')).toEqual(
			[
				'n8n-730a1bfb113eed9a2c72bcd8eb764939',
				'n8n-ca786f1e02cd1fa6858ba7d98a5653bb',
				'n8n-0f65bb555350dc6d841968f712fa2319',
				'n8n-1621e4e98c1fcf6d3119311dab5fc04b',
			].map((value) => ({ field: 'safety_identifier', value })),
		);
	});

	test('in the expiry are spread over the 12 hours below the default', () => {
		const values = keys
			.flatMap((key) => markersOf('expiry', key))
			.map(({ value }) => Number(value));
		expect(values.every((value) => value >= 129_600 && value < 172_800)).toBe(true);
		expect(Math.min(...values)).toBeLessThan(129_700);
		expect(Math.max(...values)).toBeGreaterThan(172_700);
		expect(new Set(values).size).toBeGreaterThan(7_000);
	});

	test('in the safety identifier are all different', () => {
		const values = keys.flatMap((key) => markersOf('safetyIdentifier', key));
		expect(new Set(values.map(({ value }) => value)).size).toBe(8_000);
	});
});

describe('the markers of a run', () => {
	test.each<MarkerKind>(['expiry', 'safetyIdentifier'])(
		'a create has its first one in the %s, each time that it is asked for',
		(kind) => {
			const markers = new Markers();
			const [first] = markersOf(kind, 'k');
			expect([markers.of(kind, 'k'), markers.of(kind, 'k')]).toEqual([first, first]);
		},
	);

	test('a create whose first one another create has gets its second one, and keeps it', () => {
		const markers = new Markers();
		const [taken, second] = markersOf('expiry', 'k');
		const [other = ''] = keysMarkedWith(markersOf('expiry', 'k').slice(0, 1));
		expect(markers.of('expiry', other)).toEqual(taken);
		expect([markers.of('expiry', 'k'), markers.of('expiry', 'k')]).toEqual([second, second]);
		expect(markers.of('expiry', other)).toEqual(taken);
	});

	test('a create of which others have all gets the first one', () => {
		const markers = new Markers();
		const all = markersOf('expiry', 'k');
		for (const key of keysMarkedWith(all)) markers.of('expiry', key);
		expect(markers.of('expiry', 'k')).toEqual(all[0]);
	});

	test('a thousand creates have one each', () => {
		const markers = new Markers();
		const values = keys.slice(0, 1_000).map((key) => markers.of('expiry', key)?.value);
		expect(new Set(values).size).toBe(1_000);
	});
});

test.each<[member: string, shows: boolean | undefined, value: unknown]>([
	['the same value', true, 170_000],
	['the same value as text', true, '170000'],
	['another value', false, 170_001],
	['another value as text', false, '170000.0'],
	['nothing', undefined, undefined],
	['null', undefined, null],
])('whether a task that has %s there shows the marker: %s', (_member, shows, value) => {
	const task = taskOf('cgt-1', 'queued', { raw: { [field]: value, safety_identifier: 170_000 } });
	expect(showsMarker(task, { field, value: 170_000 })).toBe(shows);
});
