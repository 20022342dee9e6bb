import { createHash } from 'node:crypto';
import { canonicalRequest } from './openApiSignature';
import { startSimulator } from './simulator';
import { dateOf, sendOpenApi, sign, startDate, type OpenApiRequest } from './testOpenApi';
import { requestId, startMs, useSimulator } from './testSimulator';

const setup = useSimulator({ provider: 'bytePlus' });

/** A vector of a third party's tests, whose three digests were computed again from the rules. */
const vector = {
	accessKeyId: 'AKLTTESTACCESSKEY0000000000',
	secretAccessKey: 'TESTSECRETKEY00000000000000000000',
	host: 'ark.ap-southeast-1.byteplusapi.com',
	query: 'Action=CreateAsset&Version=2024-01-01',
	date: '20260328T000000Z',
	body: '{"GroupId":"group-20260328000000-abcde","URL":"https://example.com/image.jpg","AssetType":"Image","ProjectName":"default"}',
	bodySha256: 'b5a2dd4e8b0e2c8ad51f65ab2abffe3969e532308b3a9cf9862cf8e7b71808cb',
	canonicalSha256: '151c2e359d943784b1a3b956b66b749614eef7ac7ed4a8c68eff4a557f67a20a',
	authorization:
		'HMAC-SHA256 Credential=AKLTTESTACCESSKEY0000000000/20260328/ap-southeast-1/ark/request, SignedHeaders=content-type;host;x-content-sha256;x-date, Signature=29dee2fa94d134bfe1686ba080b91a264fb33f4aad7bd7493d994ec1cd341167',
};
const vectorHeaders = {
	Host: vector.host,
	'Content-Type': 'application/json',
	'X-Content-Sha256': vector.bodySha256,
	'X-Date': vector.date,
	Authorization: vector.authorization,
};

const query = 'Action=GetAsset&Version=2024-01-01';
const parts = () => ({
	query,
	body: '{"Id":"asset-1"}',
	host: new URL(setup.simulator.origin).host,
	date: startDate,
	region: 'ap-southeast-1',
	service: 'ark',
	accessKeyId: 'AKSIMULATOR',
	secretAccessKey: 'simulator-secret',
});
const send = async (request: OpenApiRequest) => await sendOpenApi(setup.simulator.origin, request);
const errorOf = (code: string, message: string, region = 'ap-southeast-1') => ({
	ResponseMetadata: {
		RequestId: requestId,
		Action: 'GetAsset',
		Version: '2024-01-01',
		Service: 'ark',
		Region: region,
		Error: { Code: code, Message: message },
	},
});
const passed = (region?: string) =>
	errorOf('NotFound.Asset', 'The project has no asset asset-1.', region);
const mismatch = (reason: string) =>
	errorOf(
		'SignatureDoesNotMatch',
		`The request signature does not match the signature you provided: ${reason}.`,
	);

it('accepts the signature of the vector, and no other secret for it', async () => {
	const { accessKeyId, secretAccessKey } = vector;
	const atVector = { now: () => Date.UTC(2026, 2, 28), provider: 'bytePlus', accessKeyId } as const;
	const codes: unknown[] = [];
	for (const secret of [secretAccessKey, 'another']) {
		const simulator = await startSimulator({ ...atVector, secretAccessKey: secret });
		expect(simulator).toMatchObject({ accessKeyId, secretAccessKey: secret });
		const answer = await sendOpenApi(simulator.origin, { ...vector, headers: vectorHeaders });
		await simulator.close();
		codes.push(answer);
	}
	expect(codes).toMatchObject([
		{ status: 200, data: { ResponseMetadata: { Error: { Code: 'NotFound.AssetGroup' } } } },
		{ status: 401, data: { ResponseMetadata: { Error: { Code: 'SignatureDoesNotMatch' } } } },
	]);
});

it('builds the canonical request of the vector', () => {
	const headers = Object.fromEntries(
		Object.entries(vectorHeaders).map(([name, value]) => [name.toLowerCase(), value]),
	);
	const canonical = canonicalRequest({
		method: 'POST',
		path: '/',
		rawQuery: vector.query,
		headers,
		body: Buffer.from(vector.body),
	});
	expect(createHash('sha256').update(canonical).digest('hex')).toBe(vector.canonicalSha256);
});

it.each([
	['bytePlus', 'ap-southeast-1'],
	['volcengine', 'cn-beijing'],
] as const)('asks %s for region %s', async (provider, region) => {
	const simulator = await startSimulator({
		provider,
		now: () => startMs,
		requestId: () => requestId,
	});
	const { host } = new URL(simulator.origin);
	const answer = await sendOpenApi(simulator.origin, sign({ ...parts(), host, region }));
	const elsewhere = await sendOpenApi(
		simulator.origin,
		sign({ ...parts(), host, region: 'us-east-1' }),
	);
	await simulator.close();
	expect(answer).toEqual({ status: 200, data: passed(region) });
	expect(elsewhere.status).toBe(401);
});

it.each(['powerTokens', 'apiYi'] as const)('is not at %s', async (provider) => {
	const simulator = await startSimulator({ provider, now: () => startMs });
	const { status } = await sendOpenApi(simulator.origin, sign(parts()));
	await simulator.close();
	expect(status).toBe(404);
});

