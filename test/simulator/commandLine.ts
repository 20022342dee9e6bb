import { parseArgs } from 'node:util';
import { providerNames, type ProviderName } from './providers';
import { accountTypes, type AccountType } from './rateLimits';
import { defaultApiKey, type SimulatorOptions } from './simulator';

const defaultPort = 3199;

/** The text that --help shows. */
export const usage = `Usage: npm run simulator -- [options]

  --port <number>              port on 127.0.0.1, 0 for a free one (default ${defaultPort})
  --provider <name>            ${providerNames.slice(0, 3).join(', ')},
                               ${providerNames.slice(3).join(', ')} (default powerTokens)
  --key <text>                 API key that clients have to send (default ${defaultApiKey})
  --concurrency <number>       tasks that render at a time (default 3)
  --render-seconds <number>    render time of a task (default: as long as the video)
  --queue-seconds <number>     least time that a task stays queued (default 0)
  --list-lag-seconds <number>  time until the list shows a new task (default 0)
  --rate-limits <account>      ${accountTypes.join(' or ')}: refuses calls above the documented
                               rates of such an account (default: no limit)
  --no-echo                    tasks do not show execution_expires_after and safety_identifier
  --help                       show this text
`;

/** What a command line asks for. */
export interface CommandLine {
	readonly help: boolean;
	readonly options: SimulatorOptions;
}

/** Reads the arguments of `npm run simulator`. Throws an error with one line of text for an argument that it does not know. */
export function readCommandLine(args: string[]): CommandLine {
	const { values } = parseArgs({
		args,
		options: {
			port: { type: 'string' },
			provider: { type: 'string' },
			key: { type: 'string' },
			concurrency: { type: 'string' },
			'render-seconds': { type: 'string' },
			'queue-seconds': { type: 'string' },
			'list-lag-seconds': { type: 'string' },
			'rate-limits': { type: 'string' },
			'no-echo': { type: 'boolean' },
			help: { type: 'boolean' },
		},
	});
	const concurrency = readNumber('--concurrency', values.concurrency, isPositiveInteger);
	const renderSeconds = readNumber('--render-seconds', values['render-seconds'], isDuration);
	const queueSeconds = readNumber('--queue-seconds', values['queue-seconds'], isDuration);
	const listLagSeconds = readNumber('--list-lag-seconds', values['list-lag-seconds'], isDuration);
	return {
		help: values.help ?? false,
		options: {
			port: readNumber('--port', values.port, isPort) ?? defaultPort,
			...(values.provider === undefined ? {} : { provider: readProvider(values.provider) }),
			...(values.key === undefined ? {} : { apiKey: readKey(values.key) }),
			...(concurrency === undefined ? {} : { concurrency }),
			...(renderSeconds === undefined ? {} : { renderMs: renderSeconds * 1000 }),
			...(queueSeconds === undefined ? {} : { queueMs: queueSeconds * 1000 }),
			...(listLagSeconds === undefined ? {} : { listLagMs: listLagSeconds * 1000 }),
			...(values['rate-limits'] === undefined
				? {}
				: { rateLimits: readAccountType(values['rate-limits']) }),
			...(values['no-echo'] === true ? { echoesMarkers: false } : {}),
		},
	};
}

function readNumber(
	flag: string,
	text: string | undefined,
	accepts: (value: number) => boolean,
): number | undefined {
	if (text === undefined) return undefined;
	const value = text.trim() === '' ? NaN : Number(text);
	if (accepts(value)) return value;
	throw new Error(`${flag} does not take ${JSON.stringify(text)}`);
}

function readProvider(text: string): ProviderName {
	const name = providerNames.find((candidate) => candidate === text);
	if (name === undefined) throw new Error(`--provider does not take ${JSON.stringify(text)}`);
	return name;
}

function readAccountType(text: string): AccountType {
	const type = accountTypes.find((candidate) => candidate === text);
	if (type === undefined) throw new Error(`--rate-limits does not take ${JSON.stringify(text)}`);
	return type;
}

function readKey(text: string): string {
	if (text === '') throw new Error('--key needs a text');
	return text;
}

const isPort = (value: number) => Number.isInteger(value) && value >= 0 && value <= 65_535;
const isPositiveInteger = (value: number) => Number.isInteger(value) && value >= 1;
const isDuration = (value: number) => Number.isFinite(value) && value >= 0;
