import { isTaskId } from '../../nodes/Seedance/seedance/wire/wire';
import { providers } from '../../nodes/Seedance/seedance/providers';

/** Removes what must not be printed or recorded from texts and answers. */
export interface Scrubber {
	/** Removes keys, signatures, accounts, request IDs and addresses from a text. Replaces task IDs with placeholders. */
	text(raw: string): string;
	/** Scrubs parsed JSON in the same way, including the names of its members. */
	value(raw: unknown): unknown;
	/** The placeholder of a task ID, the same each time: `task-1`, `task-2`, … */
	placeholderOf(taskId: string): string;
	/** Removes only the key from a text. */
	withoutKey(raw: string): string;
}

/** This many characters of the key in a row reveal it. Providers quote the start of a key, or cut a message in the middle of it. */
const pieceLength = 8;

/** A key of fewer characters would be found by chance, in words and IDs. */
export const shortestKey = pieceLength;

const inPlaceOfKey = '<key>';
const shortestTaskIdInText = 8;

/** What goes from every text, in this order. */
const rules: ReadonlyArray<readonly [pattern: RegExp, replacement: string]> = [
	[/\?[^\s"'<>?]*=[^\s"'<>]*/g, '?<query>'],
	[/\bX-(?:Tos|Amz|Oss|Cos|Goog)-[\w-]+["']?\s*[=:]\s*["']?[^\s&"',]+/gi, '<signature>'],
	[/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, '<email>'],
	// Source: Volcengine TOS, signed URLs (X-Tos-Credential=AKLT…); the others are those of temporary keys and of other clouds.
	[/AK(?:LT|TP|IA|ID)[\w-]*/g, '<access-key-id>'],
	[/\beyJ[\w-]+\.[\w.-]+/g, '<token>'],
	[/\bsk-[\w-]{8,}/g, inPlaceOfKey],
	[/\b(Bearer|Basic) +[\w.~+/=-]{8,}/gi, `$1 ${inPlaceOfKey}`],
	[/[^\s"']*\*{3,}[^\s"']*/g, '<masked>'],
	// Source: Volcengine Python SDK, _constants.py (the id at the end of messages).
	[
		/\b((?:request|trace|log)[ _-]?id)["']?(?:\s*[:=]\s*["']?[\w-]+|\s+["']?[\w-]*\d[\w-]*)/gi,
		'$1: <request-id>',
	],
	[/\bep-[\w-]+/g, 'ep-<endpoint>'],
	[/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '<id>'],
	[/[0-9a-f]{24,}/gi, '<id>'],
	[/\d{8,}/g, '<digits>'],
];

const requestIdMember = /^(x-)?(request|log|tt-log|trace)[_-]?id$/i;
const personalMember =
	/account|user|tenant|owner|organi[sz]ation|project|e?mail|phone|safety_identifier|revised_prompt/i;
const taskIdMember = /^(id|task_id|draft_task_id)$/;
/** Times, seeds and counts are long numbers that identify nobody. */
const harmlessNumber = /(_at|_tokens)$|^(seed|created|total)$/;
const longNumber = 10_000_000;

/** Domains that every user of a provider sees alike. */
const providerDomains = providers.flatMap(({ origin }) =>
	origin === undefined ? [] : [domainOf(new URL(origin).hostname)],
);

/** Keeps the key, and everything else that is private, out of output and fixtures. */
export function createScrubber(key: string): Scrubber {
	const pieces = piecesOf(key);
	const placeholders = new Map<string, string>();

	function placeholderOf(taskId: string): string {
		const known = placeholders.get(taskId) ?? `task-${placeholders.size + 1}`;
		placeholders.set(taskId, known);
		return known;
	}

	function withoutTaskIds(text: string): string {
		let scrubbed = text;
		for (const [taskId, placeholder] of placeholders) {
			if (taskId.length >= shortestTaskIdInText) {
				scrubbed = scrubbed.replaceAll(taskId, placeholder);
			}
		}
		// Source: APIYI Seedance 2.0 reference (cgt-…); github QuantumNous/new-api (task_…).
		return scrubbed.replace(/\bcgt-\d{8,}-\w+|\btask_\w*\d\w*/g, placeholderOf);
	}

	function withoutKey(raw: string): string {
		for (let text = raw; ;) {
			const scrubbed = withoutPieces(text, pieces);
			if (scrubbed === text) return text;
			text = scrubbed;
		}
	}

	function text(raw: string): string {
		let plain = withoutTaskIds(withoutKey(withoutUrls(raw)));
		for (const [pattern, replacement] of rules) plain = plain.replace(pattern, replacement);
		plain = withoutKey(plain);
		const decoded = decode(raw);
		if (decoded === raw) return plain;
		const scrubbed = text(decoded);
		return scrubbed === decoded ? plain : scrubbed;
	}

	function member(name: string, raw: unknown, isTask: boolean): unknown {
		if (raw === '' || raw === null || typeof raw === 'boolean') return raw;
		if (personalMember.test(name)) return '<removed>';
		if (typeof raw === 'string' || typeof raw === 'number') {
			if (requestIdMember.test(name)) return '<request-id>';
			if (isTask && taskIdMember.test(name)) return placeholderOf(String(raw));
		}
		if (typeof raw === 'number' && Math.abs(raw) >= longNumber) {
			return harmlessNumber.test(name) ? raw : 0;
		}
		return inner(raw);
	}

	function inner(raw: unknown): unknown {
		if (typeof raw === 'string') return text(raw);
		if (Array.isArray(raw)) return raw.map((entry) => member('', entry, false));
		if (typeof raw !== 'object' || raw === null) return raw;
		const isTask = holdsTask(raw);
		return Object.fromEntries(
			Object.entries(raw).map(([name, entry]) => [text(name), member(name, entry, isTask)]),
		);
	}

	function value(raw: unknown): unknown {
		noteTaskIds(raw, placeholderOf);
		return member('', raw, false);
	}

	return { text, value, placeholderOf, withoutKey };
}

/** A list of models has ids as well, and those say nothing about anybody. */
function holdsTask(object: object): boolean {
	return !('owned_by' in object) && !('object' in object && object.object === 'model');
}

/** Register IDs before any text is scrubbed: a message can name a task before the task's own member does. */
function noteTaskIds(raw: unknown, note: (taskId: string) => void): void {
	if (typeof raw !== 'object' || raw === null) return;
	const isTask = holdsTask(raw);
	for (const [name, entry] of Object.entries(raw)) {
		if (isTask && taskIdMember.test(name) && typeof entry === 'string' && isTaskId(entry)) {
			note(entry);
		} else noteTaskIds(entry, note);
	}
}

/** Every run of characters that reveals the key, in lower case: of the key itself, and of its common encodings. */
function piecesOf(key: string): ReadonlySet<string> {
	const bytes = Buffer.from(key);
	const inBase64 = [0, 1, 2].flatMap((shift) => {
		const shifted = Buffer.concat([Buffer.alloc(shift), bytes]);
		return [shifted.toString('base64'), shifted.toString('base64url')];
	});
	const pieces = new Set<string>();
	for (const form of [key, bytes.toString('hex'), ...inBase64]) {
		for (let start = 0; start + pieceLength <= form.length; start++) {
			pieces.add(form.slice(start, start + pieceLength).toLowerCase());
		}
	}
	return pieces;
}

function withoutPieces(text: string, pieces: ReadonlySet<string>): string {
	let scrubbed = '';
	let copiedTo = 0;
	let secretTo = 0;
	for (let start = 0; start + pieceLength <= text.length; start++) {
		if (!pieces.has(text.slice(start, start + pieceLength).toLowerCase())) continue;
		if (start >= secretTo) scrubbed += text.slice(copiedTo, start) + inPlaceOfKey;
		secretTo = start + pieceLength;
		copiedTo = secretTo;
	}
	return scrubbed + text.slice(copiedTo);
}

/** A URL of any scheme, or a host and a path without one. */
const address =
	/\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>]*|\b(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?\/[^\s"'<>]*/gi;

/** What stays of an address is its scheme, the provider's domain and what kind of file it is. */
function withoutUrls(text: string): string {
	return text.replace(address, (found) => {
		const [, scheme = '', host = ''] = /^([^:/]+:\/\/)?(?:[^/?#]*@)?([^/?#:]*)/.exec(found) ?? [];
		const extension = /^[^?#]*(\.(?:mp4|mov|png|jpg))(?:[?#]|$)/i.exec(found)?.[1] ?? '';
		const domain = domainOf(host.toLowerCase());
		const shown = providerDomains.includes(domain) ? `files.${domain}` : 'host.example';
		return `${scheme}${shown}/path${extension}`;
	});
}

function domainOf(host: string): string {
	return host.split('.').slice(-2).join('.');
}

/** Undoes one layer of what may hide a secret: percent-encoding, escapes of JSON. */
function decode(text: string): string {
	return text
		.replace(/(?:%[0-9a-f]{2})+/gi, (encoded) => {
			try {
				return decodeURIComponent(encoded);
			} catch {
				return Buffer.from(encoded.replaceAll('%', ''), 'hex').toString('latin1');
			}
		})
		.replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
		.replace(/\\([/"\\])/g, '$1');
}
