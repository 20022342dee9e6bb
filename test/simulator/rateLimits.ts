import { rateLimited } from './errors';

/** The calls that an account may send only so often. */
export type LimitedCall = 'create' | 'get' | 'list' | 'delete';

export const accountTypes = ['individual', 'enterprise'] as const;

/** The kinds of accounts, which may create at different rates. */
export type AccountType = (typeof accountTypes)[number];

interface Limit {
	readonly calls: number;
	readonly windowMs: number;
}

const secondMs = 1_000;
const minuteMs = 60_000;

/** Source: Volcengine docs 1520757 (create), 1521309 (get), 1521675 (list), 1521720 (delete). The lower rate of creates in 4k is left out. */
function limitsOf(accountType: AccountType): Readonly<Record<LimitedCall, Limit>> {
	return {
		create: { calls: accountType === 'enterprise' ? 600 : 180, windowMs: minuteMs },
		get: { calls: 20, windowMs: secondMs },
		list: { calls: 1, windowMs: secondMs },
		delete: { calls: 20, windowMs: secondMs },
	};
}

/** What the key of a simulator may still send. A call that is refused does not count. */
export class RateLimits {
	private readonly acceptedAtMs: Record<LimitedCall, number[]> = {
		...{ create: [], get: [], list: [], delete: [] },
	};
	private readonly limits: Readonly<Record<LimitedCall, Limit>> | undefined;

	/** Without a type of account, nothing is limited. */
	constructor(
		accountType: AccountType | undefined,
		private readonly now: () => number,
	) {
		this.limits = accountType === undefined ? undefined : limitsOf(accountType);
	}

	/** Counts a call. Throws the 429 if the limit is reached. */
	count(call: LimitedCall): void {
		if (this.limits === undefined) return;
		const { calls, windowMs } = this.limits[call];
		const nowMs = this.now();
		const recent = this.acceptedAtMs[call].filter((atMs) => atMs > nowMs - windowMs);
		this.acceptedAtMs[call] = recent;
		if (recent.length >= calls) throw rateLimited(call, calls, windowMs / secondMs);
		recent.push(nowMs);
	}
}
