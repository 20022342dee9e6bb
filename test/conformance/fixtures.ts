import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '../../nodes/Seedance/seedance/connection';
import { labelOfStyle } from './options';
import type { OnAnswer } from './calls';
import type { Scrubber } from './scrub';

/** The only headers that say something about the interface. */
const recordedHeaders = [
	'content-type',
	'content-length',
	'content-encoding',
	'retry-after',
	'allow',
	'location',
];
const requestIdHeader = /^x-(request-id|tt-logid|client-request-id)$/;

/** Returns a function that writes a scrubbed answer into the folder, as `<provider>-<interface>-<name>.json`. Throws if the folder cannot be created. */
export function createRecorder(
	folder: string,
	{ provider, wire }: Connection,
	scrubber: Scrubber,
): OnAnswer {
	mkdirSync(folder, { recursive: true });
	return (name, call, answer) => {
		const { pathname, searchParams } = new URL(call.url);
		const query = [...new Set(searchParams.keys())].map((key) => {
			const values = searchParams.getAll(key);
			return [key, values.length === 1 ? values[0] : values];
		});
		const fixture = {
			meta: {
				kind: 'recorded',
				source: `npm run conformance, ${provider.label}, ${labelOfStyle[wire.style]}`,
				recordedAt: new Date().toISOString().slice(0, 10),
			},
			request: {
				method: call.method,
				path: scrubber.text(pathname),
				query: scrubber.value(Object.fromEntries(query)),
				body: scrubber.value(call.body),
			},
			response: {
				status: answer.status,
				headers: headersOf(answer.headers, scrubber),
				body: scrubber.value(answer.body),
			},
		};
		const file = `${provider.value}-${wire.style}-${name}.json`;
		writeFileSync(join(folder, file), `${JSON.stringify(fixture, null, '\t')}\n`);
	};
}

function headersOf(headers: Readonly<Record<string, string>>, scrubber: Scrubber) {
	return Object.fromEntries(
		Object.entries(headers).flatMap(([name, value]) => {
			if (requestIdHeader.test(name)) return [[name, '<request-id>']];
			if (!recordedHeaders.includes(name)) return [];
			return [[name, /^\d+$/.test(value) ? value : scrubber.text(value)]];
		}),
	);
}
