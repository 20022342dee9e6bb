import type { Outcome } from './promptMarkers';

/** The states of a task. Source: PowerTokens create reference, callback_url; PowerTokens quick start, Task Statuses. */
export type TaskStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'expired' | 'cancelled';

/** What an accepted create request asks for, with defaults filled in and `adaptive` and -1 resolved. */
export interface TaskPlan {
	readonly model: string;
	/** The model ID that the task object shows. */
	readonly shownModel: string;
	readonly generation: string;
	readonly prompt: string;
	readonly resolution: string;
	readonly ratio: string;
	readonly durationSeconds: number;
	readonly frames: number | undefined;
	/** Of all input videos together. Undefined without one. */
	readonly inputVideoSeconds: number | undefined;
	readonly seed: number | undefined;
	readonly returnLastFrame: boolean;
	readonly generateAudio: boolean | undefined;
	readonly draft: boolean | undefined;
	readonly draftTaskId: string | undefined;
	readonly priority: number | undefined;
	readonly serviceTier: string;
	readonly webSearch: boolean;
	readonly expiresSeconds: number;
	readonly safetyIdentifier: string | undefined;
	readonly callbackUrl: string | undefined;
	readonly fileExtension: string;
	readonly outcome: Outcome;
	readonly markedRenderMs: number | undefined;
	readonly markedQueueMs: number | undefined;
}

/** A task in the simulator. Times are in milliseconds of the simulator's clock. */
export interface SimulatedTask extends TaskPlan {
	readonly id: string;
	readonly requestId: string;
	readonly createdMs: number;
	readonly queueMs: number;
	readonly renderMs: number;
	readonly status: TaskStatus;
	readonly startedMs: number | undefined;
	readonly endedMs: number | undefined;
	readonly deletedMs: number | undefined;
}

/** A kept task whose progress the store may write. */
export type TaskRecord = {
	-readonly [Key in keyof SimulatedTask]: SimulatedTask[Key];
};
