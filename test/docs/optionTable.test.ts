import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { optionRows } from '../../nodes/Seedance/panel/options';
import { optionTable } from './optionTable';

test('the table of options in docs/parameters.md is that of the option rows; `npm run docs:options` writes it', () => {
	const text = readFileSync(resolve(__dirname, '../../docs/parameters.md'), 'utf8');
	const [, section = ''] = /## Options of Create\n([\s\S]*?)\n## /.exec(text) ?? [];
	const rows = section
		.split('\n')
		.filter((line) => line.startsWith('| '))
		.map((line) =>
			line
				.slice(1, -1)
				.split(' | ')
				.map((cell) => cell.trim()),
		);
	expect(rows.slice(2)).toEqual(optionTable());
});

test('docs/parameters.md names the options that are refused when they are empty', () => {
	const text = readFileSync(resolve(__dirname, '../../docs/parameters.md'), 'utf8');
	const sentence = text
		.split('\n')
		.find((line) => line.startsWith('If an expression yields nothing'));
	const named = [...(sentence ?? '').matchAll(/\*\*([^*]+)\*\*/g)].map(([, label]) => label);
	const refused = optionRows.filter(({ neverEmpty }) => neverEmpty === true);
	expect(named).toEqual(refused.map(({ label }) => label));
});
