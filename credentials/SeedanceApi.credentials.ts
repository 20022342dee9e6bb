import type {
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
	Icon,
} from 'n8n-workflow';
import { OperationalError } from 'n8n-workflow';
import { signatureHeaders } from '../nodes/Seedance/seedance/wire/signature';
import { describeCredentialIssues, readCredential } from '../nodes/Seedance/panel/credential';
import { providers } from '../nodes/Seedance/seedance/providers';
import type { AssetAccess } from '../nodes/Seedance/seedance/connection';

const withOpenAi = providers.filter(({ basePaths }) => basePaths.openAi !== undefined);

/** Hides a field where there is no host to connect to. */
const forHosts: Pick<INodeProperties, 'displayOptions'> = {
	displayOptions: {
		hide: {
			provider: providers.filter(({ isInProcess }) => isInProcess).map(({ value }) => value),
		},
	},
};

const withArkAssets = providers.filter(({ assets }) => assets?.kind === 'ark');

/** n8n would send the key along with a redirect; `followRedirect` is the option of its older helper. */
const neverRedirected = {
	disableFollowRedirect: true,
	sendCredentialsOnCrossOriginRedirect: false,
	followRedirect: false,
};

function isArkAction({ pathname, searchParams }: URL): boolean {
	return pathname === '/' && searchParams.has('Action');
}

function originOf(url: string): string {
	return new URL(url).origin;
}

/**
 * Where n8n sends the credential test. `authenticate` replaces it by the address of the provider, which depends on every field of the credential.
 * The host is reserved: nothing can be reached there.
 */
const keyCheckPlaceholder = 'https://seedance-api.invalid/key-check';

/** The credential of every provider of the Seedance API. */
export class SeedanceApi implements ICredentialType {
	name = 'seedanceApi';

	displayName = 'Seedance API';

	icon: Icon = { light: 'file:../icons/seedance.svg', dark: 'file:../icons/seedance.dark.svg' };

	documentationUrl = 'https://github.com/n8n-nodes-seedance/n8n-nodes-seedance#providers';

	properties: INodeProperties[] = [
		{
			displayName: 'Provider',
			name: 'provider',
			type: 'options',
			options: providers.map(({ label, value, description }) => ({
				name: label,
				value,
				description,
			})),
			default: 'powerTokens',
			description: 'The host that the API key belongs to',
		},
		{
			displayName: 'API Style',
			name: 'apiStyle',
			type: 'options',
			options: [
				{
					name: 'Official',
					value: 'official',
					description: "ByteDance's own interface. All operations work.",
				},
				{
					name: 'OpenAI-Style',
					value: 'openAi',
					description: 'The gateway interface /v1/videos. It cannot list, cancel or delete tasks.',
				},
			],
			default: 'official',
			displayOptions: { show: { provider: withOpenAi.map(({ value }) => value) } },
			description: 'Which of the two interfaces to the same models to use',
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			...forHosts,
			description: "The key from the provider's console. It is sent only to the provider's host.",
		},
		{
			displayName: 'Authorization Format',
			name: 'authorizationFormat',
			type: 'options',
			options: [
				{ name: 'Bearer', value: 'bearer', description: 'Authorization: Bearer KEY' },
				{ name: 'Key Only', value: 'raw', description: 'Authorization: KEY' },
			],
			default: 'bearer',
			...forHosts,
			description: 'How the key is sent. Most providers accept Bearer.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://api.example.com',
			...forHosts,
			description:
				'Replaces the scheme and host of the provider. For Custom: everything before /contents/generations/tasks or /videos. Must be https, except for localhost and addresses such as 127.0.0.1, 10.1.2.3, 172.16.1.2 and 192.168.1.2.',
		},
		{
			displayName: 'Access Key ID',
			name: 'accessKeyId',
			type: 'string',
			default: '',
			displayOptions: { show: { provider: withArkAssets.map(({ value }) => value) } },
			description: "Only for the node Seedance Asset: signs calls to Ark's asset library",
		},
		{
			displayName: 'Secret Access Key',
			name: 'secretAccessKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			displayOptions: { show: { provider: withArkAssets.map(({ value }) => value) } },
			description: 'Only for the node Seedance Asset',
		},
		{
			displayName: 'Project Name',
			name: 'projectName',
			type: 'string',
			default: '',
			placeholder: 'e.g. default',
			displayOptions: { show: { provider: withArkAssets.map(({ value }) => value) } },
			description: 'Only for the node Seedance Asset: the project that the API key belongs to',
		},
	];

	/** Adds the key to a request, and refuses to send it to any host but the provider's. */
	authenticate = async (
		credentials: ICredentialDataDecryptedObject,
		requestOptions: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> => {
		const connection = readCredential(credentials);
		if (connection.issues !== undefined) {
			throw new OperationalError(
				`The Seedance API credential is not complete: ${describeCredentialIssues(connection.issues)}`,
			);
		}
		const { origin, authorization, assets, keyCheckUrl } = connection.value;
		const target = targetOf(requestOptions);
		const isKeyCheck = target.href === keyCheckPlaceholder;
		// A call of Ark's asset library is signed with the access key and never carries the API key.
		if (assets?.kind === 'ark' && isArkAction(target) && target.origin === originOf(assets.url)) {
			return withHeaders(requestOptions, signature(assets, target, requestOptions));
		}
		if (target.origin !== origin && !isKeyCheck) {
			throw new OperationalError(
				`The key of this Seedance API credential is for ${origin} and is not sent to ${target.origin}`,
			);
		}
		const request = withHeaders(requestOptions, { Authorization: authorization });
		return isKeyCheck ? { ...request, url: keyCheckUrl } : request;
	};

	/** Lists at most one task, or the models where tasks cannot be listed, and costs nothing. A host that answers with a web page passes any key. */
	test: ICredentialTestRequest = { request: { url: keyCheckPlaceholder } };
}

/** The address of a request; n8n's older request helper, which its HTTP Request node uses, calls it `uri`. */
function targetOf({ url, uri, baseURL }: IHttpRequestOptions & { uri?: string }): URL {
	return new URL(url ?? uri, baseURL);
}

function withHeaders(
	requestOptions: IHttpRequestOptions,
	headers: Readonly<Record<string, string>>,
): IHttpRequestOptions {
	return {
		...requestOptions,
		...neverRedirected,
		headers: { ...requestOptions.headers, ...headers },
	};
}

function signature(
	assets: Extract<AssetAccess, { kind: 'ark' }>,
	target: URL,
	{ body }: IHttpRequestOptions,
): Readonly<Record<string, string>> {
	return signatureHeaders({
		...assets,
		host: target.host,
		path: target.pathname,
		query: target.search.slice(1),
		body: String(body),
		nowMs: Date.now(),
	});
}
