import { invalidParameter } from './errors';
import { ratios } from './pixels';

/** How a task ends once its render time is over. */
export type Outcome =
	| { readonly status: 'succeeded'; readonly withUrl: boolean }
	| { readonly status: 'failed'; readonly code: string }
	| { readonly status: 'expired' };

/** What the markers of a prompt set. Times are in milliseconds. */
export interface Markers {
	readonly outcome: Outcome;
	readonly refusedCode: string | undefined;
	readonly renderMs: number | undefined;
	readonly queueMs: number | undefined;
	/** What the "model" settles on for adaptive. */
	readonly chosenRatio: string | undefined;
	/** What the "model" settles on for a duration of -1. */
	readonly chosenSeconds: number | undefined;
	/** The length of all input videos together. */
	readonly inputVideoSeconds: number | undefined;
}

const markerPattern = /\[simulate:([^\]]*)\]/g;
const millisecondsByUnit: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** Reads the `[simulate:…]` markers of a prompt. Throws the 400 InvalidParameter for one that is not in the grammar. */
export function readMarkers(prompt: string): Markers {
	let outcome: Outcome = { status: 'succeeded', withUrl: true };
	let refusedCode: string | undefined;
	let renderMs: number | undefined;
	let queueMs: number | undefined;
	let chosenRatio: string | undefined;
	let chosenSeconds: number | undefined;
	let inputVideoSeconds: number | undefined;
	for (const [, marker = ''] of prompt.matchAll(markerPattern)) {
		const [name, argument, ...rest] = marker.trim().split(/\s+/);
		if (rest.length > 0) throw unknownMarker();
		switch (name) {
			case 'failed':
				outcome = { status: 'failed', code: argument ?? 'InternalServiceError' };
				break;
			case 'expired':
				if (argument !== undefined) throw unknownMarker();
				outcome = { status: 'expired' };
				break;
			case 'no-url':
				if (argument !== undefined) throw unknownMarker();
				outcome = { status: 'succeeded', withUrl: false };
				break;
			case 'input-refused':
				refusedCode = argument ?? 'InputTextSensitiveContentDetected';
				break;
			case 'render':
				renderMs = readMilliseconds(argument);
				break;
			case 'queue':
				queueMs = readMilliseconds(argument);
				break;
			case 'ratio':
				if (!ratios.includes(argument ?? '')) throw unknownMarker();
				chosenRatio = argument;
				break;
			case 'duration':
				chosenSeconds = readMilliseconds(argument) / 1000;
				break;
			case 'input-video':
				inputVideoSeconds = readMilliseconds(argument) / 1000;
				break;
			default:
				throw unknownMarker();
		}
	}
	const chosen = { chosenRatio, chosenSeconds, inputVideoSeconds };
	return { outcome, refusedCode, renderMs, queueMs, ...chosen };
}

function readMilliseconds(argument: string | undefined): number {
	const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(argument ?? '') ?? [];
	if (amount === undefined || unit === undefined) throw unknownMarker();
	return Number(amount) * (millisecondsByUnit[unit] ?? 1);
}

// If a misspelt marker were ignored, a test could pass for the wrong reason.
function unknownMarker() {
	return invalidParameter('content', 'every [simulate:…] marker to be one of the documented ones');
}
