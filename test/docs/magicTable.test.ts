import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { magicTable } from './magicTable';
import { rowsUnder } from './table';

test('the table in docs/test-mode.md is that of the magic prompts; `npm run docs:options` writes it', () => {
	const text = readFileSync(resolve(__dirname, '../../docs/test-mode.md'), 'utf8');
	expect(rowsUnder(text, '## Magic prompts')).toEqual(magicTable());
});
