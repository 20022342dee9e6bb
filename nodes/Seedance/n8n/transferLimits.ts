import { SeedanceFailure } from '../seedance/failure';
import type { Clock } from './clock';

/** Far more than any video of half a minute has. */
const maxFileBytes = 2_000_000_000;
const maxTransferMs = 30 * 60_000;

/** What a transfer may come to: a host whose file never ends would fill n8n's storage. */
export class TransferLimits {
	private startedAtMs: number | undefined;

	constructor(
		private readonly clock: Clock,
		private readonly file: 'video' | 'last frame',
	) {}

	/** Throws a SeedanceFailure of kind `downloadTooLong`. */
	check(deliveredBytes: number): void {
		const nowMs = this.clock.monotonicMs();
		this.startedAtMs ??= nowMs;
		if (deliveredBytes <= maxFileBytes && nowMs - this.startedAtMs <= maxTransferMs) return;
		throw new SeedanceFailure({ kind: 'downloadTooLong', values: { file: this.file } });
	}
}
