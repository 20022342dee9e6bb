import { z } from 'zod';
import { orList, quoted, type Checked, type Problem } from './problem';
import { dialects } from './dialects';
import type { Dialect } from './dialects/dialect';
import { SeedanceFailure } from './errors';
import { providers } from './providers';
import type { Provider } from './providers/provider';

/** Where a credential leads: the provider behind it, the interface that it speaks there and the addresses that its key may be sent to. */
export interface Connection {
	readonly provider: Provider;
	readonly dialect: Dialect;
	/** Scheme, host and port; the key goes to no other. */
	readonly origin: string;
	/** Absolute URL of the task collection. */
	readonly tasksUrl: string;
	/** What the `Authorization` header has to say. */
	readonly authorization: string;
	/** What may appear nowhere but in the header: keys, as they are. */
	readonly secrets: readonly string[];
	/** Where the asset library is, or undefined where there is none. */
	readonly assets: AssetAccess | undefined;
}

/** How an asset library is reached. */
export type AssetAccess =
	| {
			readonly kind: 'powerTokens';
			/** Source: PowerTokens Seedance 2.0 quick start, Asset Library. */
			readonly uploadUrl: string;
			/** Asked without the key. */
			readonly jobUrl: string;
	  }
	| {
			readonly kind: 'ark';
			readonly url: string;
			readonly region: string;
			readonly accessKeyId: string;
			readonly secretAccessKey: string;
			readonly projectName: string;
	  };

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

/** Takes a decrypted credential and gives the connection it describes, or every field that has to be mended. */
export function readConnection(credential: unknown): Checked<Connection> {
	const fields = credentialFields.safeParse(credential);
	if (!fields.success) {
		return {
			problems: fields.error.issues.map(({ path }) => ({
				parameter: String(path[0]),
				text: 'has to be text.',
			})),
		};
	}
	const { baseUrl, authorizationFormat } = fields.data;
	const problems: Problem[] = [];

	const provider = providers.find(({ value }) => value === fields.data.provider);
	if (provider === undefined) {
		problems.push({
			parameter: 'provider',
			text: `is ${quoted(fields.data.provider)}. Choose ${orList(providers.map(({ label }) => label))}.`,
		});
	}

	// The panel hides API Style where there is only one, so a value left over from another provider does not count.
	const speaksOpenAi = provider?.basePaths.openAi !== undefined;
	const dialect =
		dialects[fields.data.apiStyle === 'openAi' && speaksOpenAi ? 'openAi' : 'official'];
	const base = provider === undefined ? undefined : readBaseUrl(baseUrl.trim(), provider, dialect);
	if (base?.problems !== undefined) problems.push(...base.problems);

	if (authorizationFormat !== 'bearer' && authorizationFormat !== 'raw') {
		problems.push({
			parameter: 'authorizationFormat',
			text: `is ${quoted(authorizationFormat)}. Choose Bearer or Key Only.`,
		});
	}

	const apiKey = fields.data.apiKey.trim().replace(/^Bearer\s+/i, '');
	if (apiKey === '') {
		problems.push({
			parameter: 'apiKey',
			text: `is empty. Enter the key from ${provider?.label ?? 'the provider'}'s console.`,
		});
	} else if (!/^[\x21-\x7e]+$/.test(apiKey)) {
		problems.push({
			parameter: 'apiKey',
			text: 'holds a space, a line break or a character that no key has. Copy it once more from the console.',
		});
	}

	if (problems.length > 0 || provider === undefined || base?.value === undefined)
		return { problems };
	return {
		value: {
			provider,
			dialect,
			origin: new URL(base.value).origin,
			tasksUrl: base.value + dialect.collectionPath,
			// Source: PowerTokens quick start documents the bare key, its API reference "Bearer <key>".
			authorization: authorizationFormat === 'raw' ? apiKey : `Bearer ${apiKey}`,
			secrets: [apiKey, fields.data.secretAccessKey.trim()].filter(
				(secret) => secret.length >= shortestSecret,
			),
			assets: assetAccess(fields.data, provider, new URL(base.value).origin),
		},
	};
}

