import type { Provider } from '../seedance/providers/provider';
import { SeedanceFailure, toFailure } from '../seedance/failure';

/*
 * Whether a host has a list of tasks, for one run:
 *
 *   unknown ──the list is answered────────────────────────────▶ has one
 *   unknown ──404, or a web page with a status of success─────▶ has none: it is not asked again
 *
 * Requests while it is unknown go one at a time, so that a host without a list is asked once.
 * Hosts whose documents have the list begin with "has one": there, such an answer is a gateway's, and the next may be another.
 */

/** Finds out once in a run whether the host has a list of tasks. */
export class ListSupport {
	private hasList: boolean | undefined;
	private first: Promise<unknown> | undefined;

	constructor(
		private readonly host: string,
		{ listsTasks }: Pick<Provider, 'listsTasks'>,
	) {
		this.hasList = listsTasks ? true : undefined;
	}

	/** The answer of a request for the list. Throws its SeedanceFailure, or one of kind `taskListNotSupported`, without a request where there is known to be none. */
	async ask<Answer>(request: () => Promise<Answer>): Promise<Answer> {
		while (this.hasList === undefined && this.first !== undefined) {
			await this.first.catch(() => {});
		}
		if (this.hasList === false) throw this.notSupported();
		if (this.hasList === true) return await request();
		const first = this.askFirst(request);
		this.first = first;
		return await first;
	}

	private async askFirst<Answer>(request: () => Promise<Answer>): Promise<Answer> {
		try {
			const answer = await request();
			this.hasList = true;
			return answer;
		} catch (error) {
			const failure = toFailure(error);
			if (!showsNoList(failure)) throw failure;
			this.hasList = false;
			throw this.notSupported(failure);
		} finally {
			this.first = undefined;
		}
	}

	private notSupported(cause?: SeedanceFailure): SeedanceFailure {
		const values = { host: this.host };
		return new SeedanceFailure({ kind: 'taskListNotSupported', values }, cause);
	}
}

/** Source: github QuantumNous/new-api, router/web-router.go (a path that it does not know is its web app, with status 200). */
function showsNoList({ httpStatus, kind, values }: SeedanceFailure): boolean {
	const isPage = kind === 'answerUnreadable' && /^\s*</.test(String(values['excerpt'] ?? ''));
	return httpStatus === 404 || isPage;
}
