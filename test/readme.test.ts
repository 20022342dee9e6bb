import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { video } from '../nodes/Seedance/actions/video';
import { modelFamilies, type ModelFamily } from '../nodes/Seedance/api/models';
import { providers } from '../nodes/Seedance/api/providers';
import type { Provider } from '../nodes/Seedance/api/providers/provider';

const readme = readFileSync(join(resolve(__dirname, '..'), 'README.md'), 'utf8');

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

test('the table of options has every entry of Create’s Options', () => {
	const options = video.operations
		.get('create')
		?.properties.find(({ name }) => name === 'options')?.options;
	expect(tableUnder('Options of Create').map(([name]) => name)).toEqual(
		options?.map((option) => ('displayName' in option ? option.displayName : option.name)),
	);
});