/** A shorter text would be found by chance, in words and ids. */
const shortestSecret = 6;

function assetAccess(
	fields: z.infer<typeof credentialFields>,
	{ assets }: Provider,
	origin: string,
): AssetAccess | undefined {
	if (assets === undefined) return undefined;
	if (assets.kind === 'powerTokens') {
		return {
			kind: 'powerTokens',
			uploadUrl: `${origin}/v1/asset/upload`,
			jobUrl: `${origin}/v1/asset/jobs/get-asset-id`,
		};
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

/** Takes a connection and throws a SeedanceFailure when its interface can neither list, cancel nor delete tasks. */
export function requireTaskManagement({ dialect, provider }: Connection): void {
	if (dialect.managesTasks) return;
	throw new SeedanceFailure({
		reason: 'input',
		message: 'The OpenAI-style interface can neither list, cancel nor delete tasks',
		description: `Set API Style to Official in the Seedance API credential: it is the same key and the same tasks at ${provider.label}. To read a task whose id you have, use the Get operation.`,
	});
}

/** Label of each field, as the credential shows it. */
const labels: Readonly<Record<string, string>> = {
	provider: 'Provider',
	apiStyle: 'API Style',
	apiKey: 'API Key',
	authorizationFormat: 'Authorization Format',
	baseUrl: 'Base URL',
};

/** Takes what is wrong with a credential and gives it as sentences that name each field by its label. */
export function describeConnectionProblems(problems: readonly Problem[]): string {
	return problems
		.map(({ parameter, text }) => `${labels[parameter] ?? parameter} ${text}`)
		.join(' ');
}

function readBaseUrl(given: string, provider: Provider, dialect: Dialect): Checked<string> {
	const { collectionPath } = dialect;
	const basePath = provider.basePaths[dialect.style] ?? '';
	if (given === '') {
		return provider.origin === undefined
			? baseUrlProblem(`is empty. Enter everything before ${collectionPath}.`)
			: { value: provider.origin + basePath };
	}
	if (!URL.canParse(given)) {
		return baseUrlProblem(
			`is ${quoted(given)}, which is not a URL. Enter one like "https://api.example.com".`,
		);
	}
	const url = new URL(given);
	if (url.protocol !== 'https:' && url.protocol !== 'http:') {
		return baseUrlProblem(`begins with ${quoted(url.protocol)}. Only https: is taken.`);
	}
	if (url.protocol === 'http:' && !isPrivateHost(url.hostname)) {
		return baseUrlProblem(
			`would send the API key unencrypted to ${url.hostname}. Use https:, or http: for a loopback or private host.`,
		);
	}
	if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
		return baseUrlProblem(
			'holds a user name, a query or a fragment. Enter only scheme, host and path.',
		);
	}
	let path = url.pathname.replace(/\/+$/, '');
	// Pasted from a provider's documents, a base URL often ends in what is added here anyway.
	if (path.endsWith(collectionPath)) path = path.slice(0, -collectionPath.length);
	if (!path.endsWith(basePath)) path += basePath;
	return { value: url.origin + path };
}

function baseUrlProblem(text: string): Checked<string> {
	return { problems: [{ parameter: 'baseUrl', text }] };
}

/** Loopback, private ranges, and names that only a private network resolves; link-local addresses serve cloud metadata and are left out. */
function isPrivateHost(hostname: string): boolean {
	if (/^metadata(\.|$)/i.test(hostname)) return false;
	return (
		/^(localhost|.+\.(localhost|local|internal|lan)|[^.:[\]]+)$/i.test(hostname) ||
		/^(127|10)(\.\d{1,3}){3}$/.test(hostname) ||
		/^192\.168(\.\d{1,3}){2}$/.test(hostname) ||
		/^172\.(1[6-9]|2\d|3[01])(\.\d{1,3}){2}$/.test(hostname) ||
		/^\[(::1|f[cd][0-9a-f]{2}:.*)\]$/i.test(hostname)
	);
}
