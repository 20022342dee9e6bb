import { parseArgs } from 'node:util';

/** What the command line and the environment ask of the demo. */
export interface DemoOptions {
	/** The simulator's port; 0 takes a free one. */
	readonly port: number;
	/** Replaces the example's own limit. */
	readonly maxWaitMinutes: number | undefined;
	/** The real provider to use in place of the simulator. */
	readonly real:
		| {
				readonly apiKey: string;
				readonly provider: string | undefined;
				readonly baseUrl: string | undefined;
		  }
		| undefined;
}

const help = `npm run demo [-- options]

Runs examples/prompt-to-video.json on n8n's execution engine and writes the MP4 to output/.
Without a key it uses a simulated provider on this machine, which costs nothing.

  --port <number>               port of the simulated provider (default: a free one)
  --max-wait-minutes <number>   how long the node waits at most (default: as the example says)
  --help

Environment:
  SEEDANCE_API_KEY    use a real provider with this key. This costs money.
  SEEDANCE_PROVIDER   powerTokens (default) or custom
  SEEDANCE_BASE_URL   another host`;

/** Takes the command line and the environment and gives the options, or the help text; throws an Error that names a malformed option. */
export function readDemoOptions(
	commandLine: readonly string[],
	environment: Readonly<Record<string, string | undefined>>,
): DemoOptions | { readonly help: string } {
	const { values } = parseArgs({
		args: [...commandLine],
		options: {
			port: { type: 'string' },
			'max-wait-minutes': { type: 'string' },
			help: { type: 'boolean' },
		},
	});
	if (values.help === true) return { help };
	const apiKey = environment['SEEDANCE_API_KEY'];
	return {
		port: numberOf('--port', values.port) ?? 0,
		maxWaitMinutes: numberOf('--max-wait-minutes', values['max-wait-minutes']),
		real:
			apiKey === undefined || apiKey === ''
				? undefined
				: {
						apiKey,
						provider: environment['SEEDANCE_PROVIDER'],
						baseUrl: environment['SEEDANCE_BASE_URL'],
					},
	};
}

function numberOf(name: string, text: string | undefined): number | undefined {
	if (text === undefined) return undefined;
	const number = Number(text);
	if (text.trim() === '' || Number.isNaN(number))
		throw new Error(`${name} is "${text}", which is not a number`);
	return number;
}
