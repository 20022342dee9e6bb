import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readFields } from '../../nodes/Seedance/panel/accepts';
import { optionRows } from '../../nodes/Seedance/panel/options';
import { optionTable } from './optionTable';
import { rowsUnder } from './table';

test('the table of options in docs/parameters.md is that of the option rows; `npm run docs:options` writes it', () => {
	const text = readFileSync(resolve(__dirname, '../../docs/parameters.md'), 'utf8');
	expect(rowsUnder(text, '## Options of Create')).toEqual(optionTable());
});

test('docs/parameters.md names the options that may be empty', () => {
	const text = readFileSync(resolve(__dirname, '../../docs/parameters.md'), 'utf8');
	const sentence = text
		.split('\n')
		.find((line) => line.startsWith('If an expression yields nothing'));
	const named = [...(sentence ?? '').matchAll(/\*\*([^*]+)\*\*/g)].map(([, label]) => label);
	const mayBeEmpty = optionRows.filter(
		(row) => readFields([row], { [row.name]: null }).issues.length === 0,
	);
	expect(named).toEqual(mayBeEmpty.map(({ label }) => label));
});
