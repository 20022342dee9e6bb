import type { ModelFamilyValue, Resolution } from './models';
import type { Provider } from './providers/provider';
import type { UnsentRequest } from './request';
import type { Task } from './task';
import { overridesCost, resolutionOf, type TokenEstimate } from './tokens';
import { withoutNoise } from './values';

/** What an amount of a price is for. */
type PriceUnit = 'millionTokens' | 'second';

/** Where prices were read, and when. */
interface PriceList {
	readonly provider: Provider['value'];
	readonly currency: string;
	/** The month in which the prices were read. */
	readonly month: string;
	readonly source: string;
}

/** The price of a model's videos; a condition that is absent makes no difference. */
interface ListPrice extends PriceList {
	readonly family: ModelFamilyValue;
	readonly resolutions?: readonly Resolution[];
	readonly hasVideoInput?: boolean;
	readonly hasSound?: boolean;
	readonly isDraft?: boolean;
	readonly unit: PriceUnit;
	readonly amount: number;
}

const bytePlus = {
	provider: 'bytePlus',
	currency: 'USD',
	month: '2026-10',
	source:
		'third-party lists of the prices in the ModelArk console; Volcengine docs 1544106 (what the price depends on)',
	unit: 'millionTokens',
} as const satisfies PriceList & Pick<ListPrice, 'unit'>;

// 1080p and 4k have prices of their own at BytePlus, and those of Volcengine are not known.
const volcengine = {
	provider: 'volcengine',
	currency: 'CNY',
	month: '2026-10',
	source:
		'third-party lists of the prices in the Ark console; Volcengine docs 1544106 (what the price depends on)',
	unit: 'millionTokens',
	resolutions: ['480p', '720p'],
} as const satisfies PriceList & Pick<ListPrice, 'unit' | 'resolutions'>;

// Whether input video counts, and whether a draft costs less, is not known.
const powerTokens = {
	provider: 'powerTokens',
	currency: 'USD',
	month: '2026-10',
	source: 'github PowerTokens/video-studio 1.12',
	unit: 'second',
	hasVideoInput: false,
	isDraft: false,
} as const satisfies PriceList & Partial<ListPrice>;

const video = { hasVideoInput: true } as const;
const noVideo = { hasVideoInput: false } as const;
const upTo720p = { resolutions: ['480p', '720p'] } as const;
const at = (resolution: Resolution) => ({ resolutions: [resolution] });

/** Every list price that is known. What is not in it has no price: a wrong one is worse than none. */
export const listPrices: readonly ListPrice[] = [
	{ ...bytePlus, family: 'seedance-2-5', ...upTo720p, ...noVideo, amount: 10.7 },
	{ ...bytePlus, family: 'seedance-2-5', ...upTo720p, ...video, amount: 6.4 },
	{ ...bytePlus, family: 'seedance-2-5', ...at('1080p'), ...noVideo, amount: 11.7 },
	{ ...bytePlus, family: 'seedance-2-5', ...at('1080p'), ...video, amount: 7 },
	{ ...bytePlus, family: 'seedance-2-0', ...upTo720p, ...noVideo, amount: 7 },
	{ ...bytePlus, family: 'seedance-2-0', ...upTo720p, ...video, amount: 4.3 },
	{ ...bytePlus, family: 'seedance-2-0', ...at('1080p'), ...noVideo, amount: 7.7 },
	{ ...bytePlus, family: 'seedance-2-0', ...at('1080p'), ...video, amount: 4.7 },
	{ ...bytePlus, family: 'seedance-2-0', ...at('4k'), ...noVideo, amount: 4 },
	{ ...bytePlus, family: 'seedance-2-0', ...at('4k'), ...video, amount: 2.4 },
	{ ...bytePlus, family: 'seedance-2-0-fast', ...noVideo, amount: 5.6 },
	{ ...bytePlus, family: 'seedance-2-0-fast', ...video, amount: 3.3 },
	{ ...bytePlus, family: 'seedance-2-0-mini', ...noVideo, amount: 3.5 },
	{ ...bytePlus, family: 'seedance-2-0-mini', ...video, amount: 2.1 },
	{ ...bytePlus, family: 'seedance-1-5-pro', hasSound: true, amount: 2.4 },
	{ ...bytePlus, family: 'seedance-1-5-pro', hasSound: false, amount: 1.2 },
	{ ...bytePlus, family: 'seedance-1-0-pro', amount: 2.5 },
	{ ...bytePlus, family: 'seedance-1-0-pro-fast', amount: 1 },
	{ ...bytePlus, family: 'seedance-1-0-lite', amount: 1.8 },
	{ ...volcengine, family: 'seedance-2-5', ...noVideo, amount: 70 },
	{ ...volcengine, family: 'seedance-2-5', ...video, amount: 42 },
	{ ...volcengine, family: 'seedance-2-0', ...noVideo, amount: 46 },
	{ ...volcengine, family: 'seedance-2-0', ...video, amount: 28 },
	{ ...volcengine, family: 'seedance-2-0-fast', ...noVideo, amount: 37 },
	{ ...volcengine, family: 'seedance-2-0-fast', ...video, amount: 22 },
	{ ...powerTokens, family: 'seedance-2-5', ...at('480p'), amount: 0.105 },
	{ ...powerTokens, family: 'seedance-2-5', ...at('720p'), amount: 0.232 },
	{ ...powerTokens, family: 'seedance-2-5', ...at('1080p'), amount: 0.569 },
];

