import type { IExecuteFunctions } from 'n8n-workflow';
import type { ItemOutput } from '../operation';

/** Takes what the items became and the node's context, and gives what the user should know: tasks that go on, URLs that expire, and whether n8n's Retry On Fail may pay again. */
export function videoHints(outputs: readonly ItemOutput[], context: IExecuteFunctions): string[] {
	const running = outputs.filter(({ json }) => json['timedOut'] === true);
	const lost = outputs.filter(
		({ json, binary }) => json['downloadFailure'] !== undefined && isEmpty(binary),
	);
	const expiring = outputs.filter(
		({ json, binary }) => json['videoUrl'] !== undefined && binary === undefined,
	);
	const { retryOnFail } = context.getNode();
	const isPaid = context.getNodeParameter('operation', 0) === 'create';
	const isSent = outputs.some(({ json }) => json['taskId'] !== undefined);
	return [
		running.length === 0
			? []
			: `${count(running, 'task')} ${running.length === 1 ? 'was' : 'were'} not finished when the wait ran out. Fetch the video later with the Get operation and the task ID; creating it again would be paid for again.`,
		lost.length === 0
			? []
			: `${count(lost, 'video')} could not be downloaded. The item has the URL: run the Get operation with the task ID within 24 hours.`,
		expiring.length === 0
			? []
			: `${count(expiring, 'video')} ${expiring.length === 1 ? 'is' : 'are'} not in the item. The URL stops working 24 hours after the video was made: turn on Download Video to keep it.`,
		retryOnFail === true && isPaid && isSent
			? 'Retry On Fail is safe here: a new try goes on with the tasks that were created, and does not create them again.'
			: [],
	].flat();
}

function isEmpty(binary: ItemOutput['binary']): boolean {
	return Object.keys(binary ?? {}).length === 0;
}

function count({ length }: readonly ItemOutput[], what: string): string {
	return length === 1 ? `A ${what}` : `${length} ${what}s`;
}
