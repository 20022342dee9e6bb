import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

import type { Line } from './versions';

function isSet(value: string | undefined): value is string {
	return value !== undefined && value !== '';
}

/** The folder for everything that is installed once and used again, outside the project. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
	const own = environment.SEEDANCE_CACHE_FOLDER;
	if (isSet(own)) return resolve(own);
	const shared = environment.XDG_CACHE_HOME;
	const parent = isSet(shared) ? resolve(shared) : join(homedir(), '.cache');
	return join(parent, 'n8n-nodes-seedance');
}

/** The user folder in which `npm run n8n` keeps a line's database from one run to the next. */
export function keptUserFolder(line: Line): string {
	return join(cacheFolder(), 'run', String(line));
}
