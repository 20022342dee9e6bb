import axios from 'axios';
import { providerNames, type ProviderName } from './providers';
import { errorBody, textRequest, useSimulator } from './testSimulator';

interface Expected {
	readonly basePath: string;
	readonly bareKey: boolean;
	readonly v20: string;
	readonly sold: readonly string[];
	readonly resolutions: string;
	readonly endpointIds: boolean;
	readonly flex: readonly string[];
	readonly webSearch: boolean;
	readonly shown: string;
}

const suffixes = {
	v25: 'seedance-2-5-260628',
	v20: 'seedance-2-0-260128',
	v20Fast: 'seedance-2-0-fast-260128',
	v20Mini: 'seedance-2-0-mini-260615',
	v15: 'seedance-1-5-pro-251215',
	v10: 'seedance-1-0-pro-250528',
	v10Fast: 'seedance-1-0-pro-fast-251015',
	liteText: 'seedance-1-0-lite-t2v-250428',
	liteImage: 'seedance-1-0-lite-i2v-250428',
} as const;
const ids = (prefix: string, ...keys: ReadonlyArray<keyof typeof suffixes>) =>
	keys.map((key) => prefix + suffixes[key]);

const dreamina = ids('dreamina-', 'v25', 'v20', 'v20Fast', 'v20Mini');
const plain = ids('', 'v10', 'v10Fast');
const v15 = ids('', 'v15');
const lite = ids('', 'liteText', 'liteImage');
const doubao = Object.values(suffixes).map((suffix) => `doubao-${suffix}`);
const everyId = [
	...['', 'dreamina-', 'doubao-'].flatMap((prefix) =>
		Object.values(suffixes).map((suffix) => prefix + suffix),
	),
];

const bytePlus: Expected = {
	basePath: '/api/v3',
	bareKey: false,
	v20: 'dreamina-seedance-2-0-260128',
	sold: [...dreamina, ...plain, ...lite],
	resolutions: '480p, 720p, 1080p, 4k',
	endpointIds: true,
	flex: [...plain, ...lite],
	webSearch: false,
	shown: 'dreamina-seedance-2-0-260128',
};

const expectedOf: Readonly<Record<ProviderName, Expected>> = {
	powerTokens: {
		...bytePlus,
		basePath: '/byteplus/api/v3',
		bareKey: true,
		sold: [...dreamina, ...v15, ...plain],
		resolutions: '480p, 720p, 1080p',
		flex: [],
		shown: 'doubao-seedance-2-0-260128',
	},
	apiYi: {
		basePath: '/seedance/api/v3',
		bareKey: false,
		v20: 'doubao-seedance-2-0-260128',
		sold: ids('doubao-', 'v25', 'v20', 'v20Fast', 'v20Mini'),
		resolutions: '480p, 720p, 1080p',
		endpointIds: false,
		flex: [],
		webSearch: false,
		shown: 'doubao-seedance-2-0-260128',
	},
	bytePlus,
	volcengine: {
		...bytePlus,
		v20: 'doubao-seedance-2-0-260128',
		sold: doubao,
		flex: ids('doubao-', 'v15', 'v10', 'v10Fast', 'liteText', 'liteImage'),
		webSearch: true,
		shown: 'doubao-seedance-2-0-260128',
	},
};

const image = { type: 'image_url', image_url: { url: 'asset://a' } };
const text = { type: 'text', text: 'A cat' };

