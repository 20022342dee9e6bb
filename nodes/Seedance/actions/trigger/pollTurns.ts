/*
 * Polls of one node in this process:
 *
 *   idle ──poll──▶ polling ──ends──▶ idle
 *   polling ──poll of the same activation──▶ that poll is left out: n8n does not wait for the one before
 *    └──poll of a later activation──▶ polling anew; what the earlier poll ends with is dropped
 */

/** A poll that is running. */
export interface Turn {
	/** Whether no later activation of the node has begun to poll. */
	isCurrent(): boolean;
	end(): void;
}

const running = new Map<string, { readonly activation: object }>();

/** The turn of a poll, or undefined while another one of the same activation runs. `node`: which node it is, of all workflows. */
export function takeTurn(node: string, activation: object): Turn | undefined {
	if (running.get(node)?.activation === activation) return undefined;
	const mine = { activation };
	running.set(node, mine);
	const isCurrent = () => running.get(node) === mine;
	return {
		isCurrent,
		end: () => {
			if (isCurrent()) running.delete(node);
		},
	};
}
