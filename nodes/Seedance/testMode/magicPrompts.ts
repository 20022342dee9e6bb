/** How a task of Test Mode ends: the part of its ID that says so. */
export type Ending =
	| { readonly status: 'succeeded'; readonly file: 'whole' | 'breaksOnce' | 'breaks' | 'missing' }
	| { readonly status: 'failed'; readonly code: string }
	| { readonly status: 'expired' | 'cancelled' }
	/** It stays in this status until it expires. */
	| { readonly status: 'queued' | 'running' };

/** What Test Mode's provider does with a create. `id`: two letters in the ID of the task that it creates; never changes. */
export type Outcome =
	| { readonly kind: 'accepted'; readonly id: string; readonly ending: Ending }
	| { readonly kind: 'refused'; readonly httpStatus: number; readonly code: string }
	/** Refused so often before it is accepted. */
	| {
			readonly kind: 'throttled';
			readonly id: string;
			readonly code: string;
			readonly times: number;
	  }
	/** The connection breaks before the answer comes. */
	| { readonly kind: 'lost'; readonly isCreated: false }
	| { readonly kind: 'lost'; readonly isCreated: true; readonly id: string };

/** Words in a prompt that decide what happens to it. */
export interface MagicPrompt {
	/** Between `[test: ` and `]`. */
	readonly words: string;
	readonly outcome: Outcome;
	/** What happens, for docs/test-mode.md. */
	readonly description: string;
}

const accepted = (id: string, ending: Ending): Outcome => ({ kind: 'accepted', id, ending });
const refused = (httpStatus: number, code: string): Outcome => ({
	kind: 'refused',
	httpStatus,
	code,
});
const failed = (id: string, code: string) => accepted(id, { status: 'failed', code });

/** Without magic words a task succeeds. */
export const success: Ending = { status: 'succeeded', file: 'whole' };

/**
 * Every magic prompt, in the order of the table in docs/test-mode.md.
 * Source of the codes and statuses: Volcengine error code book 1299023, via github volcengine/ark-cli, error-codes.md.
 */
export const magicPrompts: readonly MagicPrompt[] = [
	{
		words: 'refused text',
		outcome: refused(400, 'InputTextSensitiveContentDetected'),
		description: 'The content check refuses the prompt',
	},
	{
		words: 'refused image',
		outcome: refused(400, 'InputImageSensitiveContentDetected'),
		description: 'The content check refuses an image',
	},
	{
		words: 'real person',
		outcome: refused(400, 'InputImageSensitiveContentDetected.PrivacyInformation'),
		description: 'The content check finds a real person in an image',
	},
	{
		words: 'refused output',
		outcome: failed('ro', 'OutputVideoSensitiveContentDetected'),
		description: 'The content check refuses the finished video',
	},
	{
		words: 'refused sound',
		outcome: failed('rs', 'OutputAudioSensitiveContentDetected'),
		description: 'The content check refuses the finished video because of its sound',
	},
	{
		words: 'failed',
		outcome: failed('fa', 'InternalServiceError'),
		description: 'The task fails because of the provider',
	},
	{
		words: 'expired',
		outcome: accepted('ex', { status: 'expired' }),
		description: 'The task does not finish before it expires',
	},
	{
		words: 'cancelled',
		outcome: accepted('ca', { status: 'cancelled' }),
		description: 'Somebody else cancels the task',
	},
	{
		words: 'throttled',
		outcome: {
			kind: 'throttled',
			id: 'th',
			code: 'RateLimitExceeded.EndpointRPMExceeded',
			times: 2,
		},
		description: 'The first two creates with this prompt are throttled, then the video is made',
	},
	{
		words: 'no credit',
		outcome: refused(403, 'AccountOverdueError'),
		description: 'The account has no credit',
	},
	{
		words: 'wrong key',
		outcome: refused(401, 'AuthenticationError'),
		description: 'The provider refuses the API key',
	},
	{
		words: 'lost answer',
		outcome: { kind: 'lost', isCreated: false },
		description:
			'The answer to the create is lost, and no task is found within two minutes: the outcome is unknown',
	},
	{
		words: 'lost answer, found',
		outcome: { kind: 'lost', isCreated: true, id: 'lf' },
		description: 'The answer to the create is lost, the task is found, and the video is delivered',
	},
	{
		words: 'stays queued',
		outcome: accepted('sq', { status: 'queued' }),
		description: 'The task never starts: for Cancel, and for a wait that runs out',
	},
	{
		words: 'stays running',
		outcome: accepted('sr', { status: 'running' }),
		description: 'The task never finishes: the wait runs out',
	},
	{
		words: 'download continued',
		outcome: accepted('dc', { status: 'succeeded', file: 'breaksOnce' }),
		description: 'The download breaks in the middle, is continued and succeeds',
	},
	{
		words: 'download broken',
		outcome: accepted('db', { status: 'succeeded', file: 'breaks' }),
		description:
			'Every download breaks: after two minutes, the item is delivered with its URL and without the file',
	},
	{
		words: 'download refused',
		outcome: accepted('dr', { status: 'succeeded', file: 'missing' }),
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

/** The ID of the ending of the task that an outcome creates; undefined where it creates none. */
export function endingIdOf(outcome: Outcome): string | undefined {
	return 'id' in outcome ? outcome.id : undefined;
}

/** How the task with this ID ends, or undefined where no task has it. */
export function endingOf(id: string): Ending | undefined {
	if (id === plainId) return success;
	const outcome = magicPrompts.find((row) => endingIdOf(row.outcome) === id)?.outcome;
	if (outcome === undefined) return undefined;
	return outcome.kind === 'accepted' ? outcome.ending : success;
}
