import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { asset } from '../nodes/Seedance/actions/asset';
import { video } from '../nodes/Seedance/actions/video';
import { modelFamilies, type ModelFamily } from '../nodes/Seedance/api/models';
import { providers } from '../nodes/Seedance/api/providers';
import type { Provider } from '../nodes/Seedance/api/providers/provider';

const root = resolve(__dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** The rows of the table under a heading, each as its cells. */
function tableUnder(heading: string): string[][] {
	const section = readme.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
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

test('the table of models is the capability matrix', () => {
	expect(tableUnder('Models')).toEqual(modelFamilies.map(modelRow));
});

test('the table of providers is the providers’ data', () => {
	expect(tableUnder('Providers')).toEqual(providers.map(providerRow));
});

test('the table of operations is the dropdown', () => {
	expect(tableUnder('Operations of Seedance Video').map(([name]) => name)).toEqual(
		[...video.operations.values()].map(({ option }) => option.name),
	);
});

test('the table of asset operations is the dropdown', () => {
	expect(tableUnder('Operations of Seedance Asset').map(([name]) => name)).toEqual(
		[...asset.operations.values()].map(({ option }) => option.name),
	);
});

test('every file that the documents link to is there', () => {
	for (const name of ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md']) {
		const text = readFileSync(join(root, name), 'utf8');
		for (const [, target = ''] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
			expect({ name, target, exists: existsSync(join(root, target)) }).toEqual({
				name,
				target,
				exists: true,
			});
		}
	}
});

test('the table of options has every entry of Create’s Options', () => {
	const options = video.operations
		.get('create')
		?.properties.find(({ name }) => name === 'options')?.options;
	expect(tableUnder('Options of Create').map(([name]) => name)).toEqual(
		options?.map((option) => ('displayName' in option ? option.displayName : option.name)),
	);
});
