import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { asset } from '../nodes/Seedance/actions/asset';
import { video } from '../nodes/Seedance/actions/video';
import { triggerProperties } from '../nodes/Seedance/panel/trigger';
import {
	findFamily,
	modelFamilies,
	type ModelFamily,
	type Resolution,
} from '../nodes/Seedance/seedance/models';
import { providers } from '../nodes/Seedance/seedance/providers';
import type { Provider } from '../nodes/Seedance/seedance/providers/provider';
import { listPrices } from '../nodes/Seedance/seedance/prices';
import { estimateTokens } from '../nodes/Seedance/seedance/tokens';

const root = resolve(__dirname, '..');

/** The rows of the table under a heading of a document, each as its cells. */
function tableUnder(heading: string, document = 'README.md'): string[][] {
	const text = readFileSync(join(root, document), 'utf8');
	const section = text.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
	const rows = section
		.split('\n')
		.filter((line) => line.startsWith('|'))
		.map((line) =>
			line
				.split('|')
				.slice(1, -1)
				.map((cell) => cell.trim()),
		);
	return rows.slice(2);
}

const yesNo = (is: boolean) => (is ? 'yes' : 'no');

function modelRow(family: ModelFamily): string[] {
	const { minimum, maximum, automatic } = family.durationSeconds;
	const { images, videos, audios } = family.references;
	return [
		family.label,
		family.resolutions.join(', '),
		`${minimum}–${maximum}${automatic ? ', -1' : ''}`,
		yesNo(family.generateAudio),
		yesNo(family.firstLastFrame),
		images + videos + audios === 0 ? 'no' : `${images} / ${videos} / ${audios}`,
		yesNo(family.draft),
	];
}

function providerRow(provider: Provider): string[] {
	const offered = modelFamilies.filter(({ value }) => !provider.familiesNotOffered.includes(value));
	const missing = modelFamilies.filter(({ value }) => provider.familiesNotOffered.includes(value));
	const models =
		missing.length === 0
			? 'all'
			: missing.length < offered.length
				? `all but ${missing.map(({ label }) => label).join(', ')}`
				: offered.map(({ label }) => label).join(', ');
	return [
		provider.label,
		provider.origin === undefined
			? 'yours'
			: `\`${provider.origin}${provider.basePaths.official}\``,
		provider.basePaths.openAi === undefined ? 'Official' : 'Official, OpenAI-Style',
		models,
		provider.resolutions.at(-1) ?? '',
	];
}

