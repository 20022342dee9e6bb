import type { Draw } from './draw';

/** An API key whose ends are made of letters and digits alone, so that JSON, HTML and URLs leave them as they are. */
export interface Secret {
	readonly apiKey: string;
	/** Forms in which a careless server sends the key back. */
	readonly echoes: readonly string[];
	/** Texts of which none may be where the key must not be: they find the key in every encoding, also where it was cut off. */
	readonly needles: readonly string[];
}

/** The key of a seed. The characters in its middle are those that encodings change. */
export function secretOf(draw: Draw): Secret {
	const head = `sk-chaos-${draw.hex(16, 'head of the key')}`;
	const tail = draw.hex(20, 'tail of the key');
	const apiKey = `${head}"b\\c/d+e=f&g<${tail}`;
	const base64 = (text: string) => Buffer.from(text).toString('base64');
	return {
		apiKey,
		echoes: [
			apiKey,
			JSON.stringify(apiKey).slice(1, -1),
			base64(apiKey),
			`Basic ${base64(`${apiKey}:`)}`,
			`Basic ${base64(`user:${apiKey}`)}`,
			base64(`Bearer ${apiKey}`),
		],
		needles: [head, tail].flatMap((part) => [
			part,
			Buffer.from(part).toString('hex'),
			...base64Parts(part),
		]),
	};
}

/** What base64 makes of a text, whatever stands before and behind it: one part for each place that it can have in a group of three bytes. */
function base64Parts(text: string): string[] {
	return [0, 1, 2].map((before) => {
		const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]);
		const first = Math.ceil((before * 8) / 6);
		const end = Math.floor((bytes.length * 8) / 6);
		return bytes.toString('base64').slice(first, end);
	});
}

/** Whether a text has the key in some form. */
export function hasSecret(text: string, needles: readonly string[]): boolean {
	const lower = text.toLowerCase();
	return needles.some((needle) => text.includes(needle) || lower.includes(needle));
}
