import type { Clock } from '../n8n/clock';
import type { InputFile } from '../n8n/inputFile';
import { describeFailure } from '../panel/failureText';
import { SeedanceFailure, stopped } from '../seedance/failure';
import { fingerprintOf } from './fingerprint';
import { lastFrameExpiresAtMs, videoUrlExpiresAtMs, type Task } from '../seedance/task';

/*
 * A chain of shots, each of which waits for the one before it:
 *
 *   waiting ──the shot before was made──▶ created … ──its video is seen──▶ made ──▶ the next one begins
 *     │                                     └──fails, or its wait runs out──▶ failed ─┐
 *     └──the shot before failed──▶ failed, with the shot that failed first ◀──────────┘
 *     └──stopped──▶ stopped
 *
 * A shot whose task an earlier try has created is resumed at once: it waits for nothing.
 * What the next shot is made from is a signed URL. It is read again when it has expired.
 */

/** A shot and the item that it continues. */
export interface LaterShot {
	readonly story: string;
	/** From 1. */
	readonly shot: number;
	readonly previous: number;
}

/** A file of a shot that another one is made from. */
export type ShotFile = 'lastFrame' | 'video';

/** A file of a finished shot, with a URL that can be fetched. */
export interface FoundShotFile {
	readonly taskId: string;
	readonly url: string;
}

type Ended = { readonly taskId: string } | { readonly failure: SeedanceFailure };

interface Shot {
	readonly ended: Promise<Ended>;
	readonly end: (ended: Ended) => void;
}

/** A URL that ends so soon may end before the provider fetches the file. */
const leastValidMs = 10 * 60_000;

const fileOf = {
	lastFrame: {
		url: ({ lastFrameUrl }: Task) => lastFrameUrl,
		expiresAtMs: lastFrameExpiresAtMs,
	},
	video: { url: ({ videoUrl }: Task) => videoUrl, expiresAtMs: videoUrlExpiresAtMs },
} as const;

/** The shots of one run that others wait for. */
export class Shots {
	private readonly shots = new Map<number, Shot>();
	private readonly seen = new Map<string, Task>();
	private readonly files = new Map<number, Promise<InputFile>>();
	/** Fingerprints of the identities, by what they are of and the item. */
	private readonly identities = new Map<string, string>();

	constructor(
		private readonly clock: Pick<Clock, 'now'>,
		private readonly readTask: (taskId: string) => Promise<Task>,
	) {}

	/**
	 * What tells a shot from any other: its own request or row, its story, and all shots before it in the same way. So a shot stays the same in a later try, in which the files of the shots before it have other URLs, and is another one when a shot before it was edited.
	 * The shots of a story come here in their order; what is no shot stays as it is.
	 */
	identityInStory(
		what: 'request' | 'row',
		itemIndex: number,
		place: { readonly story: string; readonly previous: number | undefined } | undefined,
		own: unknown,
	): unknown {
		if (place === undefined) return own;
		const { story, previous } = place;
		const before =
			previous === undefined ? null : (this.identities.get(`${what} ${previous}`) ?? '');
		const identity = [own, story, before];
		this.identities.set(`${what} ${itemIndex}`, fingerprintOf(identity));
		return identity;
	}

	/** The file of an item's shot, opened by the first who needs it; a failure is not kept. */
	async opened(itemIndex: number, open: () => Promise<InputFile>): Promise<InputFile> {
		const known = this.files.get(itemIndex);
		if (known !== undefined) return await known;
		const opening = open();
		this.files.set(itemIndex, opening);
		opening.catch(() => this.files.delete(itemIndex));
		return await opening;
	}

	/** Another item will wait for this one; told before anything can fail. */
	noteAwaited(itemIndex: number): void {
		let end: Shot['end'] = () => {};
		const ended = new Promise<Ended>((resolve) => {
			end = resolve;
		});
		this.shots.set(itemIndex, { ended, end });
	}

	/** The video of an item is finished. `task`: as it was seen in this run, if it was. */
	made(itemIndex: number, taskId: string, task?: Task): void {
		if (task !== undefined) this.seen.set(taskId, task);
		this.shots.get(itemIndex)?.end({ taskId });
	}

	/** An item has no video to continue; does nothing once it has one. */
	failed(itemIndex: number, failure: SeedanceFailure): void {
		this.shots.get(itemIndex)?.end({ failure });
	}

	/** The task of the shot that another one continues, once its video is finished. Throws a SeedanceFailure: `shotBeforeFailed` when there will be none, `stopped`. */
	async taskBefore(later: LaterShot): Promise<string> {
		const ended = await this.shots.get(later.previous)?.ended;
		if (ended === undefined) throw new TypeError(`Nobody awaits item ${later.previous}`);
		if ('taskId' in ended) return ended.taskId;
		throw failureOf(later, ended.failure);
	}

	/** The file of the shot that another one continues, with a URL that works for a while. Throws like `taskBefore`, and `shotFileMissing`. */
	async fileBefore(later: LaterShot, file: ShotFile): Promise<FoundShotFile> {
		const taskId = await this.taskBefore(later);
		const { url, expiresAtMs } = fileOf[file];
		let task = this.seen.get(taskId);
		const until = task && expiresAtMs(task);
		const isOver = until !== undefined && until - leastValidMs <= this.clock.now();
		if (task === undefined || url(task) === undefined || isOver) {
			task = await this.readTask(taskId);
			this.seen.set(taskId, task);
		}
		const found = url(task);
		if (found !== undefined) return { taskId, url: found };
		const values = { shot: later.shot - 1, file };
		throw new SeedanceFailure({ kind: 'shotFileMissing', values });
	}
}

function failureOf({ story, shot, previous }: LaterShot, failure: SeedanceFailure) {
	if (failure.kind === 'stopped') return stopped();
	const first =
		failure.kind === 'shotBeforeFailed'
			? failure.values
			: {
					failedShot: shot - 1,
					failedItem: previous,
					failedCode: failure.code ?? failure.kind,
					failedTaskId: failure.taskId,
					unfinished: failure.kind === 'shotNotFinished' ? failure.values['status'] : undefined,
					reason: describeFailure(failure).message,
				};
	return new SeedanceFailure({ kind: 'shotBeforeFailed', values: { ...first, story, shot } });
}