/** The words that a reader sees: without the targets of links and the lines of tables. */
function wordsOf(document: string): number {
	const text = readFileSync(join(root, document), 'utf8')
		.replace(/!\[[^\]]*\]\([^)]*\)/g, '')
		.replace(/\]\([^)]*\)/g, ']')
		.replaceAll('<br>', ' ');
	return text.split(/[\s|]+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

test('README is short', () => {
	expect(wordsOf('README.md')).toBeLessThan(900);
});

test("README's animation is small, and wide enough to be read", () => {
	const [, file = ''] =
		/\((docs\/images\/[\w-]+\.gif)\)/.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
	const bytes = readFileSync(join(root, file));
	expect(bytes.subarray(0, 6).toString('latin1')).toBe('GIF89a');
	expect(bytes.readUInt16LE(6)).toBeGreaterThanOrEqual(600);
	expect(bytes.length).toBeLessThanOrEqual(2_000_000);
});

test('the table of models is the capability matrix', () => {
	expect(tableUnder('Models')).toEqual(modelFamilies.map(modelRow));
});

test("the table of providers matches the providers' data", () => {
	expect(tableUnder('Providers', 'docs/providers.md')).toEqual(providers.map(providerRow));
});

test('the table of operations is the dropdown', () => {
	expect(tableUnder('Seedance Video').map(([name]) => name)).toEqual(
		[...video.operations.values()].map(({ option }) => option.name),
	);
});

test('the table of asset operations is the dropdown', () => {
	expect(tableUnder('Seedance Asset').map(([name]) => name)).toEqual(
		[...asset.operations.values()].map(({ option }) => option.name),
	);
});

test.each([
	['README.md', 'Seedance Trigger'],
	['docs/trigger.md', 'What it delivers'],
])('the table of events in %s is the dropdown', (document, heading) => {
	const event = triggerProperties.find(({ name }) => name === 'event');
	expect(tableUnder(heading, document).map(([name]) => name)).toEqual(
		event?.options?.map(({ name }) => name),
	);
});

test("the table of options has every entry of Create's Options", () => {
	const options = video.operations
		.get('create')
		?.properties.find(({ name }) => name === 'options')?.options;
	expect(tableUnder('Options of Create', 'docs/parameters.md').map(([name]) => name)).toEqual(
		options?.map((option) => ('displayName' in option ? option.displayName : option.name)),
	);
});

test('the table of modes is the dropdown', () => {
	const mode = video.operations.get('create')?.properties.find(({ name }) => name === 'mode');
	expect(
		tableUnder('Mode', 'docs/parameters.md')
			.map(([name]) => name)
			.sort(),
	).toEqual(mode?.options?.map(({ name }) => name).sort());
});

test("the table of costs matches the node's own estimate", () => {
	const tokensOf = (seconds: number, resolution: Resolution) =>
		estimateTokens({
			model: '',
			family: findFamily('seedance-2-0'),
			mode: 'textToVideo',
			media: [],
			wireFields: {},
			extraBody: {},
			resolution,
			ratio: '16:9',
			durationSeconds: seconds,
		})?.tokens.toLocaleString('en-US');
	const rows = tableUnder('What a video costs', 'docs/costs.md');
	expect(rows.length).toBeGreaterThan(2);
	expect(rows).toEqual(
		rows.map(([seconds = '']) => [
			seconds,
			...(['480p', '720p', '1080p'] as const).map((tier) => tokensOf(Number(seconds), tier)),
		]),
	);
});

test('the table of costs follows from the formula above it', () => {
	const text = readFileSync(join(root, 'docs/costs.md'), 'utf8');
	const formula =
		'(24 × (seconds of input videos + seconds of the output) + 1) × width × height ÷ 1024, rounded up';
	expect(text).toContain(formula);
	const [heads = ''] = text.split('\n').filter((line) => line.startsWith('| Seconds'));
	const sizes = [...heads.matchAll(/(\d+) × (\d+)/g)].map(([, width, height]) =>
		[width, height].map(Number),
	);
	expect(sizes).toHaveLength(3);
	const rows = tableUnder('What a video costs', 'docs/costs.md');
	expect(rows).toEqual(
		rows.map(([seconds = '']) => [
			seconds,
			...sizes.map(([width = 0, height = 0]) =>
				Math.ceil(((24 * Number(seconds) + 1) * width * height) / 1024).toLocaleString('en-US'),
			),
		]),
	);
});

test('the table of prices is that of the node', () => {
	const shown = tableUnder('What a token costs', 'docs/costs.md').map(
		([provider = '', model = '', tiers = '', ...amounts]) => {
			const [, label, price] = /^(\w+).*\((\w+(?: per second)?)\)$/.exec(provider) ?? [];
			return [label, price, model, tiers, ...amounts.flatMap(amountsIn)].join(' ');
		},
	);
	const known = new Map<string, number[]>();
	for (const { provider, currency, unit, family, resolutions, amount } of listPrices) {
		const label = providers.find(({ value }) => value === provider)?.label.split(' ')[0];
		const model = findFamily(family)?.label;
		const price = unit === 'second' ? `${currency} per second` : currency;
		const row = [label, price, model, resolutions?.join(', ') ?? 'all'].join(' ');
		known.set(row, [...(known.get(row) ?? []), amount]);
	}
	expect(shown).toEqual([...known].map(([row, amounts]) => [row, ...amounts].join(' ')));
});

/** "2.40 (silent: 1.20)" has two amounts, "–" has none. */
function amountsIn(cell: string): number[] {
	return [...cell.matchAll(/\d+\.\d+/g)].map(([amount]) => Number(amount));
}
