import fc from 'fast-check';
import { packTimes, unpackTimes } from '../../../nodes/Seedance/tasks/packedTimes';

const beginning = 1_795_000_000;

test('what is packed comes back', () => {
	const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/);
	const moment = fc.integer({ min: beginning - 700_000, max: beginning + 700_000 });
	fc.assert(
		fc.property(fc.array(fc.tuple(id, moment)), (entries) => {
			const times = new Map(entries);
			const stored: unknown = JSON.parse(JSON.stringify(packTimes(times, beginning)));
			const unpacked = unpackTimes(stored, beginning);
			expect(new Map([...unpacked].sort())).toEqual(new Map([...times].sort()));
		}),
		{ seed: 7 },
	);
});

test.each([[undefined], [7], [{}], [{ ids: 7, seconds: '' }], [{ ids: '', seconds: '' }]])(
	'%j yields none',
	(stored) => {
		expect(unpackTimes(stored, beginning)).toEqual(new Map());
	},
);

test('IDs of a day need about a dozen characters each', () => {
	const times = new Map(
		Array.from({ length: 1_000 }, (_, index): [string, number] => {
			const second = beginning + index * 86;
			const time = new Date(second * 1000).toISOString().replace(/\D/g, '').slice(0, 14);
			return [`cgt-${time}-${(index * 7919).toString(36).padStart(5, '0')}`, second];
		}),
	);
	const { ids, seconds } = packTimes(times, beginning);
	expect(ids.length / 1_000).toBeLessThan(13);
	expect(seconds.length / 1_000).toBeLessThan(5);
});
