import { existsSync, readFileSync, realpathSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';

import type { LoadAnswer } from './load';

type Load = (
	request: string,
	parent: { filename?: string } | undefined,
	isMain: boolean,
) => unknown;

interface Description {
	name?: string;
	properties?: unknown[];
	icon?: string | { light: string; dark: string };
}

const loadable = ['n8n-workflow', 'zod', 'crypto', 'node:crypto'];

/** n8n-workflow brings packages that would otherwise be found beside it by chance. */
function refuseOtherPackages(packageFolder: string): void {
	const internals = Module as unknown as { _load: Load };
	const load = internals._load;
	internals._load = (request, parent, isMain) => {
		const isOwn = parent?.filename?.startsWith(packageFolder) === true;
		if (isOwn && !/^[./]/.test(request) && !loadable.includes(request)) {
			throw new Error(`${parent.filename} loads ${request}, which n8n does not promise`);
		}
		return load(request, parent, isMain);
	};
}

function iconsOf({ icon }: Description): string[] {
	if (icon === undefined) return [];
	return typeof icon === 'string' ? [icon] : [icon.light, icon.dark];
}

function faultOf(file: string, described: Description): string | undefined {
	if (described.name === undefined || (described.properties ?? []).length === 0) {
		return 'has no name or no properties';
	}
	const icons = iconsOf(described);
	if (icons.length === 0) return 'has no icon';
	const missing = icons.find(
		(icon) => !existsSync(resolve(dirname(file), icon.replace(/^file:/, ''))),
	);
	return missing === undefined ? undefined : `names the icon ${missing}, which is not packed`;
}

function load(packageFolder: string): LoadAnswer {
	const requireFromPackage = createRequire(join(packageFolder, 'package.json'));
	const manifest = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as {
		n8n: { nodes: string[]; credentials: string[] };
	};
	refuseOtherPackages(packageFolder);
	const loaded: string[] = [];
	const faults: LoadAnswer['faults'] = [];
	for (const path of [...manifest.n8n.nodes, ...manifest.n8n.credentials]) {
		const file = join(packageFolder, path);
		try {
			// n8n finds the class by the name of its file.
			const className = basename(path).split('.')[0] ?? '';
			const classes = requireFromPackage(file) as Record<
				string,
				new () => Description & { description?: Description }
			>;
			const Class = classes[className];
			if (Class === undefined) throw new Error(`exports no class ${className}`);
			const instance = new Class();
			const described = instance.description ?? instance;
			const fault = faultOf(file, described);
			if (fault === undefined) loaded.push(described.name ?? '');
			else faults.push({ file: path, fault });
		} catch (error) {
			faults.push({ file: path, fault: error instanceof Error ? error.message : String(error) });
		}
	}
	return { loaded, faults };
}

process.once('message', (packageFolder: string) => {
	process.send?.(load(realpathSync(packageFolder)), () => process.exit());
});
