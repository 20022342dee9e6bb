import { z } from 'zod';
import { mayGoUnencrypted } from '../seedance/address';
import type { AssetAccess, Connection } from '../seedance/connection';
import { SeedanceFailure } from '../seedance/failure';
import { providers } from '../seedance/providers';
import type { Provider } from '../seedance/providers/provider';
import { wireFormats } from '../seedance/wire';
import { powerTokensAssetUrls } from '../seedance/wire/assets';
import type { WireFormat } from '../seedance/wire/wire';
import { issue, textOfIssue, type Issue, type Result } from './issues';

const credentialFields = z.object({
	provider: z.string().default('powerTokens'),
	apiStyle: z.string().default('official'),
	apiKey: z.string().default(''),
	authorizationFormat: z.string().default('bearer'),
	baseUrl: z.string().default(''),
	accessKeyId: z.string().default(''),
	secretAccessKey: z.string().default(''),
	projectName: z.string().default(''),
});

type CredentialFields = z.infer<typeof credentialFields>;

let latest: { readonly given: readonly unknown[]; readonly result: Result<Connection> } | undefined;

/** The connection that a decrypted credential describes, or every field that has to be corrected. n8n asks for each request, so the latest answer is kept. */
export function readCredential(credential: unknown): Result<Connection> {
	if (typeof credential !== 'object' || credential === null) return readFresh(credential);
	const yielded = withNothingYielded(credential);
	const members = Object(yielded) as Readonly<Record<string, unknown>>;
	const given = Object.keys(credentialFields.shape).map((name) => members[name]);
	if (latest === undefined || given.some((value, index) => value !== latest?.given[index])) {
		latest = { given, result: readFresh(yielded) };
	}
	return latest.result;
}

/** An expression that yields nothing leaves `undefined`, which is no default: another host would get the key. */
function withNothingYielded(credential: object): unknown {
	const members = Object.entries(credential).map(([name, value]: [string, unknown]) => [
		name,
		value === undefined ? null : value,
	]);
	return Object.fromEntries(members) as unknown;
}

function readFresh(credential: unknown): Result<Connection> {
	const parsed = credentialFields.safeParse(credential);
	if (!parsed.success) {
		const names = parsed.error.issues.map(({ path }) => String(path[0]));
		return { issues: names.map((name) => issue(name, 'credentialNotText')) };
	}
	const fields = parsed.data;
	const provider = providers.find(({ value }) => value === fields.provider);
	if (provider === undefined) {
		const values = { given: fields.provider, providers: providers.map(({ label }) => label) };
		return { issues: [issue('provider', 'providerUnknown', values), ...keyIssues(fields)] };
	}
	if (provider.isInProcess === true) return { value: inProcess(provider) };
	// The panel hides API Style where there is only one, so a value left over from another provider does not count.
	const isOpenAi = fields.apiStyle === 'openAi' && provider.basePaths.openAi !== undefined;
	const wire = wireFormats[isOpenAi ? 'openAi' : 'official'];
	const base = readBaseUrl(fields.baseUrl.trim(), provider, wire);
	const issues = [...(base.issues ?? []), ...keyIssues(fields, provider)];
	if (base.value === undefined || issues.length > 0) return { issues };
	const { origin } = new URL(base.value);
	const apiKey = keyOf(fields);
	return {
		value: {
			...{ provider, wire, origin },
			tasksUrl: base.value + wire.collectionPath,
			keyCheckUrl: base.value + wire.keyCheckPath,
			// Source: PowerTokens quick start documents the bare key, its API reference "Bearer <key>".
			authorization: fields.authorizationFormat === 'raw' ? apiKey : `Bearer ${apiKey}`,
			secrets: [apiKey, fields.secretAccessKey.trim()].filter(
				(secret) => secret.length >= minSecretCharacters,
			),
			assets: assetAccess(fields, provider, origin),
		},
	};
}

/** What the output says in Test Mode. */
export const testModeHint =
	'Test Mode: nothing was charged. Choose another provider in the credential for real videos.';

