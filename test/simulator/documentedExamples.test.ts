import axios from 'axios';
import examples from './documentedExamples.json';
import { providerNames } from './providers';
import { useSimulator } from './testSimulator';

// Source: PowerTokens quick start, API Quick Reference (the Fast version accepts the same bodies).
const fastExamples = examples
	.filter(({ source, path }) => source === 'PowerTokens quick start' && path === '/v1/videos')
	.map((example) => ({
		...example,
		source: `${example.source}, Fast`,
		body: { ...example.body, model: 'dreamina-seedance-2-0-fast-260128' },
	}));

const all = [...examples, ...fastExamples];

it('has the examples of every document', () => {
	const counts: Record<string, number> = {};
	for (const { source } of examples) counts[source] = (counts[source] ?? 0) + 1;
	expect(counts).toEqual({
		'PowerTokens quick start': 12,
		'PowerTokens Seedance 2.0 text-to-video reference': 1,
		'PowerTokens create reference': 1,
		'PowerTokens POST /v1/videos for Seedance 1.x': 1,
		'APIYI API reference': 2,
	});
});

describe.each(providerNames)('%s', (provider) => {
	const setup = useSimulator({ provider });
	const own = all.filter((example) => example.provider === provider);
	if (own.length === 0) {
		it('knows none of the paths of the documents', async () => {
			for (const path of new Set(all.map((example) => example.path))) {
				const { status } = await axios.post(setup.simulator.origin + path, undefined, {
					validateStatus: () => true,
				});
				expect(status).toBe(404);
			}
		});
		return;
	}

	it.each(own)('accepts $source: $path $body.model', async ({ path, body }) => {
		const { status, data } = await axios.post(setup.simulator.origin + path, body, {
			headers: {
				Authorization: `Bearer ${setup.simulator.apiKey}`,
				'Accept-Encoding': 'identity',
			},
			validateStatus: () => true,
		});
		expect(data).toEqual(expect.objectContaining({ id: expect.stringMatching(/^cgt-/) }));
		expect(status).toBe(200);
		expect(setup.simulator.tasks).toMatchObject([{ id: data.id, model: body.model }]);
	});
});
