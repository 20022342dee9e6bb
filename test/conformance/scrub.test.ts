import fc from 'fast-check';
import { createScrubber } from './scrub';

const key = 'a7f3e210-5b6c-4d8e-9f01-23456789abcd';
const signed =
	'https://ark-content-generation-cn-beijing.tos-cn-beijing.volces.com/2100123456/02178.mp4?X-Tos-Algorithm=TOS4-HMAC-SHA256&X-Tos-Credential=AKLTabc%2F20261121%2Fcn-beijing%2Ftos%2Frequest&X-Tos-Signature=deadbeef&X-Tos-SignedHeaders=host';

test.each([
	['the key in a message', `Wrong key ${key}.`, 'Wrong key <key>.'],
	['the key in an Authorization header', `Bearer ${key}`, 'Bearer <key>'],
	['the key in large letters', key.toUpperCase(), '<key>'],
	['the beginning of the key', `Wrong key ${key.slice(0, 12)}…`, 'Wrong key <key>…'],
	['the end of the key', `…${key.slice(-10)}`, '…<key>'],
	['the key with stars', 'Wrong key sk-a***9f', 'Wrong key <masked>'],
	['the key in base64', `"${Buffer.from(key).toString('base64')}"`, /^"<key>.{0,4}"$/],
	['the key in hexadecimal', Buffer.from(key).toString('hex'), '<key>'],
	['the key percent-encoded', encodeURIComponent(`key="${key}"`), 'key="<key>"'],
	['every character percent-encoded', percentEncoded(key), '<key>'],
	['percent-encoded twice', encodeURIComponent(percentEncoded(key)), '<key>'],
	['the key in JSON in a text', JSON.stringify({ key: [key] }), '{"key":["<key>"]}'],
	['the key with JSON’s escapes', jsonEscaped(key), '<key>'],
	['a key of somebody else', 'Not sk-abcdefgh12345678', 'Not <key>'],
	['a signed URL', `See ${signed} now`, 'See https://files.volces.com/path.mp4 now'],
	['a signed URL, encoded', encodeURIComponent(signed), 'https://files.volces.com/path.mp4'],
	[
		'a signed URL in JSON of PHP',
		JSON.stringify({ url: signed }).replaceAll('/', '\\/'),
		'{"url":"https://files.volces.com/path.mp4"}',
	],
	['a URL of another host', 'http://10.0.0.1:80/a/b.png?x=1#y', 'http://host.example/path.png'],
	['a URL with a user', 'https://me:secret@api.example/', 'https://host.example/path'],
	['a bucket', 'tos://my-bucket/2100123456/x', 'tos://host.example/path'],
	['a host without a scheme', 'my.tos-cn-beijing.volces.com/acct/x', 'files.volces.com/path'],
	['a query without a host', '/v.mp4?X-Tos-Signature=abc&a=b', '/v.mp4?<query>'],
	['a parameter of a signature', 'X-Tos-Signature=abc123 failed', '<signature> failed'],
	['an access key id', 'for AKLTYjNhMzU', 'for <access-key-id>'],
	['an account', 'Your account [2100123456] is closed', 'Your account [<digits>] is closed'],
	['an e-mail', 'ask me.too+x@mail.example.com', 'ask <email>'],
	['a request id', 'Bad. Request id: 0217abc', 'Bad. Request id: <request-id>'],
	['a request id of letters', '(request_id=abcdef)', '(request_id: <request-id>)'],
	['a request id without words', `x 02${'0918273645fedcba'.repeat(3)} y`, 'x <id> y'],
	['a UUID', 'of 11111111-2222-3333-4444-555555555555', 'of <id>'],
	['an endpoint', 'model ep-20260101-abcde', 'model ep-<endpoint>'],
	['a task', 'cgt-20261121120000-abcde failed', 'task-1 failed'],
	['a model', 'doubao-seedance-1-0-pro-fast-251015', 'doubao-seedance-1-0-pro-fast-251015'],
	['words', 'The parameter `duration` is not valid.', 'The parameter `duration` is not valid.'],
	['a per cent', '100% of 5', '100% of 5'],
])('%s', (_name, text, expected) => {
	const scrubbed = createScrubber(key).text(text);
	if (typeof expected === 'string') expect(scrubbed).toBe(expected);
	else expect(scrubbed).toMatch(expected);
});

