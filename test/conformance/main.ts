import { readConformanceOptions } from './options';
import { runConformance } from './run';
import { createScrubber } from './scrub';

async function main(): Promise<void> {
	const interruption = new AbortController();
	// The second Ctrl+C ends the process at once.
	process.once('SIGINT', () => {
		console.log('\nStopping; a create that is on its way is still read to its end.');
		interruption.abort();
	});
	try {
		const options = readConformanceOptions(process.argv.slice(2), process.env);
		if ('show' in options) console.log(options.show);
		else {
			process.exitCode = await runConformance(options, {
				write: (line) => console.log(line),
				signal: interruption.signal,
			});
		}
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		console.error(createScrubber(process.env['SEEDANCE_API_KEY'] ?? '').text(message));
		process.exitCode = 1;
	}
}

void main();
