import type { IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';
import { requestFile } from '../../../nodes/Seedance/n8n/fileRequest';
import type { Reach } from '../../../nodes/Seedance/seedance/address';
import { endingOf, FakeClock } from '../fakeClock';

interface Answer {
	readonly statusCode: number;
	readonly headers?: Readonly<Record<string, string>>;
}

/** n8n's HTTP helper, which answers each URL as the test says, or never. */
function given(answers: Readonly<Record<string, Answer>>) {
	const requests: IHttpRequestOptions[] = [];
	const body = { destroy: () => {} };
	const httpRequest = async (options: IHttpRequestOptions) => {
		requests.push(options);
		const answer = answers[options.url];
		return answer === undefined ? await new Promise(() => {}) : { headers: {}, body, ...answer };
	};
	const clock = new FakeClock();
	const context = { helpers: { httpRequest } } as unknown as IExecuteFunctions;
	const fetch = (url: string, namedBy: Reach) =>
		endingOf(clock, requestFile(context, clock, { label: 'video', url, namedBy, headers: {} }));
	return { clock, fetch, requests };
}

const to = (location: string): Answer => ({ statusCode: 302, headers: { location } });
const file: Answer = { statusCode: 200 };
const refusal = (address: string) => ({
	failure: { kind: 'downloadAddressRefused', values: { file: 'video', address } },
});

test.each([
	['private', 'http://127.0.0.1:9/a', '127.0.0.1:9'],
	['private', 'https://[fd00:ec2::254]/a', '[fd00:ec2::254]'],
	['private', 'http://169.254.169.254/latest', '169.254.169.254'],
	['private', 'http://localhost/a', 'localhost'],
	['loopback', 'file:///etc/passwd', 'file://'],
	['loopback', 'data:video/mp4;base64,AA', 'data://'],
	['loopback', 'not a URL', 'not a URL'],
] as const)('named by a %s host, %s is not fetched', async (namedBy, url, address) => {
	const { clock, fetch, requests } = given({});
	const ending = fetch(url, namedBy);
	await clock.advance(0);
	expect(ending).toMatchObject(refusal(address));
	expect(requests).toEqual([]);
});

test.each([
	['http://10.0.0.1/', '10.0.0.1'],
	['http://127.0.0.1/', '127.0.0.1'],
	['http://ai/', 'ai'],
	['ftp://example.com/', 'ftp://'],
	['file:///etc/passwd', 'file://'],
])('a redirect of a public host to %s is not followed', async (location, address) => {
	const { clock, fetch, requests } = given({ 'https://cdn.example/v': to(location) });
	const ending = fetch('https://cdn.example/v', 'loopback');
	await clock.advance(0);
	expect(ending).toMatchObject(refusal(address));
	expect(requests).toHaveLength(1);
});

test('redirects between hosts outside, and from inside, are followed by requests of their own', async () => {
	const { clock, fetch, requests } = given({
		'http://127.0.0.1:9/v': to('http://127.0.0.1:8/v'),
		'http://127.0.0.1:8/v': to('https://cdn.example/v'),
		'https://cdn.example/v': to('/w'),
		'https://cdn.example/w': file,
	});
	const ending = fetch('http://127.0.0.1:9/v', 'loopback');
	await clock.advance(0);
	expect(ending.value).toMatchObject({ httpStatus: 200 });
	expect(requests.every(({ disableFollowRedirect }) => disableFollowRedirect === true)).toBe(true);
	expect(requests).toHaveLength(4);
});

test('redirects without an end are not followed for ever', async () => {
	const { clock, fetch, requests } = given({ 'https://a.example/': to('https://a.example/') });
	const ending = fetch('https://a.example/', 'private');
	await clock.advance(0);
	expect(ending).toMatchObject({ failure: { kind: 'downloadAddressRefused' } });
	expect(requests).toHaveLength(6);
});

test('headers that do not come in half a minute are not awaited, nor after a stop', async () => {
	const { clock, fetch, requests } = given({});
	const ending = fetch('https://a.example/', 'private');
	await clock.advance(30_000);
	expect(ending).toMatchObject({ failure: { kind: 'downloadIncomplete' }, atMs: 30_000 });
	expect(requests[0]?.abortSignal?.aborted).toBe(true);
	const stoppedEnding = fetch('https://a.example/', 'private');
	await clock.advance(1_000);
	clock.stop();
	await clock.advance(0);
	expect(stoppedEnding).toMatchObject({ failure: { kind: 'stopped' }, atMs: 31_000 });
});
