import { sleep } from 'n8n-workflow';

/** Longest time that a loop over many items works until n8n's other work has its turn. */
const maxWorkMs = 20;

/** Lets n8n's other work run when this one has worked for long; called between two items of a loop over many. */
export type Breathe = () => Promise<void>;

/** What the loops of one run share: the time since one of them has let others work. */
export function createBreathe(): Breathe {
	let sinceMs = performance.now();
	return async () => {
		if (performance.now() - sinceMs < maxWorkMs) return;
		await sleep(0);
		sinceMs = performance.now();
	};
}
