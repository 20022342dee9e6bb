import { takeTurn } from '../../../nodes/Seedance/actions/trigger/pollTurns';

test('a poll of the same activation is left out until the one before has ended', () => {
	const activation = {};
	const first = takeTurn('w n', activation);
	expect(first?.isCurrent()).toBe(true);
	expect(takeTurn('w n', activation)).toBeUndefined();
	expect(takeTurn('w other', activation)?.isCurrent()).toBe(true);
	first?.end();
	const second = takeTurn('w n', activation);
	expect(second?.isCurrent()).toBe(true);
	second?.end();
});

test('a later activation takes the turn, and the end of the earlier poll does not end it', () => {
	const [earlier, later] = [{}, {}];
	const first = takeTurn('w n', earlier);
	const second = takeTurn('w n', later);
	expect([first?.isCurrent(), second?.isCurrent()]).toEqual([false, true]);
	first?.end();
	expect(second?.isCurrent()).toBe(true);
	expect(takeTurn('w n', later)).toBeUndefined();
	second?.end();
	expect(takeTurn('w n', later)?.isCurrent()).toBe(true);
});
