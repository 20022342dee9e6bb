/** Removes secrets from what a host answers: some gateways repeat the key that they refuse, in whatever form they have it. */
export type Scrub = (value: unknown) => unknown;

const namedEntities: Readonly<Record<string, string>> = {
	'"': '&quot;',
	"'": '&apos;',
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
};

/** A function that replaces each secret by `***`: as it is, in hex, in base64 wherever it stands there (so also in `Basic …`) and whatever line breaks are in it, URL-encoded, and escaped for JSON or HTML, once or more often, in strings, numbers and names of members. */
export function scrubberOf(secrets: readonly string[]): Scrub {
	if (secrets.length === 0) return (value) => value;
	const forms = secrets.flatMap((secret) => [
		patternOf(secret),
		hexPattern(secret),
		...base64Patterns(secret),
	]);
	const pattern = new RegExp(forms.join('|'), 'g');
	const scrubText = (text: string) => text.replace(pattern, '***');

	function scrub(value: unknown): unknown {
		if (typeof value === 'string') return scrubText(value);
		if (typeof value === 'number') {
			return scrubText(String(value)) === String(value) ? value : '***';
		}
		if (Array.isArray(value)) return value.map(scrub);
		if (typeof value !== 'object' || value === null) return value;
		const members = Object.entries(value);
		return Object.fromEntries(members.map(([name, member]) => [scrubText(name), scrub(member)]));
	}
	return scrub;
}

function patternOf(text: string): string {
	return [...text].map(characterPattern).join('');
}

/** Hexadecimal digits in either case. */
function hex(digits: string): string {
	return digits.replace(/[a-f]/gi, (digit) => `[${digit.toLowerCase()}${digit.toUpperCase()}]`);
}

function hexPattern(secret: string): string {
	return hex(Buffer.from(secret).toString('hex'));
}

/** Every way in which one character is written. */
function characterPattern(character: string): string {
	const code = character.codePointAt(0) ?? 0;
	const raw = character.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&');
	const octets = [...Buffer.from(character)].map((octet) => octet.toString(16).padStart(2, '0'));
	return `(?:${[
		character === '\\' ? '\\\\+' : /["'/]/.test(character) ? `\\\\*${raw}` : raw,
		octets.map((octet) => `%(?:25)*${hex(octet)}`).join(''),
		`\\\\+u${hex(code.toString(16).padStart(4, '0'))}`,
		`&#(?:0*${code}|[xX]0*${hex(code.toString(16))});`,
		...(namedEntities[character] === undefined ? [] : [namedEntities[character]]),
	].join('|')})`;
}

/** Line breaks, as they are or escaped: MIME and PEM have one after 64 or 76 characters. Source: RFC 2045, section 6.8; RFC 7468. */
const lineBreaks = '(?:[\\r\\n]|\\\\+[rn]|%(?:25)*0[aAdD])*';

/** What base64 makes of the secret after 0, 1 or 2 other bytes: the characters that no neighbor changes, and up to one on each side that one does. */
function base64Patterns(secret: string): string[] {
	return [0, 1, 2].map((before) => {
		const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
		const first = [0, 2, 3][before] ?? 0;
		const whole = bytes.toString('base64').slice(first, Math.floor((bytes.length * 8) / 6));
		const edge = '[A-Za-z0-9+/_-]';
		const core = [...whole].map((character) =>
			character === '+'
				? `(?:-|${characterPattern('+')})`
				: character === '/'
					? `(?:_|${characterPattern('/')})`
					: character,
		);
		const start = before === 0 ? '' : `(?:${edge}${lineBreaks})?`;
		return `${start}${core.join(lineBreaks)}${(bytes.length * 8) % 6 === 0 ? '' : `(?:${lineBreaks}${edge})?`}`;
	});
}
