/** What a run does besides meeting faults. */
export interface Scenario {
	readonly name: string;
	readonly onError: 'stopWorkflow' | 'continueErrorOutput' | 'continueRegularOutput';
	readonly retryOnFail?: boolean;
	/** The execution is stopped after a while, with Cancel on Stop, and begun again from its trigger as Retry. */
	readonly isStopped?: boolean;
	readonly onUnknownOutcome?: 'createAgain';
	/** All rows have the same file as their first frame. */
	readonly hasSharedFile?: boolean;
	/** Off: items have the provider's whole object. */
	readonly simplify?: boolean;
	readonly provider?: ProviderScenario;
}

/** How the provider differs besides its faults. */
export interface ProviderScenario {
	/** Another workflow uses up the limit of the account for this long. */
	readonly limitUsedUpMs?: number;
	/** Tasks that the account may have queued or running. */
	readonly maxUnfinished?: number;
	/** From this part of the rows on, every create is refused as overloaded. */
	readonly overloadedFrom?: number;
	/** Reads and deletes take up to half a second. */
	readonly isSlow?: boolean;
	/** Whether a download can continue where it broke off. */
	readonly takesRanges?: boolean;
}

/** For Get Many and Cancel together, after the executions that make videos. */
export const maxManagingMs = 150_000;

/** One for each seed from 1 on, and again from the first. */
const scenarios: readonly Scenario[] = [
	{
		name: 'error output',
		onError: 'continueErrorOutput',
		provider: { limitUsedUpMs: 10_000, takesRanges: true },
	},
	{
		name: 'Retry On Fail',
		onError: 'continueRegularOutput',
		retryOnFail: true,
		provider: { maxUnfinished: 60 },
	},
	{
		name: 'Stop, then Retry',
		onError: 'continueErrorOutput',
		isStopped: true,
		provider: { isSlow: true, takesRanges: true },
	},
	{
		name: 'shared file',
		onError: 'continueErrorOutput',
		hasSharedFile: true,
		provider: { maxUnfinished: 80 },
	},
	{
		name: 'On Error = Stop',
		onError: 'stopWorkflow',
		onUnknownOutcome: 'createAgain',
		provider: { takesRanges: true },
	},
	{
		name: 'shared file, Retry On Fail',
		onError: 'continueErrorOutput',
		retryOnFail: true,
		hasSharedFile: true,
		simplify: false,
	},
	{
		name: 'overloaded for good',
		onError: 'continueErrorOutput',
		provider: { overloadedFrom: 0.6, takesRanges: true },
	},
	{
		name: 'Stop at a limit, then Retry',
		onError: 'continueErrorOutput',
		isStopped: true,
		onUnknownOutcome: 'createAgain',
		provider: { isSlow: true, maxUnfinished: 120 },
	},
	{
		name: 'Create Again, limit used up',
		onError: 'continueRegularOutput',
		onUnknownOutcome: 'createAgain',
		simplify: false,
		provider: { limitUsedUpMs: 15_000, maxUnfinished: 60, takesRanges: true },
	},
	{
		name: 'On Error = Stop, Retry On Fail',
		onError: 'stopWorkflow',
		retryOnFail: true,
		onUnknownOutcome: 'createAgain',
	},
];

/** The scenario of a seed. */
export function scenarioOf(seed: number): Scenario {
	const scenario = scenarios[(seed - 1) % scenarios.length];
	if (scenario === undefined) throw new Error(`Seeds are whole numbers from 1 on, not ${seed}`);
	return scenario;
}
