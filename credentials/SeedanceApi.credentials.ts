import type {
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
	Icon,
} from 'n8n-workflow';
import { OperationalError } from 'n8n-workflow';
import { signatureHeaders } from '../nodes/Seedance/api/arkSignature';
import { describeConnectionProblems, readConnection } from '../nodes/Seedance/api/connection';
import { providers } from '../nodes/Seedance/api/providers';
import type { Provider } from '../nodes/Seedance/api/providers/provider';

const withOpenAi = providers.filter(({ basePaths }) => basePaths.openAi !== undefined);

const withArkAssets = providers.filter(({ assets }) => assets?.kind === 'ark');

/** n8n would send the key along to wherever a redirect leads; `followRedirect` is the word of its older helper. */
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

/** Takes what differs between providers and gives an expression for it: a flat object, because two closing braces in a row would end n8n's expression. */
function byProvider(valueOf: (provider: Provider) => string): string {
	const values = providers.map((provider) => [provider.value, valueOf(provider)]);
	return `${JSON.stringify(Object.fromEntries(values))}[$credentials.provider]`;
}

/** Takes an expression for each interface and gives one that chooses by the credential. */
function byApiStyle(official: string, openAi: string): string {
	const speakers = JSON.stringify(withOpenAi.map(({ value }) => value));
	return `($credentials.apiStyle === "openAi" && ${speakers}.includes($credentials.provider) ? ${openAi} : ${official})`;
}

/** The end of a base URL that was pasted with the paths that the nodes add. */
const pastedEnd = byApiStyle(
	byProvider(({ basePaths }) => `(${basePaths.official})?(/contents/generations/tasks)?/*$`),
	byProvider(({ basePaths }) => `(${basePaths.openAi})?(/videos)?/*$`),
);

/** The credential of every provider of the Seedance API. */
export class SeedanceApi implements ICredentialType {
	name = 'seedanceApi';

	displayName = 'Seedance API';

	icon: Icon = { light: 'file:../icons/seedance.svg', dark: 'file:../icons/seedance.dark.svg' };

	documentationUrl = 'https://github.com/n8n-nodes-seedance/n8n-nodes-seedance#credential';

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
					description: "ByteDance's own interface: everything that the nodes can do",
				},
				{
					name: 'OpenAI-Style',
					value: 'openAi',
					description: 'The gateway interface /v1/videos: cannot list, cancel or delete tasks',
				},
			],
			default: 'official',
			displayOptions: { show: { provider: withOpenAi.map(({ value }) => value) } },
			description: 'Which of the two interfaces to the same models is spoken',
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				"The key from the provider's console. It is sent to the provider's host and to no other.",
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
			description: 'How the key is sent. Most providers take Bearer.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://api.example.com',
			description:
				'Replaces the scheme and host of the provider. For Custom: everything before /contents/generations/tasks or /videos. Must be https, except for loopback and private hosts.',
		},
		{
			displayName: 'Access Key ID',
			name: 'accessKeyId',
			type: 'string',
			default: '',
			displayOptions: { show: { provider: withArkAssets.map(({ value }) => value) } },
			description: "Only for the node Seedance Asset: signs calls of Ark's asset library",
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
		const connection = readConnection(credentials);
		if (connection.problems !== undefined) {
			throw new OperationalError(
				`The Seedance API credential is not complete: ${describeConnectionProblems(connection.problems)}`,
			);
		}
		const { origin, authorization, assets } = connection.value;
		// n8n's older request helper, which its HTTP Request node uses, calls the address `uri`.
		const { url, uri, baseURL }: IHttpRequestOptions & { uri?: string } = requestOptions;
		const target = new URL(url ?? uri, baseURL);
		// A call of Ark's asset library is signed with the access key and never carries the API key.
		if (assets?.kind === 'ark' && isArkAction(target) && target.origin === originOf(assets.url)) {
			const signed = signatureHeaders({
				...assets,
				host: target.host,
				path: target.pathname,
				query: target.search.slice(1),
				body: String(requestOptions.body),
				nowMs: Date.now(),
			});
			return {
				...requestOptions,
				...neverRedirected,
				headers: { ...requestOptions.headers, ...signed },
			};
		}
		if (target.origin !== origin) {
			throw new OperationalError(
				`The key of this Seedance API credential is for ${origin} and is not sent to ${target.origin}`,
			);
		}
		return {
			...requestOptions,
			...neverRedirected,
			headers: { ...requestOptions.headers, Authorization: authorization },
		};
	};

	/** Lists at most one task, or the models where tasks cannot be listed: needs a good key and spends nothing. */
	test: ICredentialTestRequest = {
		request: {
			baseURL: `={{ $credentials.baseUrl.trim().replace(new RegExp(${pastedEnd}), "") || ${byProvider(({ origin }) => origin ?? '')} }}`,
			url: `={{ ${byApiStyle(
				byProvider(
					({ basePaths }) =>
						`${basePaths.official}/contents/generations/tasks?page_num=1&page_size=1`,
				),
				// Source: github ym1623/powertokens-cli (GET /v1/models), as in OpenAI's API.
				byProvider(({ basePaths }) => `${basePaths.openAi}/models`),
			)} }}`,
		},
	};
}
