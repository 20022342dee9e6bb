import type { Credential } from '../n8n/client';
import { credentialType } from '../n8n/seed';
import { manualTriggerType, seedanceVideoType, type Workflow } from '../n8n/workflow';

/** The columns of the sheet in the animation. */
export const sheetColumns = ['file', 'prompt', 'status'];

/** Its rows before the workflow runs. */
export const sheetRows = [
	{ file: 'fox', prompt: 'A fox runs through fresh snow' },
	{ file: 'harbour', prompt: 'Boats leave a small harbour' },
	{ file: 'market', prompt: 'Lanterns sway in a market' },
];

const dataTableType = 'n8n-nodes-base.dataTable';
const testSeconds = 5;

function dataTable(name: string, position: number, tableId: string, parameters: object) {
	return {
		...{ id: name, name, type: dataTableType, typeVersion: 1.1, position: [position, 0] },
		parameters: {
			...{ resource: 'row', matchType: 'allConditions' },
			dataTableId: { __rl: true, mode: 'id', value: tableId },
			...parameters,
		},
	};
}

/** A workflow that makes a video of each row of a data table and writes into the row what became of it. */
export function sheetWorkflow(tableId: string, { id, name }: Credential): Workflow {
	const nodes = [
		{
			...{ id: 'start', name: 'Start', type: manualTriggerType, typeVersion: 1 },
			...{ position: [0, 0], parameters: {} },
		},
		dataTable('The rows', 200, tableId, { operation: 'get', returnAll: true }),
		{
			...{ id: 'video', name: 'Seedance Video', type: seedanceVideoType, typeVersion: 1 },
			position: [400, 0],
			parameters: {
				...{ prompt: '={{ $json.prompt }}', duration: 5 },
				options: { fileName: '={{ $json.file }}', testDuration: testSeconds },
			},
			credentials: { [credentialType]: { id, name } },
		},
		dataTable('The result', 600, tableId, {
			operation: 'update',
			filters: {
				conditions: [
					{ keyName: 'file', condition: 'eq', keyValue: "={{ $('The rows').item.json.file }}" },
				],
			},
			columns: {
				mappingMode: 'defineBelow',
				value: { status: '={{ $json.status }}' },
				schema: [],
			},
		}),
	];
	const names = nodes.map((node) => node.name);
	const connections = names.slice(0, -1).map((from, index) => {
		return [from, { main: [[{ node: names[index + 1], type: 'main', index: 0 }]] }];
	});
	return {
		name: 'A video for each row',
		nodes,
		connections: Object.fromEntries(connections) as Workflow['connections'],
	};
}
