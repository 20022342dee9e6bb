import { findFamilyOfModelId } from '../../seedance/models';
import type { ItemOutput } from '../operation';

/** What the user should know about the items of a run: tasks that continue, and videos that are not in the items. */
export function videoHints(outputs: readonly ItemOutput[]): string[] {
	const running = outputs.filter(({ json }) => json['timedOut'] === true);
	const missing = outputs.filter(
		({ json, binary }) => json['downloadFailure'] !== undefined && isEmpty(binary),
	);
	const expiring = outputs.filter(
		({ json, binary }) => json['videoUrl'] !== undefined && binary === undefined,
	);
	const h265 = outputs.filter(({ json }) => json['videoUrl'] !== undefined && isH265(json));
	return [
		h265.length === 0
			? []
			: `${count(h265, 'video')} ${h265.length === 1 ? 'is' : 'are'} 10-bit H.265: some players and browsers show nothing. Use a player that supports it, or convert the file.`,
		running.length === 0
			? []
			: `${count(running, 'task')} did not finish within the wait. Fetch the video later with the Get operation and the task ID. If you create it again, you are charged for both videos.`,
		missing.length === 0
			? []
			: `${count(missing, 'video')} could not be downloaded. The item has the URL: run the Get operation with the task ID within 24 hours.`,
		expiring.length === 0
			? []
			: `${count(expiring, 'video')} ${expiring.length === 1 ? 'is' : 'are'} not in the item. The URL stops working 24 hours after the video was made. To keep the video, turn on Download Video.`,
	].flat();
}

/** The members are those of the simplified item and of the provider's object alike. */
function isH265({ model, resolution }: ItemOutput['json']): boolean {
	const family = findFamilyOfModelId(String(model));
	return family?.h265Resolutions.some((one) => one === resolution) === true;
}

function isEmpty(binary: ItemOutput['binary']): boolean {
	return Object.keys(binary ?? {}).length === 0;
}

function count({ length }: readonly ItemOutput[], what: string): string {
	return length === 1 ? `A ${what}` : `${length} ${what}s`;
}