it('records the JSON of a call', async () => {
	await send(sign(parts()));
	expect(setup.simulator.requests).toMatchObject([
		{ method: 'POST', path: '/', url: `/?${query}`, body: { Id: 'asset-1' }, status: 200 },
	]);
});

it.each([-15 * 60_000, 0, 15 * 60_000])('accepts a request that is %d ms off', async (offMs) => {
	const answer = await send(sign({ ...parts(), date: dateOf(startMs + offMs) }));
	expect(answer).toEqual({ status: 200, data: passed() });
});

it('accepts the query in any order', async () => {
	const request = sign(parts());
	const answer = await send({ ...request, query: 'Version=2024-01-01&Action=GetAsset' });
	expect(answer).toEqual({ status: 200, data: passed() });
});

type Parts = ReturnType<typeof parts>;

it.each<readonly [title: string, change: (parts: Parts) => Partial<Parts>, reason: string]>([
	[
		'for another region',
		() => ({ region: 'eu-west-1' }),
		'expected the scope 20261121/ap-southeast-1/ark/request',
	],
	[
		'for another service',
		() => ({ service: 'iam' }),
		'expected the scope 20261121/ap-southeast-1/ark/request',
	],
	[
		'with another secret',
		() => ({ secretAccessKey: 'another' }),
		'check the secret key and the canonical request',
	],
	[
		'for another host',
		() => ({ host: 'example.com' }),
		'check the secret key and the canonical request',
	],
	[
		'for another query',
		() => ({ query: 'Action=ListAssets&Version=2024-01-01' }),
		'check the secret key and the canonical request',
	],
])('refuses a signature %s', async (_, change, reason) => {
	const { headers } = sign({ ...parts(), ...change(parts()) });
	const answer = await send({ ...sign(parts()), headers: { ...headers, Host: parts().host } });
	expect(answer).toEqual({ status: 401, data: mismatch(reason) });
});

const changed = (
	change: (headers: Record<string, string>) => Record<string, string | undefined>,
) => {
	const { headers, ...rest } = sign(parts());
	const merged = { ...headers, ...change({ ...headers }) };
	const present = Object.entries(merged).filter(([, value]) => value !== undefined);
	return { ...rest, headers: Object.fromEntries(present) as Record<string, string> };
};

it.each<readonly [title: string, request: () => OpenApiRequest, status: number, data: unknown]>([
	[
		'without a signature',
		() => changed(() => ({ Authorization: undefined })),
		401,
		errorOf('MissingAuthenticationToken', 'The request is not signed.'),
	],
	[
		'with an API key',
		() => changed(() => ({ Authorization: 'Bearer simulator-key' })),
		401,
		errorOf('MissingSignature', 'The Authorization header has another form.'),
	],
	[
		'with another access key',
		() => sign({ ...parts(), accessKeyId: 'AKOTHER' }),
		401,
		errorOf('InvalidAccessKey', 'The access key is not known.'),
	],
	[
		'that is too old',
		() => sign({ ...parts(), date: dateOf(startMs - 15 * 60_000 - 1000) }),
		400,
		errorOf('InvalidTimestamp', 'X-Date is not of the last 15 minutes.'),
	],
	[
		'that is from the future',
		() => sign({ ...parts(), date: dateOf(startMs + 15 * 60_000 + 1000) }),
		400,
		errorOf('InvalidTimestamp', 'X-Date is not of the last 15 minutes.'),
	],
	[
		'with a date in another form',
		() => changed(() => ({ 'X-Date': '2026-11-21T00:00:00Z' })),
		400,
		errorOf('InvalidTimestamp', 'X-Date is not of the last 15 minutes.'),
	],
	[
		'without a date',
		() => changed(() => ({ 'X-Date': undefined })),
		401,
		mismatch('expected the header x-date'),
	],
	[
		'with fewer signed headers',
		() =>
			changed(({ Authorization = '' }) => ({
				Authorization: Authorization.replace('content-type;', ''),
			})),
		401,
		mismatch('expected the signed headers content-type;host;x-content-sha256;x-date'),
	],
	[
		'with another body',
		() => ({ ...sign(parts()), body: '{"Id":"asset-2"}' }),
		401,
		mismatch('X-Content-Sha256 is not that of the body'),
	],
	[
		'with another type',
		() => changed(() => ({ 'Content-Type': 'application/json; charset=utf-8' })),
		401,
		mismatch('check the secret key and the canonical request'),
	],
])('refuses a request %s', async (_, request, status, data) => {
	expect(await send(request())).toEqual({ status, data });
});

it.each<readonly [query: string, status: number, code: string]>([
	['Version=2024-01-01', 400, 'MissingParameter'],
	['Action=GetAsset', 400, 'MissingParameter'],
	['Action=GetAsset&Version=2018-01-01', 404, 'InvalidActionOrVersion'],
	['Action=toString&Version=2024-01-01', 404, 'InvalidActionOrVersion'],
])('refuses the query %s', async (asked, status, code) => {
	expect(await send(sign({ ...parts(), query: asked }))).toMatchObject({
		status,
		data: { ResponseMetadata: { Error: { Code: code } } },
	});
});

it('refuses a body that is not an object', async () => {
	const answer = await send(sign({ ...parts(), body: '[]' }));
	const data = errorOf('InvalidParameter', 'The body is no JSON object.');
	expect(answer).toEqual({ status: 200, data });
});
