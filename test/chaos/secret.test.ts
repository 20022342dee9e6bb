import { Draw } from './draw';
import { hasSecret, secretOf } from './secret';

const { apiKey, echoes, needles } = secretOf(new Draw(1));

test.each([
	['raw', apiKey],
	['as JSON', JSON.stringify({ key: apiKey })],
	['as JSON in JSON', JSON.stringify({ body: JSON.stringify({ key: apiKey }) })],
	['in a URL', encodeURIComponent(apiKey)],
	['in upper case hexadecimal', Buffer.from(apiKey).toString('hex').toUpperCase()],
	['in base64url', Buffer.from(apiKey).toString('base64url')],
	['cut off', apiKey.slice(0, 30)],
	...['', 'a', 'ab'].map((user) => [
		`in base64 behind "${user}:"`,
		Buffer.from(`${user}:${apiKey}:`).toString('base64'),
	]),
	...echoes.map((echo) => ['as the provider sends it back', echo]),
])('the key is found %s', (_, text) => {
	expect(hasSecret(`before ${text} behind`, needles)).toBe(true);
});

test('another key is not found', () => {
	expect(hasSecret(secretOf(new Draw(2)).apiKey, needles)).toBe(false);
	expect(hasSecret('Wrong key ***, request-7-***', needles)).toBe(false);
});
