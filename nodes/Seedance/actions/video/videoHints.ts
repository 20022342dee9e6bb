import type { IExecuteFunctions } from 'n8n-workflow';
import type { ItemOutput } from '../operation';

/** Takes what the items became and the node's context, and gives what the user should know: tasks that go on, URLs that expire, and whether n8n's Retry On Fail may pay again. */
export function videoHints(outputs: readonly ItemOutput[], context: IExecuteFunctions): string[] {
	const running = outputs.filter(({ json }) => json['timedOut'] === true);
	const lost = outputs.filter(({ json }) => json['downloadFailure'] !== undefined);
	const expiring = outputs.filter(
		({ json, binary }) => json['videoUrl'] !== undefined && binary === undefined,
	);
	const { retryOnFail } = context.getNode();
	return [
		running.length === 0
			? []
			: `${tasks(running)} not finished when the wait ran out. Fetch the video later with the Get operation and the task ID; creating it again would be paid for again.`,
		lost.length === 0
			? []
			: `${videos(lost)} could not be downloaded. The item has the URL: run the Get operation with the task ID within 24 hours.`,
		expiring.length === 0
			? []
			: `${videos(expiring)} not in the item. The URL stops working 24 hours after the video was made: turn on Download Video to keep it.`,
		retryOnFail === true
			? 'Retry On Fail is safe here: a new try goes on with the tasks that were created, and does not create them again.'
			: [],
	].flat();
}

function tasks({ length }: readonly ItemOutput[]): string {
	return length === 1 ? 'A task was' : `${length} tasks were`;
}

function videos({ length }: readonly ItemOutput[]): string {
	return length === 1 ? 'A video is' : `${length} videos are`;
}
