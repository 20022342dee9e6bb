import {
	endingOf,
	magicPromptOf,
	magicPrompts,
} from '../../../nodes/Seedance/testMode/magicPrompts';

test('words and IDs are unique, and each prompt finds its row', () => {
	for (const name of ['words', 'id'] as const) {
		expect(new Set(magicPrompts.map((row) => row[name])).size).toBe(magicPrompts.length);
	}
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
	for (const { id, outcome } of magicPrompts) {
		expect(endingOf(id) === undefined).toBe(outcome.kind === 'refused');
	}
	expect(endingOf('ok')).toEqual({ status: 'succeeded', file: 'whole' });
	expect(endingOf('zz')).toBeUndefined();
});
