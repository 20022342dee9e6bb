import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { workflowSchema } from './n8n/workflow';

const root = resolve(__dirname, '..');
const folder = join(root, 'examples');
const names = readdirSync(folder)
	.filter((file) => file.endsWith('.json'))
	.map((file) => file.replace('.json', ''));
const textOf = (path: string) => readFileSync(path, 'utf8');
const readme = textOf(join(root, 'README.md'));
const tests = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
	.filter((file) => /\.(test|e2e)\.ts$/.test(file) || file === join('n8n', 'assetCheck.ts'))
	.map((file) => textOf(join(root, 'test', file)));

/** What the outputs of a node lead to; a model or a tool has none of this kind. */
const outputsSchema = z.object({
	main: z.array(z.array(z.object({ node: z.string() })).nullable()).default([]),
});

describe.each(names)('%s', (name) => {
	const workflow = workflowSchema.parse(JSON.parse(textOf(join(folder, `${name}.json`))));
	const { nodes, connections } = workflow;
	const nodeNames = nodes.map((node) => node.name);

	test('imports as it is: names and IDs are unique, and connections join nodes that exist', () => {
		const ids = nodes.map((node) => node['id']);
		expect(new Set(ids).size).toBe(nodes.length);
		expect(new Set(nodeNames).size).toBe(nodes.length);
		const joined = Object.entries(connections).flatMap(([from, to]) => [
			from,
			...[...JSON.stringify(to).matchAll(/"node":"([^"]+)"/g)].map(([, target]) => target),
		]);
		expect(joined.filter((target) => !nodeNames.includes(String(target)))).toEqual([]);
	});

	test('says on a sticky note what to fill in, and brings no credential of ours', () => {
		const notes = nodes.filter(({ type }) => type === 'n8n-nodes-base.stickyNote');
		expect(notes.map((note) => JSON.stringify(note['parameters']))).toEqual([
			expect.stringContaining('Seedance API'),
		]);
		const credentials = nodes.flatMap((node) => Object.values(node.credentials ?? {}));
		expect(new Set(credentials.map(({ id }) => id))).toEqual(new Set(['']));
	});

	test('waits as the node knows best: no Poll Interval is set', () => {
		expect(JSON.stringify(nodes)).not.toContain('pollInterval');
	});

	const outputsOf = (nodeName: string) => outputsSchema.parse(connections[nodeName] ?? {}).main;
	/** Nodes behind an output that do more than pass their items on. */
	const usesOf = (nodeName: string, output: number) =>
		(outputsOf(nodeName)[output] ?? [])
			.map(({ node }) => nodes.find((each) => each.name === node))
			.filter((node) => node !== undefined && node.type !== 'n8n-nodes-base.noOp');

	test('says what went wrong: every error output is used, and failed tasks are not passed over', () => {
		const ours = nodes.filter(({ type }) => type.startsWith('n8n-nodes-seedance.'));
		expect(ours.length).toBeGreaterThan(0);
		for (const { name: nodeName, type, onError, parameters } of ours) {
			// A tool has no second output: the agent gets the error.
			if (type.endsWith('Tool')) expect(onError).toBe('continueRegularOutput');
			else if (type.endsWith('Trigger')) {
				expect(parameters).toMatchObject({ event: 'anyEnd' });
				const [sorter] = usesOf(nodeName, 0);
				expect(sorter?.type).toBe('n8n-nodes-base.if');
				expect(usesOf(sorter?.name ?? '', 1)).not.toEqual([]);
			} else {
				expect({ nodeName, onError }).toEqual({ nodeName, onError: 'continueErrorOutput' });
				expect(usesOf(nodeName, 1)).not.toEqual([]);
			}
		}
	});

	test('is listed in the README and executed by a test', () => {
		expect(readme).toContain(`(examples/${name}.json)`);
		expect(
			tests.filter((text) => text.includes(`'${name}'`) || text.includes(`'${name}.json'`)),
		).not.toEqual([]);
	});
});