/** Source: PowerTokens API reference, POST /byteplus/api/v3/contents/generations/tasks, service_tier (50 % of online inference). */
const flexFactor = 0.5;

/** What a video is charged by. */
export interface Price {
	readonly amount: number;
	readonly unit: PriceUnit;
	/** Undefined where the currency of the provider is not known. */
	readonly currency: string | undefined;
	/** The month of the list, or undefined for the user's own price. */
	readonly month: string | undefined;
}

/** An amount of money. */
export interface Cost extends Pick<Price, 'currency' | 'month'> {
	readonly amount: number;
}

/** The price of a request's video: the user's own per million tokens, which is in the provider's currency, or that of the list; undefined where none is known. `made`: what the finished task says of itself. */
export function priceOf(
	{ value: provider }: Provider,
	request: UnsentRequest,
	ownPrice: number | undefined,
	made: { readonly resolution?: string | undefined; readonly tier?: unknown } = {},
): Price | undefined {
	const currency = listPrices.find((row) => row.provider === provider)?.currency;
	if (ownPrice !== undefined) {
		return { amount: ownPrice, unit: 'millionTokens', currency, month: undefined };
	}
	const { family, mode, media, draft = false, generateAudio = true, wireFields } = request;
	// Nobody knows what a draft was made from.
	if (family === undefined || mode === 'draftTask' || overridesCost(request)) return undefined;
	const resolution: string = made.resolution ?? resolutionOf(request, family);
	const hasVideoInput = media.some(({ kind }) => kind === 'video');
	const found = listPrices.find(
		(row) =>
			row.provider === provider &&
			row.family === family.value &&
			(row.resolutions?.some((tier) => tier === resolution) ?? true) &&
			(row.hasVideoInput ?? hasVideoInput) === hasVideoInput &&
			(row.hasSound ?? generateAudio) === generateAudio &&
			(row.isDraft ?? draft) === draft,
	);
	if (found === undefined) return undefined;
	// The provider may assign another tier than the one that was asked for. Source: Volcengine docs 1521309 (service_tier of a task).
	const tier = made.tier ?? wireFields['service_tier'];
	const factor = tier === 'flex' ? flexFactor : 1;
	const { amount, unit, month } = found;
	return { amount: amount * factor, unit, currency, month };
}

/** The most that an estimate comes to. */
export function estimatedCost({ tokens, outputSeconds }: TokenEstimate, price: Price): Cost {
	return costAt(price, price.unit === 'second' ? outputSeconds : tokens / 1e6);
}

/** What a finished video comes to by its task; undefined where the task does not say how much was used. */
export function costOf({ totalTokens, durationSeconds }: Task, price: Price): Cost | undefined {
	const used = price.unit === 'second' ? durationSeconds : totalTokens;
	if (used === undefined) return undefined;
	return costAt(price, price.unit === 'second' ? used : used / 1e6);
}

function costAt({ amount, currency, month }: Price, units: number): Cost {
	return { amount: withoutNoise(amount * units), currency, month };
}
