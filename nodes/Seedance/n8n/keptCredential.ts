import type { IExecuteFunctions } from 'n8n-workflow';
import { SeedanceFailure } from '../seedance/failure';
import type { Scrub } from '../seedance/secrets';
import type { Clock } from './clock';
import { startDeadline } from './deadline';

/** Requests within this time share what was read: each time, n8n reads the credential from its database and decrypts it. */
const keptMs = 5_000;
const readSeconds = 30;

/** What a request is sent with. */
export interface ReadCredential {
	/** As n8n has them decrypted. */
	readonly values: object;
	/** Whether an earlier request has read them: the user may have changed the key meanwhile. */
	readonly isKept: boolean;
}

/** The credential of the requests of a run. */
export class KeptCredential {
	private kept: { readonly values: object; readonly untilMs: number } | undefined;

	constructor(
		private readonly context: Pick<IExecuteFunctions, 'getCredentials'>,
		private readonly clock: Clock,
		private readonly scrub: Scrub,
	) {}

	/** Throws a SeedanceFailure of kind `credentialUnreadable` or `stopped`. Requests share no read that has not succeeded. */
	async read(): Promise<ReadCredential> {
		const { kept } = this;
		if (kept !== undefined && this.clock.monotonicMs() < kept.untilMs) {
			return { values: kept.values, isKept: true };
		}
		const values = await this.readNow();
		this.kept = { values, untilMs: this.clock.monotonicMs() + keptMs };
		return { values, isKept: false };
	}

	/** The next request reads it again. */
	forget(): void {
		this.kept = undefined;
	}

	private async readNow(): Promise<object> {
		const deadline = startDeadline(this.clock, {
			...{ timeoutMs: readSeconds * 1000, endsAtStop: true },
			timedOut: () => unreadable(`no answer within ${readSeconds} s`),
		});
		try {
			return await deadline.race(this.context.getCredentials('seedanceApi'));
		} catch (error) {
			throw error instanceof SeedanceFailure
				? error
				: unreadable(String(this.scrub(reasonOf(error))));
		} finally {
			deadline.release();
		}
	}
}

function reasonOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

/** Nothing was sent. */
function unreadable(reason: string): SeedanceFailure {
	return new SeedanceFailure({ kind: 'credentialUnreadable', values: { reason } });
}