/** The panel hides every other field, so values left over from another provider do not count. */
function inProcess(provider: Provider): Connection {
	const wire = wireFormats.official;
	const origin = provider.origin ?? '';
	const nothing = { region: '', accessKeyId: '', secretAccessKey: '', projectName: '' };
	return {
		...{ provider, wire, origin },
		tasksUrl: origin + wire.collectionPath,
		// The HTTP client answers such a URL itself.
		keyCheckUrl: 'data:application/json,{}',
		authorization: '',
		secrets: [],
		assets: {
			...{ kind: 'powerTokens', ...powerTokensAssetUrls(origin) },
			ark: { kind: 'ark', url: `${origin}/`, ...nothing },
		},
	};
}

/** Throws a SeedanceFailure of kind `invalidCredential` that names every field to correct. */
export function connect(credential: unknown): Connection {
	const connection = readCredential(credential);
	if (connection.issues === undefined) return connection.value;
	throw new SeedanceFailure({
		kind: 'invalidCredential',
		values: { text: describeCredentialIssues(connection.issues) },
	});
}

/** A shorter text would be found by chance, in words and ids. */
const minSecretCharacters = 6;

function keyOf({ apiKey }: CredentialFields): string {
	return apiKey.trim().replace(/^Bearer\s+/i, '');
}

function keyIssues(fields: CredentialFields, provider?: Provider): Issue[] {
	const { authorizationFormat: given } = fields;
	const isKnown = given === 'bearer' || given === 'raw';
	const issues = isKnown
		? []
		: [issue('authorizationFormat', 'authorizationFormatUnknown', { given })];
	const apiKey = keyOf(fields);
	if (apiKey === '') {
		const values = { provider: provider?.label ?? 'the provider' };
		return [...issues, issue('apiKey', 'apiKeyMissing', values)];
	}
	return /^[\x21-\x7e]+$/.test(apiKey) ? issues : [...issues, issue('apiKey', 'apiKeyInvalid')];
}

function assetAccess(
	fields: CredentialFields,
	{ assets }: Provider,
	origin: string,
): AssetAccess | undefined {
	if (assets === undefined) return undefined;
	if (assets.kind === 'powerTokens') {
		return { kind: 'powerTokens', ...powerTokensAssetUrls(origin) };
	}
	return {
		kind: 'ark',
		// A base URL replaces scheme and host of every address.
		url: `${fields.baseUrl.trim() === '' ? assets.origin : origin}/`,
		region: assets.region,
		accessKeyId: fields.accessKeyId.trim(),
		secretAccessKey: fields.secretAccessKey.trim(),
		projectName: fields.projectName.trim() === '' ? 'default' : fields.projectName.trim(),
	};
}

/** Label of each field, as the credential shows it. */
const labels: Readonly<Record<string, string>> = {
	provider: 'Provider',
	apiStyle: 'API Style',
	apiKey: 'API Key',
	authorizationFormat: 'Authorization Format',
	baseUrl: 'Base URL',
};

/** Everything that is wrong with a credential, as sentences that name each field by its label. */
export function describeCredentialIssues(issues: readonly Issue[]): string {
	return issues
		.map((one) => `${labels[one.parameter] ?? one.parameter} ${textOfIssue(one)}`)
		.join(' ');
}

function readBaseUrl(given: string, provider: Provider, wire: WireFormat): Result<string> {
	const { collectionPath } = wire;
	const basePath = provider.basePaths[wire.style] ?? '';
	const refused = (one: Issue): Result<string> => ({ issues: [one] });
	if (given === '') {
		return provider.origin === undefined
			? refused(issue('baseUrl', 'baseUrlMissing', { path: collectionPath }))
			: { value: provider.origin + basePath };
	}
	if (!URL.canParse(given)) return refused(issue('baseUrl', 'baseUrlInvalid', { given }));
	const url = new URL(given);
	if (url.protocol !== 'https:' && url.protocol !== 'http:') {
		return refused(issue('baseUrl', 'baseUrlScheme', { given: url.protocol }));
	}
	if (url.protocol === 'http:' && !mayGoUnencrypted(url.hostname)) {
		return refused(issue('baseUrl', 'baseUrlNotEncrypted', { host: url.hostname }));
	}
	if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
		return refused(issue('baseUrl', 'baseUrlExtraParts'));
	}
	let path = url.pathname.replace(/\/+$/, '');
	// A base URL copied from a provider's documents often ends in what is added here anyway.
	if (path.endsWith(collectionPath)) path = path.slice(0, -collectionPath.length);
	if (!path.endsWith(basePath)) path += basePath;
	return { value: url.origin + path };
}
