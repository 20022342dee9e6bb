import type {
	DeduplicationItemTypes,
	ICheckProcessedContextData,
	ICheckProcessedOptions,
	IDataDeduplicator,
	IDeduplicationOutput,
} from 'n8n-workflow';

/** n8n's table of processed data without its cost, which `bench:ledger` measures in a real n8n: one set for each node. */
export class ProcessedTexts implements Pick<
	IDataDeduplicator,
	'checkProcessedAndRecord' | 'removeProcessed'
> {
	private readonly rows = new Map<string, Set<DeduplicationItemTypes>>();

	async checkProcessedAndRecord(
		items: DeduplicationItemTypes[],
		_context: unknown,
		data: ICheckProcessedContextData,
		{ maxEntries = Infinity }: ICheckProcessedOptions,
	): Promise<IDeduplicationOutput> {
		const row = this.rowOf(data);
		const output: IDeduplicationOutput = { new: [], processed: [] };
		for (const item of items) {
			output[row.has(item) ? 'processed' : 'new'].push(item);
			row.add(item);
		}
		for (const oldest of row) {
			if (row.size <= maxEntries) break;
			row.delete(oldest);
		}
		return output;
	}

	async removeProcessed(
		items: DeduplicationItemTypes[],
		_context: unknown,
		data: ICheckProcessedContextData,
	): Promise<void> {
		const row = this.rowOf(data);
		for (const item of items) row.delete(item);
	}

	private rowOf({ node, workflow }: ICheckProcessedContextData): Set<DeduplicationItemTypes> {
		const place = `${workflow.id} ${node?.id}`;
		const row = this.rows.get(place) ?? new Set();
		this.rows.set(place, row);
		return row;
	}
}
