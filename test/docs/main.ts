import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { format } from 'prettier';
import { withOptionTable } from './optionTable';

const file = resolve(__dirname, '../../docs/parameters.md');

void (async () => {
	const text = withOptionTable(readFileSync(file, 'utf8'));
	writeFileSync(file, await format(text, { parser: 'markdown' }));
})();
