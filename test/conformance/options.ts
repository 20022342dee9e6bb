import { parseArgs } from 'node:util';
import { readCredential } from '../../nodes/Seedance/panel/credential';
import { textOfIssue } from '../../nodes/Seedance/panel/issues';
import type { Connection } from '../../nodes/Seedance/seedance/connection';
import { providers } from '../../nodes/Seedance/seedance/providers';
import type { ApiStyle } from '../../nodes/Seedance/seedance/wire/wire';
import { createScrubber, shortestKey } from './scrub';

/** What the command line and the environment ask of the live check. */
export interface ConformanceOptions {
	readonly connection: Connection;
	/** The key as it is, to be kept out of everything. */
	readonly apiKey: string;
	/** A model ID to use instead of the cheapest model. */
	readonly model: string | undefined;
	/** Whether money may be spent. Otherwise no requests are sent. */
	readonly mayCost: boolean;
	/** Whether differences make the exit code 2. */
	readonly strict: boolean;
	/** The folder for fixtures. */
	readonly recordFolder: string | undefined;
	readonly maxWaitMinutes: number;
}

const defaultMaxWaitMinutes = 30;
const names = providers
	.filter(({ isInProcess }) => isInProcess !== true)
	.map(({ value }) => value)
	.join(', ');

/** The text that --help shows. */
export const help = `npm run conformance -- --yes-this-costs-money

Asks a real provider for the cheapest video there is and compares every answer with what this package expects of it.
Without --yes-this-costs-money it sends nothing and prints what it would do.

  --yes-this-costs-money        send the requests; one video is charged, or two, see the printed plan
  --style official|openAi       which interface (default: official)
  --record <folder>             write each answer as a fixture, without keys, signatures, accounts and ids
  --max-wait-minutes <number>   how long a task may take (default: ${defaultMaxWaitMinutes})
  --strict                      exit code 2 when an answer differs
  --help

Environment:
  SEEDANCE_API_KEY                the provider's key
  SEEDANCE_PROVIDER               ${names} (default: powerTokens)
  SEEDANCE_BASE_URL               another host; needed with custom
  SEEDANCE_AUTHORIZATION_FORMAT   bearer or raw (default: bearer)
  SEEDANCE_MODEL                  a model or endpoint id in place of the cheapest model; needed with custom

Exit code: 0 when every answer is as expected or merely differs, 1 when a step failed, 2 for differences with --strict.`;

/** What is said when there is no key. */
export const withoutKey = `SEEDANCE_API_KEY is not set, so nothing was sent.

${help}`;

/** Returns the options, or a text to show instead. Throws an Error with one line that names the malformed option. */
export function readConformanceOptions(
	commandLine: readonly string[],
	environment: Readonly<Record<string, string | undefined>>,
): ConformanceOptions | { readonly show: string } {
	const given = (name: string) => environment[name]?.trim() ?? '';
	const apiKey = given('SEEDANCE_API_KEY').replace(/^Bearer\s+/i, '');
	const values = readCommandLine(commandLine, apiKey);
	if (values.help === true) return { show: help };
	const style = styleOf(values.style);
	const maxWaitMinutes = minutesOf(values['max-wait-minutes']);
	const provider = providerOf(given('SEEDANCE_PROVIDER'), style);
	if (apiKey === '') return { show: withoutKey };
	if (apiKey.length < shortestKey) {
		throw new Error(`SEEDANCE_API_KEY has fewer than ${shortestKey} characters, as no key has`);
	}
	const model = given('SEEDANCE_MODEL');
	if (provider === 'custom' && model === '') {
		throw new Error('SEEDANCE_MODEL is not set; with the provider custom it is needed');
	}
	return {
		connection: connectionOf({
			provider,
			apiStyle: style,
			apiKey,
			authorizationFormat: given('SEEDANCE_AUTHORIZATION_FORMAT') || 'bearer',
			baseUrl: given('SEEDANCE_BASE_URL'),
		}),
		apiKey,
		model: model === '' ? undefined : model,
		mayCost: values['yes-this-costs-money'] === true,
		strict: values.strict === true,
		recordFolder: values.record,
		maxWaitMinutes,
	};
}

function readCommandLine(commandLine: readonly string[], apiKey: string) {
	try {
		return parseArgs({
			args: [...commandLine],
			options: {
				'yes-this-costs-money': { type: 'boolean' },
				style: { type: 'string' },
				record: { type: 'string' },
				'max-wait-minutes': { type: 'string' },
				strict: { type: 'boolean' },
				help: { type: 'boolean' },
			},
		}).values;
	} catch (error) {
		const { message } = error as Error;
		// A key that was given as an argument is quoted in the message.
		const [line = ''] = createScrubber(apiKey).text(message).split('\n');
		throw new Error(line);
	}
}

function styleOf(text: string | undefined): ApiStyle {
	if (text === undefined || text === 'official') return 'official';
	if (text === 'openAi') return 'openAi';
	throw new Error(`--style is "${text}"; it takes official or openAi`);
}

function minutesOf(text: string | undefined): number {
	if (text === undefined) return defaultMaxWaitMinutes;
	const minutes = Number(text);
	if (text.trim() !== '' && minutes > 0 && Number.isFinite(minutes)) return minutes;
	throw new Error(`--max-wait-minutes is "${text}"; it takes a number above 0`);
}

function providerOf(text: string, style: ApiStyle): string {
	const name = text === '' ? 'powerTokens' : text;
	const provider = providers.find(({ value }) => value === name);
	if (provider === undefined) {
		throw new Error(`SEEDANCE_PROVIDER is "${name}", which is none of: ${names}`);
	}
	if (provider.basePaths[style] === undefined) {
		throw new Error(`--style is ${style}, which ${provider.label} does not speak`);
	}
	return name;
}

/** The name of each interface, as the credential shows it. */
export const labelOfStyle: Readonly<Record<ApiStyle, string>> = {
	official: 'Official',
	openAi: 'OpenAI-Style',
};

/** Name in the environment of each field of a credential. */
const variables: Readonly<Record<string, string>> = {
	apiKey: 'SEEDANCE_API_KEY',
	authorizationFormat: 'SEEDANCE_AUTHORIZATION_FORMAT',
	baseUrl: 'SEEDANCE_BASE_URL',
};

function connectionOf(credential: Readonly<Record<string, string>>): Connection {
	if (!['bearer', 'raw'].includes(credential['authorizationFormat'] ?? '')) {
		throw new Error(
			`SEEDANCE_AUTHORIZATION_FORMAT is "${credential['authorizationFormat']}"; it takes bearer or raw`,
		);
	}
	const { value, issues = [] } = readCredential(credential);
	if (value !== undefined) return value;
	throw new Error(
		issues
			.map((one) => `${variables[one.parameter] ?? one.parameter} ${textOfIssue(one)}`)
			.join(' '),
	);
}
