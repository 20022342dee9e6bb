import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const root = resolve(__dirname, '..');

/** Which folder may import from which, as ARCHITECTURE.md draws it. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
	node: ['actions', 'methods'],
	actions: ['actions', 'transport', 'api'],
	methods: ['transport', 'api'],
	transport: ['transport', 'api'],
	api: ['api'],
	credentials: ['api'],
};

const packagesOf: Readonly<Record<string, readonly string[]>> = {
	node: ['n8n-workflow'],
	actions: ['n8n-workflow'],
	methods: ['n8n-workflow'],
	transport: ['n8n-workflow', 'crypto'],
	api: ['zod', 'crypto'],
	credentials: ['n8n-workflow'],
};

function layerOf(file: string): string {
	const path = relative(root, file);
	if (path.startsWith('credentials')) return 'credentials';
	const [, , folder = ''] = path.split('/');
	return folder.includes('.') ? 'node' : folder;
}

const sources = ['nodes', 'credentials'].flatMap((folder) =>
	readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.ts'))
		.map((name) => join(root, folder, name)),
);

const imports = sources.flatMap((file) =>
	[...readFileSync(file, 'utf8').matchAll(/^(?:import|export)[^;]*?from '([^']+)'/gms)].map(
		([, target = '']) => ({ file, target }),
	),
);

test('there are sources and imports to judge', () => {
	expect(sources.length).toBeGreaterThan(20);
	expect(imports.length).toBeGreaterThan(60);
});

test('imports go down the layers only', () => {
	const wrong = imports.filter(({ file, target }) => {
		const layer = layerOf(file);
		return target.startsWith('.')
			? !mayImport[layer]?.includes(layerOf(resolve(dirname(file), target)))
			: !packagesOf[layer]?.includes(target);
	});
	expect(wrong.map(({ file, target }) => `${relative(root, file)} imports ${target}`)).toEqual([]);
});

test.each([
	['httpRequestWithAuthentication', ['nodes/Seedance/transport/request.ts']],
	['new NodeApiError', ['nodes/Seedance/transport/nodeError.ts']],
	['new NodeOperationError', ['nodes/Seedance/transport/nodeError.ts']],
	// The credential signs calls of Ark's asset library, and n8n gives it no clock.
	['Date.now()', ['nodes/Seedance/transport/clock.ts', 'credentials/SeedanceApi.credentials.ts']],
	['api.powertokens.ai', ['nodes/Seedance/api/providers/powerTokens.ts']],
	['prepareBinaryData', ['nodes/Seedance/transport/media.ts']],
	['pairedItem', ['nodes/Seedance/actions/runOperation.ts']],
])('%s has one owner', (fact, owners) => {
	const users = sources.filter((file) => readFileSync(file, 'utf8').includes(fact));
	expect(users.map((file) => relative(root, file))).toEqual(owners);
});
