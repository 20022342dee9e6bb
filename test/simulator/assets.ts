import type { MediaKind } from './mediaUrls';

/** What is known of an asset before it is processed; the kind of a file that is no known media is undefined. */
export interface AssetPlan {
	readonly name: string;
	readonly kind: MediaKind | undefined;
}

/** The pace of an asset library: times in milliseconds, `now` gives the current time since the epoch. */
export interface AssetPace {
	readonly now: () => number;
	readonly assetMs: number | ((asset: AssetPlan) => number);
}

/** Gives an asset that is ready to be used, by its id, or undefined. */
export type FindAsset = (id: string) => AssetPlan | undefined;

/** The time that an asset takes whose name or URL asks for a slow one, in milliseconds. */
const slowMs = 60_000;

/** Tells how long an asset takes, in milliseconds; the marker may be in its name or its URL. */
export function processingMsOf(plan: AssetPlan, markedText: string, pace: AssetPace): number {
	if (markedText.includes('simulate-asset-slow')) return slowMs;
	return typeof pace.assetMs === 'number' ? pace.assetMs : pace.assetMs(plan);
}

/** Tells whether a name or URL asks for an asset that fails. */
export function isMarkedFailed(markedText: string): boolean {
	return markedText.includes('simulate-asset-failed');
}