test('an answer keeps its form', () => {
	const scrubber = createScrubber(key);
	const body = {
		id: 'cgt-20261121120000-abcde',
		model: 'doubao-seedance-1-0-pro-fast-251015',
		status: 'succeeded',
		error: null,
		content: { video_url: signed, last_frame_url: '' },
		usage: { completion_tokens: 19_110, total_tokens: 19_110 },
		created_at: 1_780_732_857,
		seed: 4_294_967_295,
		draft: false,
		safety_identifier: 'user-1',
		account_id: 2_100_123_456,
		owner: { name: 'Me' },
		request_id: 'abc',
		number: 2_100_123_456,
		draft_task_id: 'another-draft-task',
		message: 'Made from another-draft-task by cgt-20261121120000-abcde',
		[`x ${key}`]: [key, { [key]: key }, 5, true],
	};
	expect(scrubber.value(body)).toEqual({
		id: 'task-1',
		model: 'doubao-seedance-1-0-pro-fast-251015',
		status: 'succeeded',
		error: null,
		content: { video_url: 'https://files.volces.com/path.mp4', last_frame_url: '' },
		usage: { completion_tokens: 19_110, total_tokens: 19_110 },
		created_at: 1_780_732_857,
		seed: 4_294_967_295,
		draft: false,
		safety_identifier: '<removed>',
		account_id: '<removed>',
		owner: '<removed>',
		request_id: '<request-id>',
		number: 0,
		draft_task_id: 'task-2',
		message: 'Made from task-2 by task-1',
		'x <key>': ['<key>', { '<key>': '<key>' }, 5, true],
	});
	// The same task has the same placeholder ever after.
	expect(scrubber.text('cgt-20261121120000-abcde')).toBe('task-1');
	expect(scrubber.placeholderOf('a-third-task')).toBe('task-3');
});

test('a list of models keeps its IDs', () => {
	const models = {
		object: 'list',
		data: [{ id: 'seedance-1-0-pro-250528', owned_by: 'byteplus' }],
	};
	expect(createScrubber(key).value(models)).toEqual(models);
});

test('the key is removed from output that is otherwise unchanged', () => {
	const scrubber = createScrubber(key);
	expect(scrubber.withoutKey('cgt-20261121120000-abcde')).toBe('cgt-20261121120000-abcde');
	expect(scrubber.withoutKey(`x${key}x`)).toBe('x<key>x');
});

