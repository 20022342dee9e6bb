import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowJson } from './engine';
import { packageFolder } from './nodeTypes';

/** Takes the name of a file in `examples/` and gives the workflow in it. */
export function readExample(name: string): WorkflowJson {
	return JSON.parse(
		readFileSync(join(packageFolder, 'examples', `${name}.json`), 'utf8'),
	) as WorkflowJson;
}
