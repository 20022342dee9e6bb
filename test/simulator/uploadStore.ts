import type { IncomingHttpHeaders } from 'node:http';
import { isMarkedFailed, processingMsOf, type AssetPace, type AssetPlan } from './assets';
import { newId, timeInId } from './ids';
import { kindOfBytes } from './mediaSignatures';
import type { UploadBody, UploadedFile } from './uploadBody';

/** A file that was uploaded to the asset library, as it stands now. */
export interface Upload {
	/** When its last byte arrived, in milliseconds of the simulator's clock. */
	readonly at: number;
	readonly fileName: string;
	/** The Content-Type of the part that held the file. Default: text/plain. */
	readonly contentType: string;
	readonly groupId: string | undefined;
	/** The size of the file, in bytes. */
	readonly bytes: number;
	/** Of the file, in hexadecimal digits. */
	readonly sha256: string;
	readonly taskId: string;
	/** Undefined until the asset is ready, and for one that fails. */
	readonly assetId: string | undefined;
	/** The headers of the request. */
	readonly headers: IncomingHttpHeaders;
}

/** The state of an upload: how often it was polled while it is processed, its asset ID, or why it failed. */
export type UploadState =
	| { readonly status: 'processing'; readonly looks: number }
	| { readonly status: 'ready'; readonly assetId: string }
	| { readonly status: 'failed'; readonly reason: string };

interface UploadRecord extends Omit<Upload, 'assetId'>, AssetPlan {
	readonly readyMs: number;
	readonly assetId: string;
	readonly failure: string | undefined;
	looks: number;
}

/** The length from which a file name is too long. Source: github ym1623/powertokens-cli, dist/client.js. */
const refusedNameLength = 50;

/** Every file that was uploaded, and the jobs that make assets of them. */
export class UploadStore {
	private readonly records: UploadRecord[] = [];

	constructor(private readonly pace: AssetPace) {}

	/** Every upload, oldest first. */
	all(): Upload[] {
		return this.records.map((record) => {
			const { at, fileName, contentType, groupId, bytes, sha256, taskId, headers } = record;
			const assetId = this.isReady(record) ? record.assetId : undefined;
			return { at, fileName, contentType, groupId, bytes, sha256, taskId, assetId, headers };
		});
	}

	/** Stores a file and returns the ID of its job. */
	accept(file: UploadedFile, groupId: UploadBody['groupId'], headers: IncomingHttpHeaders): string {
		const at = this.pace.now();
		const { firstBytes, ...shown } = file;
		const plan = { name: file.fileName, kind: kindOfBytes(firstBytes) };
		const readyMs = at + processingMsOf(plan, file.fileName, this.pace);
		const count = String(this.records.length + 1).padStart(4, '0');
		const record: UploadRecord = {
			...plan,
			...shown,
			at,
			groupId,
			headers,
			readyMs,
			// Source: PowerTokens asset library, upload-file (two digits of the year, then a number of four).
			taskId: `task_${timeInId(at).slice(2)}${count}`,
			assetId: newId('asset', readyMs, (id) => this.records.some(({ assetId }) => assetId === id)),
			failure: failureOf(file.fileName),
			looks: 0,
		};
		this.records.push(record);
		return record.taskId;
	}

	/** Polls a job. Polls count while the job is processed. Returns undefined for an unknown job. */
	look(taskId: string): UploadState | undefined {
		const record = this.records.find((candidate) => candidate.taskId === taskId);
		if (record === undefined) return undefined;
		if (this.pace.now() < record.readyMs) return { status: 'processing', looks: record.looks++ };
		if (record.failure !== undefined) return { status: 'failed', reason: record.failure };
		return { status: 'ready', assetId: record.assetId };
	}

	/** Finds an asset that is ready, or returns undefined. */
	findAsset(id: string): AssetPlan | undefined {
		return this.records.find((record) => record.assetId === id && this.isReady(record));
	}

	private isReady({ readyMs, failure }: UploadRecord): boolean {
		return failure === undefined && this.pace.now() >= readyMs;
	}
}

function failureOf(fileName: string): string | undefined {
	if ([...fileName].length >= refusedNameLength) return 'Name must be no more than 64 characters';
	return isMarkedFailed(fileName) ? 'Unsupported file type' : undefined;
}
