import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

// `npm run` hands this project's settings to its children, but n8n is another project.
const addedByNpmRun = [
	/^npm_(package|lifecycle)_/,
	/^npm_config_(local_prefix|ignore_scripts|legacy_peer_deps|omit_lockfile_registry_resolved)$/,
	/^(npm_command|npm_execpath|npm_node_execpath|init_cwd)$/,
];

function isAddedByNpmRun(name: string): boolean {
	return addedByNpmRun.some((pattern) => pattern.test(name.toLowerCase()));
}

function withoutProjectBinaries(path: string): string {
	return path
		.split(delimiter)
		.filter((folder) => !folder.endsWith(join('node_modules', '.bin')))
		.join(delimiter);
}

/** The environment without what `npm run` added to it, with the given Node first on the path. */
export function environmentForNode(nodePath: string): NodeJS.ProcessEnv {
	const environment: NodeJS.ProcessEnv = {};
	for (const [name, value] of Object.entries(process.env)) {
		if (!isAddedByNpmRun(name)) environment[name] = value;
	}
	const path = withoutProjectBinaries(environment.PATH ?? '');
	environment.PATH = `${dirname(nodePath)}${delimiter}${path}`;
	return environment;
}

/**
 * The environment for npm under the given Node, whose own headers are compiled against if it has
 * them.
 */
export function environmentForNpm(nodePath: string): NodeJS.ProcessEnv {
	const environment = environmentForNode(nodePath);
	const nodeFolder = dirname(dirname(nodePath));
	if (existsSync(join(nodeFolder, 'include', 'node', 'node_version.h'))) {
		environment.npm_config_nodedir = nodeFolder;
	}
	return environment;
}
