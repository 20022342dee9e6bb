import type { MediaKind } from './mediaUrls';

/** What is known of an asset before it is processed. The kind is undefined for a file of no known media type. */
export interface AssetPlan {
	readonly name: string;
	readonly kind: MediaKind | undefined;
}

/** The pace of an asset library. Times are in milliseconds; `now` returns the current time since the epoch. */
export interface AssetPace {
	readonly now: () => number;
	readonly assetMs: number | ((asset: AssetPlan) => number);
}

/** Finds an asset that is ready to be used by its ID, or returns undefined. */
export type FindAsset = (id: string) => AssetPlan | undefined;

/** The processing time of an asset whose name or URL asks for a slow one, in milliseconds. */
const slowMs = 60_000;

/** The processing time of an asset, in milliseconds. The marker may be in its name or its URL. */
export function processingMsOf(plan: AssetPlan, markedText: string, pace: AssetPace): number {
	if (markedText.includes('simulate-asset-slow')) return slowMs;
	return typeof pace.assetMs === 'number' ? pace.assetMs : pace.assetMs(plan);
}

/** Tells whether a name or URL asks for an asset that fails. */
export function isMarkedFailed(markedText: string): boolean {
	return markedText.includes('simulate-asset-failed');
}
