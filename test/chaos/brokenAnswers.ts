import { drip, hang, json, late, page, refusal, reset, type Answer } from './exchange';
import type { CreateFault, DeleteFault, ListFault, ReadFault } from './faults';

/** What becomes of a create with a fault. */
interface BrokenCreate {
	readonly answer: Answer;
	readonly isAccepted: boolean;
	/** Whether a client cannot know that it was not accepted. */
	readonly isUnknown?: boolean;
}

/** Seconds of a pause that is asked for. */
export const usualPause = '2';
export const longPause = '30';

const pauseOf = (seconds: string) => ({ 'retry-after': seconds });
const internalError = refusal(500, 'InternalServiceError');
const errorObject = refusal(200, 'InternalServiceError');

/** The answer to a create for each fault. */
export const createAnswers: Readonly<Record<CreateFault, BrokenCreate>> = {
	dripAccepted: { answer: drip, isAccepted: true },
	dripNotAccepted: { answer: drip, isAccepted: false, isUnknown: true },
	resetBefore: { answer: reset, isAccepted: false, isUnknown: true },
	resetAfter: { answer: reset, isAccepted: true },
	serverErrorAccepted: { answer: internalError, isAccepted: true },
	badGatewayNotAccepted: { answer: page(502), isAccepted: false, isUnknown: true },
	pageAccepted: { answer: page(200), isAccepted: true },
	emptyObjectAccepted: { answer: json(200, {}), isAccepted: true },
	errorObjectAccepted: { answer: errorObject, isAccepted: true },
	errorObjectNotAccepted: { answer: errorObject, isAccepted: false, isUnknown: true },
	throttled: {
		answer: refusal(429, 'RateLimitExceeded.EndpointRPMExceeded'),
		isAccepted: false,
	},
	throttledWithPause: {
		answer: refusal(429, 'ModelAccountRpmRateLimitExceeded', pauseOf('2')),
		isAccepted: false,
	},
	overloaded: { answer: refusal(429, 'ServerOverloaded'), isAccepted: false },
};

/** The answer to a read, or to any other request that costs nothing, for each fault. */
export function brokenAnswers(secondsOfPause: string): Readonly<Record<ReadFault, Answer>> {
	return {
		...{ drip, hang, reset, errorObject },
		unauthorized: refusal(401, 'AuthenticationError'),
		forbidden: refusal(403, 'AccessDenied'),
		notFound: refusal(404, 'NotFound.Task'),
		serverError: refusal(503, 'ServiceUnavailable'),
		throttled: refusal(429, 'RateLimitExceeded.EndpointRPMExceeded', pauseOf(secondsOfPause)),
		page: page(200),
	};
}

/** What becomes of a DELETE with a fault. */
interface BrokenDelete {
	/** What is sent in place of the ordinary answer. */
	readonly answer: (ordinary: Answer) => Answer;
	readonly isCarriedOut: boolean;
}

/** The answer to a DELETE for each fault. */
export const deleteAnswers: Readonly<Record<DeleteFault, BrokenDelete>> = {
	resetBefore: { answer: () => reset, isCarriedOut: false },
	resetAfter: { answer: () => reset, isCarriedOut: true },
	serverErrorBefore: { answer: () => internalError, isCarriedOut: false },
	serverErrorAfter: { answer: () => internalError, isCarriedOut: true },
	hangBefore: { answer: () => hang, isCarriedOut: false },
	hangAfter: { answer: () => hang, isCarriedOut: true },
	throttled: { answer: () => brokenAnswers(longPause).throttled, isCarriedOut: false },
	errorObjectBefore: { answer: () => errorObject, isCarriedOut: false },
	errorObjectAfter: { answer: () => errorObject, isCarriedOut: true },
	pageAfter: { answer: () => page(200), isCarriedOut: true },
	answeredLate: { answer: late, isCarriedOut: true },
};

/** The answer to a list for each fault; the others have wrong contents. */
export const listAnswers: Readonly<Partial<Record<ListFault, Answer>>> = (() => {
	const { drip, hang, unauthorized, forbidden, errorObject, serverError, reset, throttled, page } =
		brokenAnswers(usualPause);
	return { drip, hang, unauthorized, forbidden, errorObject, serverError, reset, throttled, page };
})();

/** The number of tasks that a list says that there are. */
export function totalOf(fault: ListFault | undefined, total: number): number {
	if (fault === 'totalTooLarge') return total + 5_000;
	return fault === 'totalTooSmall' ? Math.min(total, 1) : total;
}
