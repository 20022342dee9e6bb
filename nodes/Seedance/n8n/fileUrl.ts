import { isTransient } from '../seedance/retryPolicy';
import type { SeedanceFailure } from '../seedance/failure';
import type { Clock } from './clock';

/** Fresh URLs in a row of which none leads to the file. */
const maxFreshUrls = 3;
const pauseBetweenFreshUrlsMs = 2_000;

/** The signed URL of a file, which can be signed anew. */
export class FileUrl {
	private freshUrls = 0;

	constructor(
		private readonly clock: Clock,
		private url: string,
		private readonly readFresh: () => Promise<string | undefined>,
	) {}

	get current(): string {
		return this.url;
	}

	/** Whether there is a fresh URL to try after this failure. It may be the same as before: a host may have the file a moment later. */
	async renew(failure: SeedanceFailure): Promise<boolean> {
		if (!mayHaveExpired(failure) || this.freshUrls >= maxFreshUrls) return false;
		await this.clock.sleep(this.freshUrls * pauseBetweenFreshUrlsMs);
		// Where even the task cannot be read, the URL that is known is all there is.
		this.url = (await this.readFresh().catch(() => undefined)) ?? this.url;
		this.freshUrls++;
		return true;
	}

	/** The file has come further with the current URL. */
	progressed(): void {
		this.freshUrls = 0;
	}
}

/** A signed URL that has expired is refused, or leads to a page; one that leads to an address inside may have been a wrong one. */
function mayHaveExpired(failure: SeedanceFailure): boolean {
	const { kind } = failure;
	return (
		kind === 'downloadNotMedia' ||
		kind === 'downloadAddressRefused' ||
		(kind === 'downloadRefused' && !isTransient(failure))
	);
}
