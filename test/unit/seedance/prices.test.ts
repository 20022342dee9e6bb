import { readCredential } from '../../../nodes/Seedance/panel/credential';
import { readCreateRequest } from '../../../nodes/Seedance/panel/createRequest';
import {
	costOf,
	estimatedCost,
	listPrices,
	priceOf,
} from '../../../nodes/Seedance/seedance/prices';
import { modelFamilies, resolutions } from '../../../nodes/Seedance/seedance/models';
import { providers } from '../../../nodes/Seedance/seedance/providers';
import { estimateTokens } from '../../../nodes/Seedance/seedance/tokens';
import { taskOf } from '../given';

function priced(
	provider: string,
	parameters: object,
	ownPrice?: number,
	made?: Parameters<typeof priceOf>[3],
) {
	const connection = readCredential({ apiKey: 'k', provider, baseUrl: 'https://h/v3' }).value;
	const defaults = { model: 'seedance-2-0', prompt: 'x', resolution: '720p', ratio: '16:9' };
	const stored = { duration: 5, ...defaults, ...parameters };
	if (connection === undefined) throw new Error('No connection');
	const { value, issues } = readCreateRequest(stored, connection);
	if (value === undefined) throw new Error(JSON.stringify(issues));
	const { request } = value;
	const price = priceOf(connection.provider, request, ownPrice, made);
	return { price, estimate: estimateTokens(request) };
}

const withVideo = {
	mode: 'reference',
	references: { reference: [{ type: 'video', source: 'url', value: 'https://h/v.mp4' }] },
};
const pro15 = { model: 'custom', modelId: 'seedance-1-5-pro-251215' };
const list = (amount: number, currency = 'USD', unit = 'millionTokens') => ({
	...{ amount, currency, unit },
	month: '2026-10',
});

describe('the list price', () => {
	// Source: third-party lists of 2026-10 (BytePlus, Volcengine); github PowerTokens/video-studio 1.12.
	test.each<[string, object, object | undefined]>([
		['bytePlus', {}, list(7)],
		['bytePlus', withVideo, list(4.3)],
		['bytePlus', { resolution: '1080p' }, list(7.7)],
		['bytePlus', { ...withVideo, resolution: '1080p' }, list(4.7)],
		['bytePlus', { resolution: '4k' }, list(4)],
		['bytePlus', { ...withVideo, resolution: '4k' }, list(2.4)],
		['bytePlus', { model: 'seedance-2-5' }, list(10.7)],
		['bytePlus', { model: 'seedance-2-5', ...withVideo }, list(6.4)],
		['bytePlus', { model: 'seedance-2-5', resolution: '1080p' }, list(11.7)],
		['bytePlus', { model: 'seedance-2-5', ...withVideo, resolution: '1080p' }, list(7)],
		['bytePlus', { model: 'seedance-2-0-fast' }, list(5.6)],
		['bytePlus', { model: 'seedance-2-0-fast', ...withVideo }, list(3.3)],
		['bytePlus', { model: 'seedance-2-0-mini' }, list(3.5)],
		['bytePlus', { model: 'seedance-2-0-mini', ...withVideo }, list(2.1)],
		// Not offered any more; a full ID is sent as it is.
		['bytePlus', pro15, list(2.4)],
		['bytePlus', { ...pro15, generateAudio: true }, list(2.4)],
		['bytePlus', { ...pro15, generateAudio: false }, list(1.2)],
		['bytePlus', { model: 'seedance-1-0-pro', resolution: '' }, list(2.5)],
		['bytePlus', { model: 'seedance-1-0-pro-fast' }, list(1)],
		['bytePlus', { model: 'seedance-1-0-lite' }, list(1.8)],
		['bytePlus', { model: 'seedance-1-0-lite', options: { serviceTier: 'flex' } }, list(0.9)],
		['volcengine', {}, list(46, 'CNY')],
		['volcengine', withVideo, list(28, 'CNY')],
		['volcengine', { model: 'seedance-2-5' }, list(70, 'CNY')],
		['volcengine', { model: 'seedance-2-5', ...withVideo }, list(42, 'CNY')],
		['volcengine', { model: 'seedance-2-0-fast' }, list(37, 'CNY')],
		['volcengine', { model: 'seedance-2-0-fast', ...withVideo }, list(22, 'CNY')],
		['powerTokens', { model: 'seedance-2-5', resolution: '480p' }, list(0.105, 'USD', 'second')],
		['powerTokens', { model: 'seedance-2-5' }, list(0.232, 'USD', 'second')],
		['powerTokens', { model: 'seedance-2-5', resolution: '1080p' }, list(0.569, 'USD', 'second')],
		// Nothing is known of these.
		['powerTokens', { model: 'seedance-2-5', ...withVideo }, undefined],
		[
			'powerTokens',
			{ model: 'seedance-2-5', resolution: '480p', options: { draft: true } },
			undefined,
		],
		['powerTokens', {}, undefined],
		['volcengine', { resolution: '1080p' }, undefined],
		['volcengine', { resolution: '4k' }, undefined],
		['volcengine', { model: 'seedance-2-0-mini' }, undefined],
		['volcengine', { model: 'seedance-1-5-pro' }, undefined],
		['apiYi', {}, undefined],
		['custom', {}, undefined],
		['bytePlus', { model: 'ep-20260101-abcde' }, undefined],
		['bytePlus', { options: { extraBody: { resolution: '1080p' } } }, undefined],
		['bytePlus', { ...pro15, mode: 'draftTask', draftTaskId: 'cgt-1' }, undefined],
	])('%s %j', (provider, parameters, price) => {
		expect(priced(provider, parameters).price).toEqual(price);
	});

	test('of a finished video is that of the resolution that it has', () => {
		expect(priced('bytePlus', {}, undefined, { resolution: '1080p' }).price).toEqual(list(7.7));
	});

	test('is that of the tier that the provider has assigned', () => {
		const flex = { model: 'seedance-1-0-lite', options: { serviceTier: 'flex' } };
		expect(priced('bytePlus', flex).price).toEqual(list(0.9));
		expect(priced('bytePlus', flex, undefined, { tier: 'default' }).price).toEqual(list(1.8));
	});

	test('is there once for each case', () => {
		for (const { value: provider } of providers) {
			for (const { value: family } of modelFamilies) {
				for (const resolution of resolutions) {
					for (const [video, sound] of [0, 1, 2, 3].map((bits) => [bits > 1, bits % 2 === 1])) {
						const rows = listPrices.filter(
							(row) =>
								row.provider === provider &&
								row.family === family &&
								(row.resolutions?.includes(resolution) ?? true) &&
								(row.hasVideoInput ?? video) === video &&
								(row.hasSound ?? sound) === sound,
						);
						expect(rows.length).toBeLessThan(2);
					}
				}
			}
		}
	});

	test('has its source and its month', () => {
		for (const { source, month, amount } of listPrices) {
			expect(source).not.toBe('');
			expect(month).toMatch(/^20\d\d-(0[1-9]|1[0-2])$/);
			expect(amount).toBeGreaterThan(0);
		}
	});
});

