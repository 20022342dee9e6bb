import type { Clock } from '../n8n/clock';
import { expectedRenderMs, renderKind, type RenderFacts } from '../seedance/renderTime';
import type { Task } from '../seedance/task';
import type { RenderProgress } from './pollSchedule';
import type { RenderTimes } from './renderTimes';

/** Times the expected time after which a task is overdue: that long rendering, or in the queue, where it may wait for others. */
const overdueParts = { rendering: 1.5, queued: 8 };
/** A render time counts when its beginning is known to this part of it. */
const maxUncertainPart = 0.25;

/*
 * What is known of a render:
 *
 *   new ──seen in the queue──▶ begins after that poll ──seen running──▶ began between two polls
 *    └──seen running──▶ began with the create
 *   resumed ──seen in the queue──▶ begins after that poll …
 *    └──seen running──▶ began when it was created, at the earliest
 */

/** How far the render of one task is, by what its polls have shown. */
export class RenderWatch {
	private readonly kind: string;
	private readonly startedAtMs: number;
	/** Rendering begins after this moment; undefined where nothing is known yet. */
	private beginsAfterMs: number | undefined;
	/** It was seen rendering at this moment, or began with the create. */
	private begunAtMs: number | undefined;
	private isStartKnown: boolean;
	private isQueued = false;

	constructor(
		private readonly clock: Clock,
		private readonly times: RenderTimes,
		private readonly facts: RenderFacts,
		private readonly isNew: boolean,
	) {
		this.kind = renderKind(facts);
		this.startedAtMs = clock.monotonicMs();
		this.isStartKnown = isNew;
		if (isNew) this.beginsAfterMs = this.startedAtMs;
	}

	progress(): Omit<RenderProgress, 'roundMs'> {
		const learnedMs = this.facts.renderMs ?? this.times.medianMs(this.kind);
		const { beginsAfterMs, begunAtMs = beginsAfterMs } = this;
		const isKnown = beginsAfterMs !== undefined && begunAtMs !== undefined && !this.isQueued;
		return {
			renderingMs: isKnown ? this.clock.monotonicMs() - beginsAfterMs : undefined,
			uncertainMs: isKnown ? begunAtMs - beginsAfterMs : 0,
			expectedMs: learnedMs ?? expectedRenderMs(this.facts),
			isLearned: learnedMs !== undefined,
		};
	}

	isOverdue(): boolean {
		const { expectedMs } = this.progress();
		const sinceMs = this.isQueued ? this.startedAtMs : (this.beginsAfterMs ?? this.startedAtMs);
		const part = overdueParts[this.isQueued ? 'queued' : 'rendering'];
		return this.clock.monotonicMs() - sinceMs > part * expectedMs;
	}

	note(task: Task): void {
		const nowMs = this.clock.monotonicMs();
		this.isQueued = task.status === 'queued';
		if (this.isQueued) {
			this.isStartKnown = true;
			this.beginsAfterMs = nowMs;
			this.begunAtMs = undefined;
			return;
		}
		this.beginsAfterMs ??= nowMs - ageMs(task, this.clock.now());
		const isFromCreate = this.isNew && this.beginsAfterMs === this.startedAtMs;
		this.begunAtMs ??= isFromCreate ? this.startedAtMs : nowMs;
		const tookMs = nowMs - this.beginsAfterMs;
		const isKnown = this.begunAtMs - this.beginsAfterMs <= maxUncertainPart * tookMs;
		const isUnlearned = this.isStartKnown && this.facts.renderMs === undefined;
		if (task.status === 'succeeded' && isUnlearned && isKnown) {
			this.times.note(this.kind, tookMs);
		}
	}
}

/** The clocks of the provider and of this machine may differ; a task is never younger than nothing. */
function ageMs({ createdAtMs }: Task, nowMs: number): number {
	return createdAtMs === undefined ? 0 : Math.max(0, nowMs - createdAtMs);
}
