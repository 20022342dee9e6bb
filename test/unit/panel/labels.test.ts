import { video } from '../../../nodes/Seedance/actions/video';
import { issue } from '../../../nodes/Seedance/panel/issues';
import { invalidInput } from '../../../nodes/Seedance/panel/labels';

const textOf = (parameter: string, written?: object) =>
	String(
		invalidInput(video.properties, [issue(parameter, 'empty', { expected: '' })], written).values[
			'text'
		],
	);

test.each([
	['ratio', { ratio: '={{ $json.ratoi }}' }],
	['options.seed', { options: { seed: '={{ $json.ratoi }}' } }],
])('the expression of %s that yields nothing is in its text', (parameter, written) => {
	expect(textOf(parameter, written)).toContain('"{{ $json.ratoi }}"');
});

test.each([undefined, {}, { ratio: '' }, { ratio: '{{ $json.ratoi }}' }, { ratio: null }])(
	'%j has no expression to name',
	(written) => {
		expect(textOf('ratio', written)).not.toContain('expression');
	},
);

test.each([
	['binary', 'First Frame Input Data Field Name'],
	['url', 'First Frame'],
	['asset', 'First Frame'],
])(
	'with %s as source, the field is called %s, as the panel shows it',
	(firstFrameSource, label) => {
		const parameters: Readonly<Record<string, unknown>> = {
			...{ operation: 'create', mode: 'firstFrame', firstFrameSource },
		};
		const issues = [issue('firstFrame', 'assetIdMissing')];
		const { values } = invalidInput(video.properties, issues, {}, (name) => parameters[name]);
		expect(String(values['text']).startsWith(`${label} is `)).toBe(true);
	},
);
