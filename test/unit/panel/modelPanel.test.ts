import {
	NodeHelpers,
	type INode,
	type INodeParameters,
	type INodePropertyOptions,
} from 'n8n-workflow';
import { SeedanceVideo } from '../../../nodes/Seedance/SeedanceVideo.node';
import { connect } from '../../../nodes/Seedance/panel/credential';
import { readCreateRequest } from '../../../nodes/Seedance/panel/createRequest';
import { modelFamilies } from '../../../nodes/Seedance/seedance/models';

const { description } = new SeedanceVideo();
const node = { typeVersion: 1 } as INode;

/** The properties of a name that the panel shows for parameters of Create. */
function shown(name: string, given: INodeParameters) {
	const parameters = { resource: 'video', operation: 'create', ...given };
	const whole = NodeHelpers.getNodeParameters(
		description.properties,
		parameters,
		true,
		false,
		node,
		description,
	);
	if (whole === null) throw new Error('No parameters');
	return description.properties.filter(
		(property) =>
			property.name === name && NodeHelpers.displayParameter(whole, property, node, description),
	);
}

const valuesOf = (options: unknown) =>
	(options as INodePropertyOptions[]).map(({ value }) => String(value));

/** What the panel offers; fails unless it shows the property once. */
function offered(name: string, given: INodeParameters): string[] {
	const properties = shown(name, given);
	expect(properties).toHaveLength(1);
	return valuesOf(properties[0]?.options);
}

const everything = (name: string) => [
	...new Set(
		description.properties
			.filter((property) => property.name === name)
			.flatMap(({ options }) => valuesOf(options)),
	),
];

const connection = connect({ provider: 'custom', baseUrl: 'https://h.example', apiKey: 'k' });

/** The names of the parameters that are refused. */
function refused(given: Readonly<Record<string, unknown>>): string[] {
	const stored = { mode: 'textToVideo', prompt: 'A kitten', ratio: '16:9', duration: 5, ...given };
	const { issues = [] } = readCreateRequest(stored, connection);
	return issues.map(({ parameter }) => parameter);
}

const media = {
	firstFrameSource: 'url',
	firstFrame: 'https://h.example/1.png',
	lastFrameSource: 'url',
	lastFrame: 'https://h.example/2.png',
	references: {
		reference: [{ type: 'image', source: 'url', value: 'https://h.example/1.png' }],
	},
	draftTaskId: 'cgt-1',
};

describe.each(modelFamilies.map(({ value }) => [value]))('for %s, the panel offers', (model) => {
	test('the resolutions that the rules accept', () => {
		const accepted = everything('resolution').filter(
			(resolution) => !refused({ model, resolution }).includes('resolution'),
		);
		expect(offered('resolution', { model }).sort()).toEqual(accepted.sort());
	});

	test('the modes that the rules accept', () => {
		const accepted = everything('mode').filter(
			(mode) => !refused({ ...media, model, mode }).includes('mode'),
		);
		expect(offered('mode', { model }).sort()).toEqual(accepted.sort());
	});

	test('the ways to continue a story that the rules accept', () => {
		const accepted = everything('continueWith').filter(
			(continueWith) =>
				!refused({ model, mode: 'continue', story: 'fox', continueWith }).includes('continueWith'),
		);
		expect(offered('continueWith', { model, mode: 'continue' }).sort()).toEqual(accepted.sort());
	});
});

test.each(['={{ $json.model }}', 'custom', 'Seedance 2.0', 'doubao-seedance-2-0-260128'])(
	'with %s as Model, everything is offered, once',
	(model) => {
		for (const name of ['resolution', 'mode', 'continueWith']) {
			expect(offered(name, { model, mode: 'continue' }).sort()).toEqual(everything(name).sort());
		}
	},
);

test.each(modelFamilies.map(({ value }) => [value]))(
	'with %s, Continue With is shown in its mode alone',
	(model) => {
		for (const mode of everything('mode')) {
			expect([mode, shown('continueWith', { model, mode }).length]).toEqual([
				mode,
				mode === 'continue' ? 1 : 0,
			]);
		}
	},
);

test('sound is offered for the models that have it', () => {
	const models = modelFamilies.filter(({ value }) => shown('generateAudio', { model: value })[0]);
	expect(models).toEqual(modelFamilies.filter(({ generateAudio }) => generateAudio));
	expect(shown('generateAudio', { model: '={{ $json.model }}' })).toHaveLength(1);
});

test.each([
	['textToVideo', true],
	// Its first shot may be made from a First Frame alone.
	['continue', false],
	['firstFrame', false],
	['firstLastFrame', false],
	['reference', false],
	['={{ $json.mode }}', false],
])('with %s as Mode, Prompt is shown once, and required: %s', (mode, required) => {
	const [prompt, ...others] = shown('prompt', { mode });
	expect([prompt?.required ?? false, others]).toEqual([required, []]);
});

const leftRow = { reference: [{}, { source: '={{ $json.source }}', value: '' }] };

test.each([
	[
		'with an expression as Mode and as Model',
		{ mode: '={{ $json.mode }}', model: '={{ $json.model }}' },
	],
	[
		'with rows of another mode and an expression as Mode',
		{ mode: '={{ $json.mode }}', references: leftRow },
	],
	['in a story from a First Frame', { mode: 'continue', firstFrameSource: 'binary' }],
])('%s, n8n demands nothing that the node can do without', (_, parameters) => {
	const whole = { resource: 'video', operation: 'create', ...parameters };
	const issues = NodeHelpers.getNodeParametersIssues(
		description.properties,
		{ ...node, name: 'Seedance Video', parameters: whole } as INode,
		description,
	);
	expect(issues).toBeNull();
});

test('no condition of the panel is a regular expression', () => {
	// n8n gives each 250 ms of real time, in a thread that it starts for it, and throws when a busy machine is late.
	expect(JSON.stringify(description.properties)).not.toContain('"regex"');
});
