import { createHash } from 'node:crypto';
import type {
	DeduplicationItemTypes,
	ICheckProcessedContextData,
	ICheckProcessedOptions,
	IDataDeduplicator,
	IDeduplicationOutput,
} from 'n8n-workflow';

/** n8n's table of processed data, in memory: for each workflow and node one row of hashes, which every write replaces. */
export class ProcessedData implements IDataDeduplicator {
	private readonly rows = new Map<string, readonly string[]>();
	/** Calls that wrote. */
	writes = 0;
	/** What every call fails with, if anything. */
	failure: Error | undefined;
	private callsUntilFailure = Infinity;

	/** The call with this number from now on fails, as of a database that is busy for a moment. */
	failOnce(call: number): void {
		this.callsUntilFailure = call;
	}

	async checkProcessedAndRecord(
		items: DeduplicationItemTypes[],
		_context: unknown,
		{ node, workflow }: ICheckProcessedContextData,
		{ maxEntries = Infinity }: ICheckProcessedOptions,
	): Promise<IDeduplicationOutput> {
		const place = `${workflow.id} ${node?.id}`;
		const row = await this.read(place);
		const known = new Set(row);
		const output: IDeduplicationOutput = { new: [], processed: [] };
		for (const item of items) output[known.has(hashOf(item)) ? 'processed' : 'new'].push(item);
		const all = [...row, ...output.new.map(hashOf)];
		await this.write(place, all.slice(-Math.min(maxEntries, all.length)));
		return output;
	}

	async removeProcessed(
		items: DeduplicationItemTypes[],
		_context: unknown,
		{ node, workflow }: ICheckProcessedContextData,
	): Promise<void> {
		const place = `${workflow.id} ${node?.id}`;
		const removed = new Set(items.map(hashOf));
		const row = await this.read(place);
		await this.write(
			place,
			row.filter((hash) => !removed.has(hash)),
		);
	}

	async clearAllProcessedItems(): Promise<void> {
		this.rows.clear();
	}

	async getProcessedDataCount(): Promise<number> {
		return [...this.rows.values()].flat().length;
	}

	/** As in a database, other calls run between a read and its write. */
	private async read(place: string): Promise<readonly string[]> {
		if (this.failure !== undefined) throw this.failure;
		if (--this.callsUntilFailure === 0) throw new Error('SQLITE_BUSY');
		await new Promise((resolve) => setImmediate(resolve));
		return this.rows.get(place) ?? [];
	}

	private async write(place: string, row: readonly string[]): Promise<void> {
		await new Promise((resolve) => setImmediate(resolve));
		this.writes++;
		this.rows.set(place, row);
	}
}

function hashOf(item: DeduplicationItemTypes): string {
	return createHash('md5').update(String(item)).digest('base64');
}
