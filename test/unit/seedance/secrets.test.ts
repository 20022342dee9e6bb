import { scrubberOf } from '../../../nodes/Seedance/seedance/secrets';

const key = 'sk-"a1\\b2/c3+d4=&<e5>?f6';
const scrub = scrubberOf([key, 'second-secret']);
const base64 = (text: string) => Buffer.from(text).toString('base64');
const json = (text: string) => JSON.stringify(text).slice(1, -1);

test.each([
	['as it is', key],
	['in base64', base64(key)],
	['in base64 for URLs', Buffer.from(key).toString('base64url')],
	['in hex', Buffer.from(key).toString('hex')],
	['in hex in upper case', Buffer.from(key).toString('hex').toUpperCase()],
	...['\n', '\r\n', '\\n', '\\r\\n', '%0D%0A'].map((lineBreak) => [
		`in base64 with ${JSON.stringify(lineBreak)}`,
		base64(key).replace(/.{10}/g, `$&${lineBreak}`),
	]),
	['as the password of Basic', base64(`user:${key}`)],
	['as the user of Basic', base64(`${key}:`)],
	['as Bearer in base64', base64(`Bearer ${key}`)],
	['in base64, URL-encoded', encodeURIComponent(base64(`x${key}y`))],
	['URL-encoded', encodeURIComponent(key)],
	['URL-encoded in lower case', encodeURIComponent(key).toLowerCase()],
	['URL-encoded twice', encodeURIComponent(encodeURIComponent(key))],
	['escaped for JSON', json(key)],
	['escaped for JSON twice', json(json(key))],
	['escaped for JSON with slashes', json(key).replaceAll('/', '\\/')],
	[
		'escaped for JSON by numbers',
		key.replace(/[^a-z0-9]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`),
	],
	[
		'escaped for HTML',
		key.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;').replace(/>/g, '&gt;'),
	],
	['in numbers of HTML', key.replace(/["&<>]/g, (c) => `&#${c.charCodeAt(0)};`)],
])('a secret %s is replaced', (_, form) => {
	// What stands beside the secret in base64 remains.
	expect(scrub(`before ${form} after`)).toMatch(/^before \w{0,9}\*\*\*\w{0,2}=*(%3D)* after$/);
	expect(scrub({ [form]: [{ message: `Wrong key: ${form}` }] })).toEqual({
		[String(scrub(form))]: [{ message: `Wrong key: ${String(scrub(form))}` }],
	});
});

test('every secret is replaced wherever it is, and nothing else', () => {
	expect(scrub(['second-secret and second-secret', 7, true, null, undefined, 'cgt-1'])).toEqual([
		'*** and ***',
		...[7, true, null, undefined, 'cgt-1'],
	]);
	expect(scrubberOf(['12345678'])({ id: 123_456_789, other: 1234 })).toEqual({
		id: '***',
		other: 1234,
	});
	expect(scrubberOf([])(key)).toBe(key);
});

test('a long answer takes no long time', () => {
	const text = '\\"'.repeat(500_000) + 'QUFB'.repeat(500_000);
	const startedAtMs = performance.now();
	scrub(text);
	expect(performance.now() - startedAtMs).toBeLessThan(2_000);
});
