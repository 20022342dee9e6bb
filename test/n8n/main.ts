import { parseArgs } from 'node:util';

import { keptUserFolder } from './cacheFolder';
import { demoOwner, startInstance, type Instance } from './instance';
import { aborted, runScript } from './interruption';
import { parseLine, versionsOf, type Line } from './versions';

interface Choices {
	line: Line;
	port: number;
	simulatorPort: number;
	fresh: boolean;
}

const [first, second] = [versionsOf(1), versionsOf(2)];

const help = `Starts a real n8n with this package in it, and a simulated Seedance provider.
No account is needed and nothing is paid for.

npm run n8n -- [options]

  --line 1|2                 1: n8n ${first.n8nVersion} on Node ${first.nodeMajor}
                             2: n8n ${second.n8nVersion} on Node ${second.nodeMajor}
                             Default: 2, n8n as it is now, of which less has to be compiled.
                             When the running Node is another one, that Node is installed too.
  --port <number>            where n8n listens, on 127.0.0.1 (default 5678)
  --simulator-port <number>  where the simulator listens, on 127.0.0.1 (default 3199)
  --keep                     keep workflows and credentials from the last run (default)
  --fresh                    begin with an empty database
  --help                     print this

The first start of a line installs n8n from npm: 3 to 5 minutes, up to 2.5 GB, and it needs Python
and a C++ compiler. All of it goes into one folder, which you may delete to undo it:
$SEEDANCE_CACHE_FOLDER, else $XDG_CACHE_HOME/n8n-nodes-seedance, else ~/.cache/n8n-nodes-seedance.
Ctrl+C stops n8n and the simulator.
`;

function parsePort(flag: string, text: string): number {
	const port = Number(text);
	if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
	throw new Error(`--${flag} takes a port from 1 to 65535, not "${text}"`);
}

function readChoices(): Choices | 'help' {
	const { values } = parseArgs({
		options: {
			line: { type: 'string', default: '2' },
			port: { type: 'string', default: '5678' },
			'simulator-port': { type: 'string', default: '3199' },
			keep: { type: 'boolean', default: false },
			fresh: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) return 'help';
	if (values.keep && values.fresh) throw new Error('Choose one of --keep and --fresh');
	return {
		line: parseLine(values.line),
		port: parsePort('port', values.port),
		simulatorPort: parsePort('simulator-port', values['simulator-port']),
		fresh: values.fresh,
	};
}

function introduction({ n8n, simulator, loadedPackage, seeded }: Instance, line: Line): string {
	const { name, version } = loadedPackage;
	return `
n8n ${versionsOf(line).n8nVersion} with ${name} ${version} is running.

  Open      ${n8n.origin}/workflow/${seeded.workflow.id}
  E-mail    ${demoOwner.email}
  Password  ${demoOwner.password}

The credential "${seeded.credential.name}" points at the simulator (${simulator.origin}).
n8n's log: ${n8n.logFile}
Press Ctrl+C to stop.
`;
}

async function main(signal: AbortSignal): Promise<number> {
	const choices = readChoices();
	if (choices === 'help') {
		process.stdout.write(help);
		return 0;
	}
	const { line } = choices;
	const instance = await startInstance({
		...choices,
		userFolder: keptUserFolder(line),
		onProgress: (text) => process.stdout.write(`${text}\n`),
		signal,
	});
	process.stdout.write(introduction(instance, line));

	await Promise.race([aborted(signal), instance.n8n.ended]);
	await instance.close();
	if (signal.aborted) {
		process.stdout.write('\nStopped.\n');
		return 0;
	}
	throw new Error(`n8n ended with ${await instance.n8n.ended}, see ${instance.n8n.logFile}`);
}

void runScript(main);