describe("the user's own price", () => {
	test.each([
		['bytePlus', 'USD'],
		['volcengine', 'CNY'],
		['powerTokens', 'USD'],
		['apiYi', undefined],
		['custom', undefined],
	])('%s: takes the place of the list, in its currency', (provider, currency) => {
		const own = { amount: 3.21, unit: 'millionTokens', currency, month: undefined };
		expect(priced(provider, {}, 3.21).price).toEqual(own);
		expect(priced(provider, { resolution: '' }, 3.21).price).toEqual(own);
	});

	test('also counts where the node knows nothing of the model, and for flex as it is', () => {
		expect(priced('bytePlus', { model: 'ep-20260101-abcde' }, 5).price?.amount).toBe(5);
		const flex = { model: 'seedance-1-0-pro', options: { serviceTier: 'flex' } };
		expect(priced('bytePlus', flex, 5).price?.amount).toBe(5);
	});
});

describe('the cost', () => {
	test.each<[string, object, number | undefined, object | undefined]>([
		['bytePlus', {}, undefined, { amount: 0.7623, currency: 'USD', month: '2026-10' }],
		['bytePlus', {}, 3.21, { amount: 0.349569, currency: 'USD', month: undefined }],
		[
			'powerTokens',
			{ model: 'seedance-2-5', duration: 7 },
			undefined,
			{ amount: 1.624, currency: 'USD', month: '2026-10' },
		],
	])('%s %j: is estimated', (provider, parameters, own, cost) => {
		const { price, estimate } = priced(provider, parameters, own);
		expect(price && estimate && estimatedCost(estimate, price)).toEqual(cost);
	});

	test.each<[string, object, object, number | undefined]>([
		['bytePlus', {}, { totalTokens: 108_900 }, 0.7623],
		['bytePlus', {}, { totalTokens: 0 }, 0],
		['bytePlus', {}, { durationSeconds: 5 }, undefined],
		['powerTokens', { model: 'seedance-2-5' }, { durationSeconds: 5, totalTokens: 1 }, 1.16],
		['powerTokens', { model: 'seedance-2-5' }, { totalTokens: 108_900 }, undefined],
	])('%s %j: of a task with %j', (provider, parameters, used, amount) => {
		const { price } = priced(provider, parameters);
		expect(price && costOf(taskOf('cgt-1', 'succeeded', used), price)?.amount).toBe(amount);
	});
});