describe.each(providerNames)('%s', (provider) => {
	const setup = useSimulator({ provider });
	const expected = expectedOf[provider];
	const post = async (fields: Record<string, unknown>) =>
		await setup.tasks.post('', textRequest({ model: expected.v20, ...fields }));
	const refusal = (param: string, expectation: string) => ({
		status: 400,
		data: errorBody(
			'InvalidParameter',
			`The parameter \`${param}\` is not valid: expected ${expectation}.`,
			param,
		),
	});
	const notFound = {
		status: 404,
		data: errorBody(
			'InvalidEndpointOrModel.NotFound',
			'The model or endpoint does not exist or you do not have access to it.',
			'model',
			'NotFound',
		),
	};

	it('is where its documents say', () => {
		expect(setup.simulator).toMatchObject({
			provider,
			officialBasePath: expected.basePath,
			openAiBasePath: provider === 'powerTokens' ? '/v1' : undefined,
		});
	});

	it.each([
		['Bearer', true],
		['', expected.bareKey],
	])('accepts the key after %j: %j', async (scheme, taken) => {
		const { origin, apiKey } = setup.simulator;
		const { status } = await axios.get(`${origin}${expected.basePath}/contents/generations/tasks`, {
			headers: { Authorization: `${scheme} ${apiKey}`.trim(), 'Accept-Encoding': 'identity' },
			validateStatus: () => true,
		});
		expect(status).toBe(taken ? 200 : 401);
	});

	it.each(everyId)('sells %s or does not know it', async (model) => {
		const content = model.includes('i2v') ? [text, image] : [text];
		const answer = await post({ model, content });
		if (expected.sold.includes(model)) expect(answer.status).toBe(200);
		else expect(answer).toMatchObject(notFound);
	});

	it('accepts endpoint IDs only where the provider does', async () => {
		const answer = await post({ model: 'ep-20260101-abcde', resolution: '480p' });
		if (expected.endpointIds) expect(answer.status).toBe(200);
		else expect(answer).toMatchObject(notFound);
	});

	it.each(['2k', '4k'])('accepts %s where it is sold', async (resolution) => {
		const models = [expected.v20, ...(expected.endpointIds ? ['ep-1'] : [])];
		for (const model of models) {
			const answer = await post({ model, resolution });
			if (expected.resolutions.includes(resolution)) expect(answer.status).toBe(200);
			else {
				expect(answer).toMatchObject(refusal('resolution', `one of ${expected.resolutions}`));
			}
		}
		const answer = await post({
			model: expected.sold.find((id) => id.includes('fast')),
			resolution,
		});
		expect(answer).toMatchObject(refusal('resolution', 'one of 480p, 720p'));
	});

	it.each(expected.sold)('accepts service_tier on %s where the model has it', async (model) => {
		const content = model.includes('i2v') ? [text, image] : [text];
		const flex = await post({ model, content, service_tier: 'flex' });
		const byDefault = await post({ model, content, service_tier: 'default' });
		if (expected.flex.includes(model)) {
			expect([flex.status, byDefault.status]).toEqual([200, 200]);
			const { data } = await setup.tasks.get(flex.data.id);
			expect(data).toMatchObject({ service_tier: 'flex' });
			const listed = await setup.tasks.get('', { params: { 'filter.service_tier': 'flex' } });
			expect(listed.data).toMatchObject({ total: 1, items: [{ id: flex.data.id }] });
			return;
		}
		expect(flex.status).toBe(400);
		expect(flex.data.error.param).toBe('service_tier');
		expect(byDefault.status).toBe([...v15, ...plain].includes(model) ? 200 : 400);
	});

	it('searches the web or does not', async () => {
		const tools = [{ type: 'web_search' }];
		const answer = await post({ tools });
		if (!expected.webSearch) {
			const need = 'no tool, as web_search is not available here';
			expect(answer).toMatchObject(refusal('tools', need));
			return;
		}
		setup.pass(10_000);
		expect((await setup.tasks.get(answer.data.id)).data).toMatchObject({
			tools,
			usage: { tool_usage: { web_search: 1 } },
		});
		const needsNone = refusal('tools', 'no web_search along with media');
		expect(await post({ tools, content: [text, image] })).toMatchObject(needsNone);
		const otherTool = refusal('tools[0].type', 'web_search');
		expect(await post({ tools: [{ type: 'mcp' }] })).toMatchObject(otherTool);
		expect(await post({ tools: ['web_search'] })).toMatchObject(refusal('tools[0]', 'an object'));
		for (const model of ids('doubao-', 'v25', 'v20Fast', 'v20Mini')) {
			expect((await post({ model, tools })).status).toBe(200);
		}
		for (const model of ids('doubao-', 'v15', 'v10', 'liteText')) {
			expect((await post({ model, tools })).data.error).toMatchObject({
				code: 'InvalidParameter.UnsupportedParameter',
				param: 'tools',
			});
		}
	});

	it('shows in a task the model under its own name', async () => {
		const { data } = await post({});
		expect((await setup.tasks.get(data.id)).data.model).toBe(expected.shown);
		for (const name of [expected.v20, expected.shown]) {
			const listed = await setup.tasks.get('', { params: { 'filter.model': name } });
			expect(listed.data.total).toBe(1);
		}
	});
});

describe('offline inference', () => {
	const setup = useSimulator({ provider: 'volcengine' });

	it.each([
		[{ service_tier: 'fast' }, 'service_tier', 'one of default, flex'],
		[{ service_tier: 'flex', draft: true }, 'service_tier', 'default for a draft'],
		[
			{ model: 'ep-1', service_tier: 'flex', priority: 0 },
			'priority',
			'no value in the service tier flex',
		],
	])('refuses %j', async (fields, param, expectation) => {
		const { status, data } = await setup.tasks.post(
			'',
			textRequest({ model: `doubao-${suffixes.v15}`, ...fields }),
		);
		expect(data).toEqual(
			errorBody(
				'InvalidParameter',
				`The parameter \`${param}\` is not valid: expected ${expectation}.`,
				param,
			),
		);
		expect(status).toBe(400);
	});
});
