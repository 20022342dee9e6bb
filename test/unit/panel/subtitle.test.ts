import { Workflow, type INodeParameters } from 'n8n-workflow';
import { SeedanceVideo } from '../../../nodes/Seedance/SeedanceVideo.node';
import { SeedanceAsset } from '../../../nodes/Seedance/SeedanceAsset.node';

/** What the canvas shows below the node's name. */
function subtitleOf(
	Node: typeof SeedanceVideo | typeof SeedanceAsset,
	parameters: INodeParameters,
) {
	const type = new Node();
	const { name, subtitle } = type.description;
	const workflow = new Workflow({
		active: false,
		connections: {},
		nodes: [{ id: '1', name, type: name, typeVersion: 1, position: [0, 0], parameters }],
		nodeTypes: {
			getByName: () => type,
			getByNameAndVersion: () => type,
			getKnownTypes: () => ({}),
		},
	});
	const node = workflow.getNode(name);
	if (node === null) throw new Error('No node');
	return workflow.expression.getSimpleParameterValue(node, subtitle, 'internal', {});
}

test.each<[INodeParameters, string]>([
	[{}, 'Text to Video, Seedance 2.0'],
	[{ mode: 'firstFrame', model: 'seedance-2-5' }, 'First Frame, Seedance 2.5'],
	[{ model: 'custom', modelId: 'ep-1' }, 'Text to Video, ep-1'],
	[{ operation: 'cancel' }, 'Cancel video'],
	[{ operation: 'getAll' }, 'Get many videos'],
])('with %j the node says "%s"', (parameters, subtitle) => {
	expect(subtitleOf(SeedanceVideo, parameters)).toBe(subtitle);
});

test('Seedance Asset says its operation', () => {
	expect(subtitleOf(SeedanceAsset, { operation: 'upload' })).toBe('Upload asset');
});
