import {
	endingIdOf,
	endingOf,
	magicPromptOf,
	magicPrompts,
} from '../../../nodes/Seedance/testMode/magicPrompts';

test('words and IDs are unique, and each prompt finds its row', () => {
	const ids = magicPrompts
		.map(({ outcome }) => endingIdOf(outcome))
		.filter((id) => id !== undefined);
	expect(new Set(ids).size).toBe(ids.length);
	expect(new Set(magicPrompts.map(({ words }) => words)).size).toBe(magicPrompts.length);
	for (const row of magicPrompts) {
		expect(magicPromptOf(`A kitten [test: ${row.words}] runs`)).toBe(row);
		expect(magicPromptOf(`[TEST:  ${row.words.toUpperCase().replace(' ', '  ')} ]`)).toBe(row);
	}
});

test('a prompt without such brackets is none, and other words in them are unknown', () => {
	expect(magicPromptOf('A test [of: time]')).toBeUndefined();
	expect(magicPromptOf('[test: faild]')).toBe('unknown');
	expect(magicPromptOf('[test:]')).toBe('unknown');
});

test('only what is created has an ending', () => {
	for (const { outcome } of magicPrompts) {
		const id = endingIdOf(outcome);
		const isCreated = outcome.kind === 'lost' ? outcome.isCreated : outcome.kind !== 'refused';
		expect(id !== undefined).toBe(isCreated);
		if (id !== undefined) expect(endingOf(id)).toBeDefined();
	}
	expect(endingOf('la')).toBeUndefined();
	expect(endingOf('ok')).toEqual({ status: 'succeeded', file: 'whole' });
	expect(endingOf('zz')).toBeUndefined();
});
