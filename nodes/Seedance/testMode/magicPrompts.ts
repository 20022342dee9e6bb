/** How a task of Test Mode ends: the part of its ID that says so. */
export type Ending =
	| { readonly status: 'succeeded'; readonly file: 'whole' | 'breaksOnce' | 'breaks' | 'missing' }
	| { readonly status: 'failed'; readonly code: string }
	| { readonly status: 'expired' | 'cancelled' }
	/** It stays in this status until it expires. */
	| { readonly status: 'queued' | 'running' };

/** What Test Mode's provider does with a create. */
export type Outcome =
	| { readonly kind: 'accepted'; readonly ending: Ending }
	| { readonly kind: 'refused'; readonly httpStatus: number; readonly code: string }
	/** Refused so often before it is accepted. */
	| { readonly kind: 'throttled'; readonly code: string; readonly times: number }
	/** The connection breaks before the answer comes. */
	| { readonly kind: 'lost'; readonly isCreated: boolean };

/** Words in a prompt that decide what happens to it. */
export interface MagicPrompt {
	/** Between `[test: ` and `]`. */
	readonly words: string;
	/** Two letters in the ID of a task that is created; never changes. */
	readonly id: string;
	readonly outcome: Outcome;
	/** What happens, for docs/test-mode.md. */
	readonly description: string;
}

const accepted = (ending: Ending): Outcome => ({ kind: 'accepted', ending });
const refused = (httpStatus: number, code: string): Outcome => ({
	kind: 'refused',
	...{ httpStatus, code },
});
const failed = (code: string) => accepted({ status: 'failed', code });

/** Without magic words a task succeeds. */
export const success: Ending = { status: 'succeeded', file: 'whole' };

/**
 * Every magic prompt, in the order of the table in docs/test-mode.md.
 * Source of the codes and statuses: Volcengine error code book 1299023, via github volcengine/ark-cli, error-codes.md.
 */
export const magicPrompts: readonly MagicPrompt[] = [
	{
		words: 'refused text',
		id: 'rt',
		outcome: refused(400, 'InputTextSensitiveContentDetected'),
		description: 'The review refuses the prompt',
	},
	{
		words: 'refused image',
		id: 'ri',
		outcome: refused(400, 'InputImageSensitiveContentDetected'),
		description: 'The review refuses an image',
	},
	{
		words: 'real person',
		id: 'rp',
		outcome: refused(400, 'InputImageSensitiveContentDetected.PrivacyInformation'),
		description: 'The review finds a real person in an image',
	},
	{
		words: 'refused output',
		id: 'ro',
		outcome: failed('OutputVideoSensitiveContentDetected'),
		description: 'The review withholds the finished video',
	},
	{
		words: 'refused sound',
		id: 'rs',
		outcome: failed('OutputAudioSensitiveContentDetected'),
		description: 'The review withholds the video because of its sound',
	},
	{
		words: 'failed',
		id: 'fa',
		outcome: failed('InternalServiceError'),
		description: 'The task fails because of the provider',
	},
	{
		words: 'expired',
		id: 'ex',
		outcome: accepted({ status: 'expired' }),
		description: 'The task does not finish before it expires',
	},
	{
		words: 'cancelled',
		id: 'ca',
		outcome: accepted({ status: 'cancelled' }),
		description: 'Somebody else cancels the task',
	},
	{
		words: 'throttled',
		id: 'th',
		outcome: { kind: 'throttled', code: 'RateLimitExceeded.EndpointRPMExceeded', times: 2 },
		description: 'The create is throttled twice, then the video is made',
	},
	{
		words: 'no credit',
		id: 'nc',
		outcome: refused(403, 'AccountOverdueError'),
		description: 'The account has no credit',
	},
	{
		words: 'wrong key',
		id: 'wk',
		outcome: refused(401, 'AuthenticationError'),
		description: 'The provider refuses the API key',
	},
	{
		words: 'lost answer',
		id: 'la',
		outcome: { kind: 'lost', isCreated: false },
		description:
			'The answer to the create is lost, and no task is found within two minutes: the outcome is unknown',
	},
	{
		words: 'lost answer, found',
		id: 'lf',
		outcome: { kind: 'lost', isCreated: true },
		description: 'The answer to the create is lost, the task is found, and the video is delivered',
	},
	{
		words: 'stays queued',
		id: 'sq',
		outcome: accepted({ status: 'queued' }),
		description: 'The task never starts: for Cancel, and for a wait that runs out',
	},
	{
		words: 'stays running',
		id: 'sr',
		outcome: accepted({ status: 'running' }),
		description: 'The task never finishes: the wait runs out',
	},
	{
		words: 'download continued',
		id: 'dc',
		outcome: accepted({ status: 'succeeded', file: 'breaksOnce' }),
		description: 'The download breaks in the middle, is continued and succeeds',
	},
	{
		words: 'download broken',
		id: 'db',
		outcome: accepted({ status: 'succeeded', file: 'breaks' }),
		description:
			'Every download breaks: after two minutes, the item is delivered with its URL and without the file',
	},
	{
		words: 'download refused',
		id: 'dr',
		outcome: accepted({ status: 'succeeded', file: 'missing' }),
		description: 'The file is gone: the item is delivered with its URL and without the file',
	},
];

/** The ID of a task without magic words. */
export const plainId = 'ok';

/** Whose words a prompt has: the first of them. `unknown` for words in such brackets that the table does not have. */
export function magicPromptOf(prompt: string): MagicPrompt | 'unknown' | undefined {
	const [, words] = /\[test:([^\]]*)\]/i.exec(prompt) ?? [];
	if (words === undefined) return undefined;
	const wanted = words.trim().replace(/\s+/g, ' ').toLowerCase();
	return magicPrompts.find((row) => row.words === wanted) ?? 'unknown';
}

/** How the task with this ID ends, or undefined where no task has it. */
export function endingOf(id: string): Ending | undefined {
	if (id === plainId) return success;
	const outcome = magicPrompts.find((row) => row.id === id)?.outcome;
	if (outcome === undefined || outcome.kind === 'refused') return undefined;
	return outcome.kind === 'accepted' ? outcome.ending : success;
}
