import { toFailure } from '../api/errors';
import { isLimitReached, limitDelayMs, retryDelayMs } from '../api/retry';
import { stopped, type Clock } from './clock';

/** How many tasks of a run may be unfinished at the provider: as many as the user allows and as the provider takes, which its refusals tell. */
export interface TaskSlots {
	/**
	 * Runs a create when there is room, in order of arrival, and holds the place of its task until it is released.
	 * A create that was certainly refused for its pace, or because too many tasks are unfinished, runs again later; nothing else does.
	 * Throws what the create throws, or a SeedanceFailure when the execution is stopped first.
	 */
	take(create: () => Promise<string>): Promise<string>;
	/** Counts a task that exists already. */
	hold(taskId: string): void;
	/** Gives the place of a task to the next create; it may be released twice. */
	release(taskId: string): void;
	/** Takes a limit that the user set; the lowest of several holds. */
	limitTo(mostTasks: number): void;
}

interface Waiting {
	/** Its place in the order of arrival. */
	readonly order: number;
	/** How often it was throttled. */
	throttled: number;
	readonly create: () => Promise<string>;
	readonly resolve: (taskId: string) => void;
	readonly reject: (failure: Error) => void;
}

/** Creates in flight at the same time, each with its media. */
const mostCreatesAtOnce = 5;

/** Takes the clock and a listener that is told of each limit that the provider was found to have, and gives the slots of one run. */
export function createTaskSlots(
	clock: Clock,
	onLimitFound: (mostTasks: number) => void,
): TaskSlots {
	const queue: Waiting[] = [];
	const unfinished = new Set<string>();
	let inFlight = 0;
	let mostByUser = Infinity;
	let mostByProvider = Infinity;
	let acceptedAtLimit = 0;
	let arrivals = 0;
	let everAccepted = false;
	let isCautious = false;
	let pausedUntilMs = 0;

	clock.signal.addEventListener(
		'abort',
		() => {
			for (const { reject } of queue.splice(0)) reject(stopped());
		},
		{ once: true },
	);

	function admit() {
		// After a refusal one create tries whether there is room again.
		const atOnce = isCautious ? 1 : mostCreatesAtOnce;
		const most = Math.min(mostByUser, mostByProvider);
		while (!isPaused() && inFlight < atOnce && inFlight + unfinished.size < most) {
			const next = queue.shift();
			if (next === undefined) return;
			inFlight++;
			void run(next);
		}
	}

	async function run(waiting: Waiting) {
		try {
			const taskId = await waiting.create();
			unfinished.add(taskId);
			accepted();
			waiting.resolve(taskId);
		} catch (error) {
			if (!comesAgain(waiting, error)) waiting.reject(toFailure(error));
		} finally {
			inFlight--;
			admit();
		}
	}

	function accepted() {
		everAccepted = true;
		isCautious = false;
		// A whole round at the limit: perhaps the provider takes one more by now.
		if (mostByProvider !== Infinity && ++acceptedAtLimit >= mostByProvider) {
			mostByProvider++;
			acceptedAtLimit = 0;
		}
	}

	function comesAgain(waiting: Waiting, error: unknown): boolean {
		const failure = toFailure(error);
		if (clock.signal.aborted) return false;
		const others = unfinished.size + inFlight - 1;
		if (isLimitReached(failure) && others > 0) {
			mostByProvider = others;
			acceptedAtLimit = 0;
			onLimitFound(others);
			putBack(waiting);
			return true;
		}
		// While tasks of this run go on there is time, and what is refused now is taken later.
		const counted = others > 0 ? Math.min(waiting.throttled, patientRetries) : waiting.throttled;
		const delayMs =
			retryDelayMs('create', failure, counted, Math.random()) ??
			// The provider may see a place free a moment later than this run.
			(everAccepted ? limitDelayMs(failure, counted, Math.random()) : undefined);
		if (delayMs === undefined) return false;
		// Refusals of creates that were sent together count as one.
		if (!isPaused()) waiting.throttled++;
		isCautious = true;
		putBack(waiting);
		pauseFor(delayMs);
		return true;
	}

	function pauseFor(delayMs: number) {
		pausedUntilMs = Math.max(pausedUntilMs, clock.monotonicMs() + delayMs);
		const wake = () => {
			// Timers may fire a little early.
			const leftMs = pausedUntilMs - clock.monotonicMs();
			if (leftMs > 0) clock.sleep(Math.ceil(leftMs)).then(wake, () => {});
			else admit();
		};
		clock.sleep(delayMs).then(wake, () => {});
	}

	function isPaused(): boolean {
		return clock.monotonicMs() < pausedUntilMs;
	}

	function putBack(waiting: Waiting) {
		const place = queue.findIndex(({ order }) => order > waiting.order);
		queue.splice(place === -1 ? queue.length : place, 0, waiting);
	}

	return {
		async take(create) {
			clock.throwIfStopped();
			return await new Promise<string>((resolve, reject) => {
				queue.push({ order: arrivals++, throttled: 0, create, resolve, reject });
				admit();
			});
		},
		hold: (taskId) => void unfinished.add(taskId),
		release(taskId) {
			if (unfinished.delete(taskId)) admit();
		},
		limitTo(mostTasks) {
			mostByUser = Math.min(mostByUser, mostTasks);
		},
	};
}

/** The longest pause that grows by itself comes after this many refusals. */
const patientRetries = 3;