function percentEncoded(text: string): string {
	return [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

function jsonEscaped(text: string): string {
	return [...text]
		.map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
		.join('');
}

const lettersOfKeys = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.'];
const anyKey = fc
	.array(fc.constantFrom(...lettersOfKeys), { minLength: 16, maxLength: 64 })
	.map((letters) => letters.join(''));

const disguises: ReadonlyArray<(secret: string) => string> = [
	(secret) => secret,
	(secret) => secret.toUpperCase(),
	percentEncoded,
	(secret) => encodeURIComponent(percentEncoded(secret)),
	jsonEscaped,
	(secret) => JSON.stringify(JSON.stringify({ [secret]: secret })),
	(secret) => `Bearer ${secret}`,
	(secret) => `https://h.example/${secret}?key=${secret}`,
	(secret) => Buffer.from(secret).toString('base64'),
	(secret) => Buffer.from(secret).toString('hex'),
];
const disguise = fc.constantFrom(...disguises);
/** Text around a secret, as messages have it. */
const words = fc.oneof(
	fc.string({ maxLength: 12 }),
	fc.constantFrom('', '"', ' ', '=', '%', '\\', '/', 'id: ', 'https://h.example/?a=', '?x=', '&b='),
);

/** Every text in a value, names of members too. */
function textsOf(value: unknown): string[] {
	if (typeof value === 'string') return [value];
	if (typeof value !== 'object' || value === null) return [String(value)];
	return Object.entries(value).flatMap(([name, entry]) => [name, ...textsOf(entry)]);
}

/** Whether a secret can be read in a text, whatever it is disguised as. */
function shows(text: string, secret: string): boolean {
	const forms = [text];
	for (let layers = 0; layers < 3; layers++) {
		const last = forms[forms.length - 1] ?? '';
		forms.push(
			last
				.replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
				.replace(/\\u([0-9a-f]{4})/gi, (_, code: string) =>
					String.fromCharCode(parseInt(code, 16)),
				),
		);
	}
	const hidden = [secret, Buffer.from(secret).toString('base64').slice(0, -4)];
	const inHex = Buffer.from(secret).toString('hex');
	return forms.some((form) =>
		[...hidden, inHex].some((one) => form.toLowerCase().includes(one.toLowerCase())),
	);
}

/** A text with a secret in it, wrapped into objects and arrays. */
function hiddenIn(secret: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
	const text = fc
		.tuple(words, secret, disguise, words)
		.map(([before, one, hide, after]) => before + hide(one) + after);
	const { tree } = fc.letrec((tie) => ({
		tree: fc.oneof(
			{ maxDepth: 4 },
			text,
			fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
			fc.dictionary(
				fc.oneof(text, fc.constantFrom('id', 'error', 'message', 'seed')),
				tie('tree'),
				{
					minKeys: 1,
					maxKeys: 3,
				},
			),
		),
	}));
	return tree;
}

test('no key survives, wherever it is and however it is written', () => {
	fc.assert(
		fc.property(
			anyKey.chain((one) => fc.tuple(fc.constant(one), hiddenIn(fc.constant(one)))),
			([one, value]) => {
				const scrubber = createScrubber(one);
				const shown = [
					...textsOf(scrubber.value(value)),
					...textsOf(value).map((text) => scrubber.text(text)),
				];
				expect(shown.filter((text) => shows(text, one))).toEqual([]);
			},
		),
		{ numRuns: 500 },
	);
});

const digits = (length: number) =>
	fc
		.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length })
		.map((all) => all.join(''));
const letters = fc.stringMatching(/^[A-Za-z0-9]{12,20}$/);
/** Everything private besides the key, by the part of it that must not be seen. */
const others = fc.oneof(
	digits(10).map((secret) => ({ secret, text: `account ${secret}` })),
	letters.map((rest) => ({ secret: `AKLT${rest}`, text: `X-Tos-Credential=AKLT${rest}%2F2026` })),
	letters.map((secret) => ({ secret, text: `X-Tos-Signature=${secret}` })),
	letters.map((secret) => ({ secret, text: `https://b.volces.com/${secret}/v.mp4?a=${secret}` })),
	letters.map((secret) => ({ secret, text: `Request id: ${secret}` })),
	letters.map((secret) => ({ secret, text: `${secret}@mail.example` })),
	letters.map((secret) => ({ secret, text: `tos://bucket/${secret}` })),
	fc.tuple(digits(14), letters).map(([time, rest]) => ({
		secret: `cgt-${time}-${rest}`,
		text: `cgt-${time}-${rest}`,
	})),
);

test('no signature, account, address or id survives', () => {
	const plainOrEncoded = fc.constantFrom<(text: string) => string>(
		(text) => text,
		encodeURIComponent,
		percentEncoded,
		(text) => JSON.stringify({ text }),
	);
	fc.assert(
		fc.property(others, plainOrEncoded, ({ secret, text }, encode) => {
			const scrubber = createScrubber(key);
			const value = { error: { message: `Sorry, ${encode(text)} .` }, items: [encode(text)] };
			for (const shown of textsOf(scrubber.value(value))) {
				expect(shows(shown, secret)).toBe(false);
			}
		}),
		{ numRuns: 500 },
	);
});
