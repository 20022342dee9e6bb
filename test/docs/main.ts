import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { format } from 'prettier';
import { withMagicTable } from './magicTable';
import { withOptionTable } from './optionTable';

async function write(document: string, withTable: (text: string) => string): Promise<void> {
	const file = resolve(__dirname, '../../docs', document);
	const text = withTable(readFileSync(file, 'utf8'));
	writeFileSync(file, await format(text, { parser: 'markdown' }));
}

void (async () => {
	await write('parameters.md', withOptionTable);
	await write('test-mode.md', withMagicTable);
})();
