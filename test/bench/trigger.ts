import { parseArgs } from 'node:util';
import { runScript } from '../n8n/interruption';
import { parseLine } from '../n8n/versions';
import { conclude } from './report';
import { measureDay } from './triggerDay';
import { measureQueue } from './triggerQueue';

/** Prints what Seedance Trigger asks and keeps in a day with 10,000 tasks, and what it saves the workers. Exits with 1 when a goal is missed. */
async function main(signal: AbortSignal): Promise<number> {
	const { values } = parseArgs({
		options: { line: { type: 'string', default: '2' }, only: { type: 'string' } },
	});
	if (values.only !== 'queue') await measureDay();
	if (values.only !== 'day') await measureQueue(parseLine(values.line), signal);
	conclude();
	return Number(process.exitCode ?? 0);
}

void runScript(main);
