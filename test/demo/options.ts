import { parseArgs } from 'node:util';
import { providers } from '../../nodes/Seedance/seedance/providers';

/** What the command line and the environment ask of the demo. */
export interface DemoOptions {
	/** The simulator's port, 0 for any free one; undefined for Test Mode. */
	readonly simulatorPort: number | undefined;
	/** How many items the workflow starts with. */
	readonly rows: number;
	/** Replaces the example's own limit. */
	readonly maxWaitMinutes: number | undefined;
	/** The real provider to use instead. */
	readonly real:
		| {
				readonly apiKey: string;
				readonly provider: string | undefined;
				readonly baseUrl: string | undefined;
				/** The seconds in which the user can still stop. */
				readonly pauseSeconds: number;
		  }
		| undefined;
}

const help = `npm run demo [-- options]

Runs examples/prompt-to-video.json on n8n's execution engine and writes the MP4 to output/.
Without a key it uses Test Mode, which is part of the package and costs nothing.

  --simulator                   use a simulated provider over HTTP on this machine
  --port <number>               its port (default: a free one)
  --rows <number>               how many items to make, each a video (default: 1)
  --max-wait-minutes <number>   how long the node waits at most (default: as the example says)
  --yes                         with a real provider: do not pause before money is spent
  --help

Environment:
  SEEDANCE_API_KEY    use a real provider with this key, by the Official API style. This costs money.
  SEEDANCE_PROVIDER   ${providers.map(({ value }) => value).join(', ')} (default: powerTokens)
  SEEDANCE_BASE_URL   another host`;

/** Returns the options, or the help text. Throws an Error that names a malformed option. */
export function readDemoOptions(
	commandLine: readonly string[],
	environment: Readonly<Record<string, string | undefined>>,
): DemoOptions | { readonly help: string } {
	const { values } = parseArgs({
		args: [...commandLine],
		options: {
			simulator: { type: 'boolean' },
			port: { type: 'string' },
			rows: { type: 'string' },
			'max-wait-minutes': { type: 'string' },
			yes: { type: 'boolean' },
			help: { type: 'boolean' },
		},
	});
	if (values.help === true) return { help };
	const apiKey = environment['SEEDANCE_API_KEY'];
	const provider = environment['SEEDANCE_PROVIDER'];
	if (provider !== undefined && !providers.some(({ value }) => value === provider)) {
		const known = providers.map(({ value }) => value).join(', ');
		throw new Error(`SEEDANCE_PROVIDER is "${provider}", which is none of: ${known}`);
	}
	return {
		simulatorPort: numberOf('--port', values.port) ?? (values.simulator === true ? 0 : undefined),
		rows: rowsOf(values.rows),
		maxWaitMinutes: numberOf('--max-wait-minutes', values['max-wait-minutes']),
		real:
			apiKey === undefined || apiKey === ''
				? undefined
				: {
						apiKey,
						provider,
						baseUrl: environment['SEEDANCE_BASE_URL'],
						pauseSeconds: values.yes === true ? 0 : 10,
					},
	};
}

function rowsOf(text: string | undefined): number {
	const rows = numberOf('--rows', text) ?? 1;
	if (Number.isInteger(rows) && rows >= 1 && rows <= 100) return rows;
	throw new Error(`--rows is "${text}"; it takes a whole number from 1 to 100`);
}

function numberOf(name: string, text: string | undefined): number | undefined {
	if (text === undefined) return undefined;
	const number = Number(text);
	if (text.trim() === '' || Number.isNaN(number))
		throw new Error(`${name} is "${text}", which is not a number`);
	return number;
}
