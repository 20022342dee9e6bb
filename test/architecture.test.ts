import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const root = resolve(__dirname, '..');

const sources = ['nodes', 'credentials'].flatMap((folder) =>
	readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.ts'))
		.map((name) => join(root, folder, name)),
);

test('there are sources to judge', () => {
	expect(sources.length).toBeGreaterThan(60);
});

test.each([
	['httpRequestWithAuthentication', ['nodes/Seedance/n8n/http.ts']],
	['new NodeApiError', ['nodes/Seedance/n8n/nodeError.ts']],
	['new NodeOperationError', ['nodes/Seedance/n8n/nodeError.ts']],
	// The credential signs calls of Ark's asset library, and n8n provides no clock for it.
	['Date.now()', ['nodes/Seedance/n8n/clock.ts', 'credentials/SeedanceApi.credentials.ts']],
	['api.powertokens.ai', ['nodes/Seedance/seedance/providers/powerTokens.ts']],
	['prepareBinaryData', ['nodes/Seedance/n8n/download.ts']],
	['pairedItem', ['nodes/Seedance/actions/runOperation.ts']],
])('%s has one owner', (fact, owners) => {
	const users = sources.filter((file) => readFileSync(file, 'utf8').includes(fact));
	expect(users.map((file) => relative(root, file))).toEqual(owners);
});
