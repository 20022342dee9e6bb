import { SeedanceFailure } from './failure';
import type { Provider } from './providers/provider';
import type { WireFormat } from './wire/wire';

/** Where a credential leads: the provider, its interface and the addresses that the key may be sent to. */
export interface Connection {
	readonly provider: Provider;
	readonly wire: WireFormat;
	/** Scheme, host and port; the key goes to no other. */
	readonly origin: string;
	/** Absolute URL of the task collection. */
	readonly tasksUrl: string;
	/** Absolute URL that answers with success for a good key, and costs nothing. */
	readonly keyCheckUrl: string;
	/** The value of the `Authorization` header. */
	readonly authorization: string;
	/** Keys in plain text; they may appear in no output, log or message. */
	readonly secrets: readonly string[];
	/** Undefined where there is no asset library. */
	readonly assets: AssetAccess | undefined;
}

/** How an asset library is reached. */
export type AssetAccess =
	| {
			readonly kind: 'powerTokens';
			readonly uploadUrl: string;
			/** Called without the key. */
			readonly jobUrl: string;
			/** Where the library has what Ark's has as well. */
			readonly ark?: ArkAccess;
	  }
	| ArkAccess;

/** How Ark's asset library is reached. */
export interface ArkAccess {
	readonly kind: 'ark';
	readonly url: string;
	readonly region: string;
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	readonly projectName: string;
}

/** Throws a SeedanceFailure of kind `taskManagementNotSupported` when the interface can neither list, cancel nor delete tasks. */
export function requireTaskManagement({ wire, provider }: Connection): void {
	if (wire.managesTasks) return;
	throw new SeedanceFailure({
		kind: 'taskManagementNotSupported',
		values: { provider: provider.label },
	});
}
