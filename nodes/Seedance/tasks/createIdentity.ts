/** The create of an item. */
export interface CreatePlace {
	readonly itemIndex: number;
	/** Fingerprint of the resolved request. */
	readonly request: string;
	/** Fingerprint of the row with its changing expressions unresolved; undefined where none resolves to another value each time. */
	readonly row: string | undefined;
}

/** How many equal creates of the execution come before a create. */
export interface Occurrence {
	/** Those with the same resolved request. */
	readonly request: number;
	/** Those of an equal row. */
	readonly row: number;
}

/** Which create it is. */
export interface CreateIdentity extends CreatePlace {
	readonly occurrence: Occurrence;
	/** How many creates of the item came before it, which failed or whose outcome is unknown. */
	readonly generation: number;
	readonly idempotencyKey: string | undefined;
}

/** What a create is recorded under. */
export interface CreateKeys {
	/** Of the resolved request, or of the Idempotency Key. */
	readonly request: string;
	/** Of the row; undefined where it has no fingerprint, and with an Idempotency Key. */
	readonly row: string | undefined;
	/** The Idempotency Key and the fingerprint of the request, where the key says what is the same video. */
	readonly shared: { readonly idempotencyKey: string; readonly request: string } | undefined;
}
