import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SeedanceApi } from '../credentials/SeedanceApi.credentials';
import { SeedanceAsset } from '../nodes/Seedance/SeedanceAsset.node';
import { SeedanceTrigger } from '../nodes/Seedance/SeedanceTrigger.node';
import { SeedanceVideo } from '../nodes/Seedance/SeedanceVideo.node';

/** Rules of n8n's review that are newer than the lint plugin that is pinned; each bears the plugin's name. */
const nodes = [SeedanceAsset, SeedanceTrigger, SeedanceVideo].map((Node) => new Node().description);

/** Source: n8n docs, @n8n/eslint-plugin-community-nodes, hint-max-length. */
const maxHintLength = 120;

/** Every text under the key `hint` in a value, at any depth. */
function hintsIn(value: unknown): string[] {
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([key, member]) =>
		key === 'hint' && typeof member === 'string' ? [member] : hintsIn(member),
	);
}

test.each(nodes)(
	'single-credential-per-node: $displayName uses one credential',
	({ credentials }) => {
		expect(credentials).toEqual([{ name: 'seedanceApi', required: true }]);
	},
);

test.each(nodes)('hint-max-length: each hint of $displayName is short', ({ properties }) => {
	expect(hintsIn(properties).filter(({ length }) => length > maxHintLength)).toEqual([]);
});

test('hints are found at any depth', () => {
	const short = { displayName: 'A', hint: 'short' };
	expect(hintsIn([{ options: [{ values: [short] }] }, { hint: { not: 'a text' } }])).toEqual([
		'short',
	]);
});

test('README, description and credential name one service', () => {
	const read = (file: string) => readFileSync(join(resolve(__dirname, '..'), file), 'utf8');
	const [, pitch = ''] = read('README.md').split('\n\n');
	const { description } = JSON.parse(read('package.json')) as { description: string };
	const service = new SeedanceApi().displayName;
	expect(service).toBe('Seedance API');
	expect([pitch, description].filter((text) => !text.includes(`the ${service}`))).toEqual([]);
});
