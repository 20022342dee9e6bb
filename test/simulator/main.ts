import { readCommandLine, usage, type CommandLine } from './commandLine';
import { providers } from './providers';
import type { RecordedRequest } from './requestLog';
import { defaultApiKey, startSimulator, type Simulator } from './simulator';

async function main(): Promise<void> {
	const commandLine = readCommandLine(process.argv.slice(2));
	if (commandLine.help) {
		process.stdout.write(usage);
		return;
	}
	const simulator = await start(commandLine);
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		process.once(signal, () => void simulator.close());
	}
	process.stdout.write(describe(simulator));
}

async function start({ options }: CommandLine): Promise<Simulator> {
	const simulator: Simulator = await startSimulator({
		...options,
		onRequestEnd: (request) => {
			process.stdout.write(`${logLine(request)}\n`);
			// Nobody reads the record here, and bodies with media in them would pile up.
			simulator.requests.splice(simulator.requests.indexOf(request), 1);
		},
	});
	return simulator;
}

function describe(simulator: Simulator): string {
	const { origin, apiKey, provider, officialBasePath, openAiBasePath } = simulator;
	const key = apiKey === defaultApiKey ? `${defaultApiKey} (the default)` : 'as given by --key';
	return [
		`Seedance simulator: the API of ${providers[provider].title}, without cost`,
		`  Base URL for the credential: ${origin}`,
		`  API key:                     ${key}`,
		`  Tasks:                       ${origin}${officialBasePath}/contents/generations/tasks`,
		...(openAiBasePath === undefined
			? []
			: [`  OpenAI-style interface:      ${origin}${openAiBasePath}/videos`]),
		'',
	].join('\n');
}

// Without the query: it can hold a signature.
function logLine({ method, path, status, aborted, tookMs }: RecordedRequest): string {
	const outcome = status === undefined ? 'no answer' : String(status);
	const end = aborted ? ' (client hung up)' : '';
	return `${method} ${path} ${outcome} ${Math.round(tookMs ?? 0)} ms${end}`;
}

main().catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
	process.exitCode = 1;
});
