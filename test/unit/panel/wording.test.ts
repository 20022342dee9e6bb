import type { IExecuteFunctions, INode, INodeProperties, INodeType } from 'n8n-workflow';
import { SeedanceApi } from '../../../credentials/SeedanceApi.credentials';
import { inputError, runError } from '../../../nodes/Seedance/actions/runErrors';
import { getManyOperation } from '../../../nodes/Seedance/actions/video/getMany.operation';
import { videoHints } from '../../../nodes/Seedance/actions/video/videoHints';
import { descriptionWithIds as adviceOf } from '../../../nodes/Seedance/n8n/nodeError';
import { testModeHint } from '../../../nodes/Seedance/panel/credential';
import { describeFailure, failureWords } from '../../../nodes/Seedance/panel/failureText';
import {
	issue,
	issueCodes,
	textOfIssue,
	type Issue,
	type IssueCode,
	type IssueValues,
} from '../../../nodes/Seedance/panel/issues';
import { invalidInput } from '../../../nodes/Seedance/panel/labels';
import { endText, progressText, summaryText } from '../../../nodes/Seedance/panel/runSummary';
import { SeedanceAsset } from '../../../nodes/Seedance/SeedanceAsset.node';
import { SeedanceTrigger } from '../../../nodes/Seedance/SeedanceTrigger.node';
import { SeedanceVideo } from '../../../nodes/Seedance/SeedanceVideo.node';
import {
	SeedanceFailure,
	stopped,
	type FailureDetails,
	type FailureKind,
	type FailureValues,
} from '../../../nodes/Seedance/seedance/failure';
import { createRunLog } from '../../../nodes/Seedance/tasks/runLog';
import type { TaskLog } from '../../../nodes/Seedance/tasks/taskLog';
import { FakeClock } from '../fakeClock';

/** This is the only place that pins the words of the package; other tests assert codes, parameters and values. */

const model = 'Seedance 2.0';
const models = ['Seedance 2.5', 'Seedance 1.5 Pro'];
const provider = 'PowerTokens';
const expected = 'Enter a whole number from 0 to 9.';

const issueSamples: {
	readonly [Code in IssueCode]: ReadonlyArray<IssueValues<Code>>;
} = {
	empty: [
		{ expected: 'Enter a name such as "data".' },
		{ expected: 'Choose 16:9 or 1:1.', expression: '{{ $json.ratio }}' },
	],
	entryEmpty: [{ expected }, { expected, expression: '{{ $json.seed }}' }],
	objectAsText: [undefined],
	entriesUnknown: [{ given: '"dryrun"', names: ['dryRun', 'seed'] }],
	invalidValue: [
		{ given: 10, expected },
		{ given: 'ten', expected },
	],
	promptMissing: [undefined],
	modelUnknown: [{ given: 'sora-2', models }],
	modelNotOffered: [{ model, provider, models }],
	modelShutDown: [{ model, provider, models, day: '2026-11-11' }],
	endpointIdNotAccepted: [{ given: 'ep-1', provider, example: 'seedance-2-0-260128' }],
	modeNotSupported: [{ mode: 'Reference', model: 'Seedance 1.0 Pro', models }],
	draftTaskInvalid: [{ given: '' }, { given: 'a b' }],
	notInInterface: [{ provider }],
	framesFromOneField: [{ field: 'data' }],
	mediaFieldMissing: [undefined],
	mediaUrlMissing: [{ kind: 'image' }],
	assetIdMissing: [undefined],
	notText: [{ given: 7 }],
	assetIdInvalid: [{ given: 'a b' }],
	dataUrlNotForVideo: [undefined],
	dataUrlInvalid: [{ given: 'data:image/PNG;base64,AAAA', kind: 'image' }],
	mediaUrlInvalid: [{ given: 'http://example.com/i.png' }],
	referencesInvalid: [{ given: 7 }],
	referencesMissing: [undefined],
	tooManyReferences: [
		{ count: 10, kind: 'image', model, max: 9 },
		{ count: 1, kind: 'video', model: 'Seedance 1.0 Lite', max: 0 },
	],
	audioAlone: [{ model }],
	requestTooLarge: [{ megabytes: 70, maxMegabytes: 64 }],
	videoFileNotAccepted: [{ provider: 'APIYI' }],
	fileNotFound: [
		{ field: 'data', fields: [] },
		{ field: 'data', fields: ['photo', 'clip'] },
	],
	fileEmpty: [undefined],
	fileFormatUnknown: [{ wanted: 'a video', formats: 'MP4, MOV' }],
	fileKindWrong: [{ type: 'image/png', wanted: 'a video', formats: 'MP4, MOV' }],
	fileTooLarge: [{ megabytes: '31.0', rule: 'An image must be smaller than 30 MB.' }],
	audioTooLong: [{ seconds: '16.0', maxSeconds: 15 }],
	fileNotReadable: [{ message: 'ENOENT: no such file' }],
	fileReadTimedOut: [{ minutes: 3 }],
	resolutionNotSupported: [
		{ given: '4k', model: 'Seedance 2.0 Fast', allowed: ['480p', '720p'], models },
	],
	resolutionNotOffered: [{ given: '4k', provider, allowed: ['480p', '720p', '1080p'] }],
	resolutionNotInInterface: [{ given: '1080p', allowed: ['480p', '720p'] }],
	resolutionNotForDraft: [{ given: '720p' }],
	durationNotSupported: [
		{ given: 99, model, minSeconds: 4, maxSeconds: 15, automatic: true },
		{ given: -1, model: 'Seedance 1.0 Pro', minSeconds: 2, maxSeconds: 12, automatic: false },
	],
	durationNotForEdit: [{ given: 5 }],
	ratioFollowsInput: [{ given: '16:9', model: 'Seedance 2.5' }],
	optionNotSupported: [{ model, models }],
	flexNotOffered: [{ provider }],
	flexHasNoPriority: [undefined],
	draftHasNoLastFrame: [undefined],
	draftNotInFlex: [undefined],
	draftOfDraft: [undefined],
	notForFinal: [{ model: 'Seedance 2.5' }],
	webSearchNotOffered: [{ provider }],
	webSearchNeedsText: [undefined],
	cameraFixedWithReferences: [undefined],
	taskTypeNeedsReference: [{ given: 'Edit' }],
	taskTypeNeedsVideo: [{ given: 'Extend' }],
	createAgainNeedsWait: [{ given: 1 }],
	markerIsTaken: [{ field: 'Extra Body' }],
	storyNeedsWait: [undefined],
	storyBeforeUnreadable: [{ item: 2 }],
	draftNotInStory: [undefined],
	extensionNotSupported: [{ model, models }],
	shotDiffers: [{ given: '9:16', wanted: '16:9', shot: 2 }],
	frameOfLaterShot: [{ shot: 2 }],
	dryRunDiffers: [{ shot: 2 }],
	memberOfStory: [{ member: 'content' }],
	cancelNotSupported: [undefined],
	outputFieldTaken: [{ field: 'lastFrame' }],
	taskIdInvalid: [{ given: '' }, { given: 'a b' }],
	taskIdsInvalid: [{ given: 'a/b' }],
	assetTypeUnclear: [undefined],
	assetUrlInvalid: [undefined],
	assetReferenceInvalid: [{ given: '' }, { given: 'a b' }],
	credentialNotText: [undefined],
	providerUnknown: [{ given: 'acme', providers: ['PowerTokens', 'APIYI', 'Custom'] }],
	authorizationFormatUnknown: [{ given: 'basic' }],
	apiKeyMissing: [{ provider }],
	apiKeyInvalid: [undefined],
	baseUrlMissing: [{ path: '/contents/generations/tasks' }],
	baseUrlInvalid: [{ given: 'api powertokens' }],
	baseUrlScheme: [{ given: 'ftp:' }],
	baseUrlNotEncrypted: [{ host: 'example.com' }],
	baseUrlExtraParts: [undefined],
};

const host = 'api.powertokens.ai';
const estimates = 'item 1: 108,900, item 2: unknown';

const failureSamples: Readonly<Record<FailureKind, readonly FailureValues[]>> = {
	invalidInput: [{ text: 'Prompt is empty.' }],
	invalidCredential: [{ text: 'API Key is empty.' }],
	credentialUnreadable: [{ reason: 'SQLITE_BUSY: database is locked' }],
	unknownOperation: [{ given: '"explode"', operations: 'create, get' }],
	shotBeforeFailed: [
		{ story: 'fox', shot: 3, failedShot: 2, failedItem: 1, reason: 'The task was cancelled' },
		{ story: '', shot: 3, failedShot: 2, failedItem: 1, reason: 'The task was cancelled' },
		{ story: 'fox', shot: 3, failedShot: 2, failedItem: 1, unfinished: 'running', reason: '' },
	],
	shotNotFinished: [{ status: 'running' }],
	shotFileMissing: [
		{ shot: 1, file: 'lastFrame' },
		{ shot: 1, file: 'video' },
	],
	tokenBudgetExceeded: [
		{ budget: '100,000', total: '108,900', itemCount: 1, estimates },
		{ budget: '100,000', total: '217,800', itemCount: 2, estimates },
	],
	tokenBudgetNotEstimable: [
		{ budget: '100,000', unknownCount: 1, estimates },
		{ budget: '100,000', unknownCount: 2, estimates },
	],
	costBudgetExceeded: [
		{ budget: '1 USD', total: '1.5246 USD', itemCount: 1, estimates },
		{ budget: '1', total: '1.5246', itemCount: 2, estimates },
	],
	costBudgetNotEstimable: [
		{ budget: '1 USD', unknownCount: 1, estimates },
		{ budget: '1', unknownCount: 2, estimates },
	],
	taskManagementNotSupported: [{ provider }],
	taskListNotSupported: [{ host }],
	taskTimeMissing: [{}],
	noTestEvent: [{}],
	assetLibraryNotSupported: [{ provider: 'APIYI' }],
	assetAccessKeyMissing: [{}],
	assetUrlNotSupported: [{}],
	assetFileNotSupported: [{}],
	assetListNotSupported: [{}],
	assetDeleteNotSupported: [{}],
	idempotencyKeyReused: [{ key: '7-A kitten' }, { key: '7', items: '1, 4' }],
	ledgerUnavailable: [{}],
	ledgerUnreadable: [{}],
	modelNotAccessible: [{}],
	taskTypeNotAllowed: [{}],
	parameterRefused: [{}],
	realPersonInInput: [{}],
	protectedContentInInput: [{}],
	unsafeInput: [{}],
	unsafeOutput: [{}],
	contentRefused: [{}],
	contentCheckUnavailable: [{}],
	accessKeyRefused: [{}],
	apiKeyRefused: [{}],
	fileQuotaExceeded: [{}],
	insufficientCredit: [{}],
	notAllowed: [{}],
	modelNotFound: [{}],
	modelNotOpen: [{}],
	modelNotInPlan: [{}],
	taskRunning: [{}],
	limitReached: [{}, { minutes: 60 }, { minutes: 1 }],
	usageCapReached: [{}],
	rateLimited: [{}],
	requestRefused: [{}],
	redirected: [{}],
	addressNotFound: [{}],
	taskNotFound: [{}],
	requestTooLarge: [{}],
	tooManyRequests: [{}],
	internalError: [{}],
	unexpectedStatus: [{ httpStatus: 503 }],
	notConnected: [{ host }],
	connectionLost: [{ host }],
	answerTimedOut: [{ host }],
	answerUnreadable: [{ host }],
	createInterrupted: [{}, { key: '7-A kitten' }],
	taskFailed: [{}],
	taskCancelled: [{}],
	taskExpired: [{}],
	videoUrlMissing: [{}],
	waitTimedOut: [
		{ status: 'running', minutes: 60 },
		{ status: 'queued', minutes: 1, lastPoll: `${host} did not answer in time` },
	],
	assetNotFound: [{}],
	assetRefused: [{}],
	assetWaitTimedOut: [{ minutes: 10 }, { minutes: 1 }],
	runningTaskNotCancellable: [{}],
	taskNotCancellable: [{ status: 'succeeded' }],
	taskNotDeletable: ['queued', 'running', 'cancelled', 'unknown'].map((status) => ({ status })),
	cancelUnconfirmed: [{}],
	downloadRefused: [{ file: 'video', httpStatus: 403 }],
	downloadAddressRefused: [{ file: 'video', address: '127.0.0.1:8080' }],
	downloadNotMedia: [
		{ file: 'video', bytes: 64, contentType: 'text/html' },
		{ file: 'video', bytes: 5, contentType: '' },
		{ file: 'last frame', bytes: 0, contentType: 'image/png' },
	],
	downloadIncomplete: [{ file: 'last frame' }],
	downloadChanged: [{ file: 'video' }],
	downloadTooLong: [{ file: 'video' }],
	storageTimedOut: [{ minutes: 3 }],
	fileNotStored: [
		{ file: 'video', systemCode: 'ENOSPC', systemMessage: 'no space left on device' },
	],
	stopped: [{}],
	bug: [{ message: 'x is not a function' }],
	unexpected: [{ message: 'Disk full', description: 'Free some space.' }],
};

/** What is added to the words of a kind: who said what, and whether the outcome is known. */
const failureVariants: Readonly<Record<string, FailureDetails>> = {
	'outcome unknown, provider error': {
		kind: 'unexpectedStatus',
		httpStatus: 500,
		code: 'InternalServiceError',
		providerMessage: 'Oops',
		outcomeUnknown: true,
		requestId: 'r-1',
	},
	'outcome unknown, lost connection': {
		kind: 'connectionLost',
		values: { host },
		code: 'ECONNRESET',
		outcomeUnknown: true,
	},
	'outcome unknown, unreadable answer': {
		kind: 'answerUnreadable',
		values: { host, excerpt: '{"code":0}' },
		outcomeUnknown: true,
	},
	'outcome unknown, task not found': {
		kind: 'connectionLost',
		values: { host, search: 'notFound' },
		outcomeUnknown: true,
	},
	'outcome unknown, several tasks': {
		kind: 'connectionLost',
		values: { host, search: 'several' },
		outcomeUnknown: true,
		candidates: ['cgt-1', 'cgt-2'],
	},
	'outcome unknown, many tasks': {
		kind: 'connectionLost',
		values: { host, search: 'several' },
		outcomeUnknown: true,
		candidates: Array.from({ length: 22 }, (_, index) => `cgt-${index}`),
	},
	'outcome unknown, no search': {
		kind: 'connectionLost',
		values: { host, search: 'notPossible' },
		outcomeUnknown: true,
	},
	'outcome unknown, failed search': {
		kind: 'connectionLost',
		values: { host, search: 'notPossible', searchFailure: `${host} could not be reached` },
		outcomeUnknown: true,
	},
	'outcome unknown, n8n was ended': {
		kind: 'createInterrupted',
		values: { search: 'notFound' },
		outcomeUnknown: true,
	},
	'not connected': { kind: 'notConnected', values: { host }, code: 'ECONNREFUSED' },
	'with parameter, task and request': {
		kind: 'parameterRefused',
		code: 'InvalidParameter',
		providerMessage: 'The ratio is not valid.',
		param: 'ratio',
		httpStatus: 400,
		requestId: 'r-1',
		taskId: 'cgt-1',
	},
	'with an upload task': {
		kind: 'assetRefused',
		code: '500',
		values: { uploadTaskId: 'task_1' },
	},
};

const sampleOf = (code: IssueCode, values: object | undefined): Issue =>
	({ ...issue('field', 'fileEmpty'), code, values: values ?? {} }) as Issue;

type Line = readonly [key: string, text: string];

const issueLines = (): Line[] => [
	...issueCodes.flatMap((code) =>
		(issueSamples[code] ?? []).map((values): Line => [
			code,
			`<Label> ${textOfIssue(sampleOf(code, values))}`,
		]),
	),
	[
		'entry',
		`<Label> ${textOfIssue({ ...issue('references', 'dataUrlNotForVideo'), entry: 'number 2 (video)' })}`,
	],
];

const failureLines = (): Line[] =>
	(Object.keys(failureWords) as FailureKind[]).flatMap((kind) =>
		failureSamples[kind].flatMap((values): Line[] => {
			const { message, description } = describeFailure(new SeedanceFailure({ kind, values }));
			return [[kind, message], ...(description === '' ? [] : [['  advice', description] as const])];
		}),
	);

const variantLines = (): Line[] =>
	Object.entries(failureVariants).map(([name, details]) => [
		name,
		adviceOf(new SeedanceFailure(details)),
	]);

const node = { name: 'Seedance Video', type: 't', parameters: {} } as unknown as INode;

/** What n8n shows when the node fails with several items. */
const runLines = (): Line[] => {
	const properties = new SeedanceVideo().description.properties;
	const refused = invalidInput(properties, [issue('prompt', 'promptMissing')]);
	const entryRefused = invalidInput(properties, [
		issue('options.seed', 'invalidValue', { given: 'x', expected }),
	]);
	const bad = inputError(
		node,
		3,
		new Map([
			[1, refused],
			[2, entryRefused],
		]),
	);
	const failed = new SeedanceFailure({ kind: 'taskFailed', taskId: 'cgt-2' });
	const unknown = new SeedanceFailure({
		kind: 'answerTimedOut',
		values: { host },
		outcomeUnknown: true,
	});
	const other = runError(
		node,
		{ itemIndex: 1, itemsInAll: 4 },
		new Map([
			[1, failed],
			[3, unknown],
		]),
		new Map([
			[0, 'cgt-1'],
			[1, 'cgt-2'],
		]),
	);
	return [
		['several items refused', bad.message],
		['  advice', String(bad.description)],
		['an item failed among others', other.message],
		['  advice', String(other.description)],
		['stopped before the first item', inputError(node, 1, new Map([[0, stopped()]])).message],
	];
};

const hintLines = (): Line[] => {
	const kinds = {
		'timed out': { json: { timedOut: true } },
		'not downloaded': { json: { downloadFailure: 'x' }, binary: {} },
		'not in the item': { json: { videoUrl: 'u' } },
	};
	const lines = Object.entries(kinds).flatMap(([name, output]) =>
		[1, 2].map((count): Line => [
			`${name}, ${count}`,
			videoHints(Array.from({ length: count }, () => output)).join(' | '),
		]),
	);
	const again = getManyOperation.hints([{ json: { taskId: 't' } }, { json: { taskId: 't' } }]);
	return [...lines, ['listed again', again.join(' | ')], ['test mode', testModeHint]];
};

/** Everything that a property shows, by its path. */
function propertyLines(property: INodeProperties, parent = ''): Line[] {
	const path = parent + property.name;
	const shown = Object.entries({
		label: property.displayName,
		description: property.description,
		hint: property.hint,
		placeholder: property.placeholder,
		button: property.typeOptions?.multipleValueButtonText,
	}).flatMap(([what, text]): Line[] => (text === undefined ? [] : [[`${path} ${what}`, text]]));
	const modes = (property.modes ?? []).flatMap((mode) =>
		propertyLines({ ...mode, type: 'string', default: '' } as INodeProperties, `${path}.`),
	);
	const entries = (property.options ?? []).flatMap((option): Line[] => {
		if ('values' in option) {
			return [
				[`${path}.${option.name} label`, option.displayName],
				...option.values.flatMap((value) => propertyLines(value, `${path}.${option.name}.`)),
			];
		}
		if ('value' in option) {
			const { name, value, description, action } = option;
			const said = [description, action].filter(Boolean).join(' | ');
			return [[`${path} = ${String(value)}`, said === '' ? name : `${name} | ${said}`]];
		}
		return propertyLines(option as INodeProperties, `${path}.`);
	});
	return [...shown, ...modes, ...entries];
}

const nodeLines = ({
	description: { displayName, description, properties },
}: INodeType): Line[] => [
	['node', `${displayName} | ${description}`],
	...properties.flatMap((property) => propertyLines(property)),
];

const task = { itemIndex: 0, taskId: 'cgt-1' };

const logSamples: { readonly [Name in keyof TaskLog]: ReadonlyArray<Parameters<TaskLog[Name]>> } = {
	claimed: [
		[task, true, false],
		[task, true, true],
		[task, false, false],
		[task, false, true],
	],
	foundAgain: [[task]],
	waits: [[task, false]],
	status: [[0, { taskId: 'cgt-1', status: 'running', statusWord: 'running', raw: {} }, 61_000]],
	notCreatedAgain: [[task]],
	outcomeUnknown: [[1, new SeedanceFailure({ kind: 'connectionLost', values: { host } })]],
	lateTask: [[task]],
	lastPollFailed: [[task, new SeedanceFailure({ kind: 'answerTimedOut', values: { host } })]],
	cancelled: [[task]],
	notCancelled: [[task, 'The task is already running and can no longer be cancelled']],
	cancelOnStopEnded: [[[task, { itemIndex: 2, taskId: 'cgt-2' }], 15_000]],
	returned: [[0, { kind: 'delivered', tokens: 108_900 }]],
	failed: [
		[0, new SeedanceFailure({ kind: 'bug' }, { stack: 'TypeError: x is undefined' })],
		[0, new SeedanceFailure({ kind: 'connectionLost', values: { host } })],
	],
	limitFound: [[10]],
	listGivenUp: [[new SeedanceFailure({ kind: 'unexpectedStatus', httpStatus: 404 })]],
	recorded: [[24, 1_200]],
	notDurable: [['n8n keeps no processed data here']],
	notKept: [[]],
	ended: [['failed', true]],
};

/** The log of a run, and the lines that it has written. */
function logOf(itemsInAll: number) {
	const lines: Line[] = [];
	const write = (level: string) => (message: string) => lines.push([level, message]);
	const levels = ['debug', 'info', 'warn', 'error'];
	const logger = Object.fromEntries(levels.map((level) => [level, write(level)]));
	const getNode = () => ({ name: 'Seedance Video' });
	const context = { logger, getNode } as unknown as IExecuteFunctions;
	const clock = new FakeClock();
	const executionId = itemsInAll === 1 ? undefined : '42';
	return { lines, clock, log: createRunLog(context, clock, { provider, executionId, itemsInAll }) };
}

const logLines = (): Line[] =>
	[1, 3].flatMap((itemsInAll) => {
		const { lines, log } = logOf(itemsInAll);
		const calls = Object.entries(logSamples) as Array<[keyof TaskLog, ReadonlyArray<never>]>;
		return calls.flatMap(([name, samples]) => {
			lines.length = 0;
			for (const sample of samples)
				(log[name] as (...values: unknown[]) => void).call(log, ...(sample as unknown[]));
			return lines.map(([level, text]): Line => [`${name} (${level})`, text]);
		});
	});

const stopLines = (): Line[] => {
	const { lines, clock, log } = logOf(3);
	const finished = { itemIndex: 1, taskId: 'cgt-2' };
	for (const one of [task, finished]) log.claimed(one, true, false);
	log.returned(1, { kind: 'delivered' });
	log.status(1, { taskId: 'cgt-2', status: 'succeeded', statusWord: 'succeeded', raw: {} }, 9_000);
	lines.length = 0;
	clock.stop();
	return lines;
};

const noneEnded = {
	...{ delivered: 0, failed: 0, outcomeUnknown: 0, continuing: 0 },
	...{ undelivered: 0, cancelled: 0, notCreated: 0, noTask: 0 },
};

/** What the counts of a run say, with the fewest words and with the most. */
const countLines = (): Line[] => {
	const none = { items: 3, notCreated: 0, queued: 0, running: 0, downloading: 0, ended: noneEnded };
	const ended = {
		...{ delivered: 3, failed: 2, outcomeUnknown: 1, continuing: 4 },
		...{ undelivered: 5, cancelled: 6, notCreated: 7, noTask: 8 },
	};
	const all = { items: 50, notCreated: 1, queued: 2, running: 3, downloading: 4, ended };
	const nothing = {
		created: 0,
		resumed: 0,
		foundAgain: 0,
		videos: 0,
		tokens: undefined,
		costs: [],
	};
	const totals = {
		...{ counts: all, created: 12, resumed: 3, foundAgain: 1, videos: 3 },
		tokens: { sum: 326_700, videos: 3 },
		costs: [
			{ sum: { amount: 1.5246, currency: 'USD' }, videos: 2 },
			{ sum: { amount: 7, currency: undefined }, videos: 1 },
		],
	};
	return [
		['nothing', progressText(none)],
		['everything', progressText(all, 'PowerTokens accepts 10 in flight')],
		...(['ended', 'failed', 'stopped'] as const).map((end): Line => [
			end,
			endText('Seedance Video', end),
		]),
		['nothing at the end', summaryText({ counts: none, ...nothing })],
		['everything at the end', summaryText(totals)],
	];
};

const credential = new SeedanceApi();

async function credentialErrorLines(): Promise<Line[]> {
	const messageOf = async (data: { apiKey: string }) =>
		await credential.authenticate(data, { url: 'https://elsewhere.example' }).then(
			() => '',
			(error: Error) => error.message,
		);
	return [
		['key for another host', await messageOf({ apiKey: 'k' })],
		['incomplete', await messageOf({ apiKey: '' })],
	];
}

const sections: Readonly<Record<string, () => Line[] | Promise<Line[]>>> = {
	'issues of user input': issueLines,
	failures: failureLines,
	'what a failure adds': variantLines,
	'failures of several items': runLines,
	hints: hintLines,
	'the panel of Seedance Video': () => nodeLines(new SeedanceVideo()),
	'the panel of Seedance Asset': () => nodeLines(new SeedanceAsset()),
	'the panel of Seedance Trigger': () => nodeLines(new SeedanceTrigger()),
	'the panel of the credential': () =>
		credential.properties.flatMap((property) => propertyLines(property)),
	'errors of the credential': credentialErrorLines,
	'the log': logLines,
	'the counts of a run': countLines,
	'the log at a stop': stopLines,
};

test.each(Object.keys(sections))('%s', async (name) => {
	const lines = (await sections[name]?.()) ?? [];
	expect(lines.map(([key, text]) => `${key}: ${text}`).join('\n')).toMatchSnapshot();
});

test('every line of the log about an item or a task names item and execution', () => {
	const about = logLines().filter(([, text]) => /cgt-|\bitem \d/.test(text));
	const ofExecution = about.slice(about.length / 2).map(([, text]) => text);
	expect(ofExecution.length).toBe(14);
	const place = /, item \d+ of execution 42\b|, execution 42: cgt-1 \(item 1\), cgt-2 \(item 3\)$/;
	expect(ofExecution.filter((text) => !place.test(text))).toEqual([]);
});

test('every issue has a sample', () => {
	expect(Object.keys(issueSamples)).toEqual(issueCodes);
	expect(Object.values(issueSamples).every((samples) => samples.length > 0)).toBe(true);
});

describe('style', () => {
	/** Words that are not used, and what to say instead. */
	const banned: ReadonlyArray<[pattern: RegExp, instead: string]> = [
		[/\blook(s|ed|ing)?\b(?! for)/i, 'poll'],
		[/\bpassing\b/i, 'transient'],
		[/\bput out\b/i, 'returned'],
		[/\b(paid|pays?) (for|again)\b/i, 'charged'],
		[/\b(by|for) itself\b/i, 'separately'],
		[/\bgo(es)? on\b/i, 'continues'],
		[/\bunfinished\b/i, 'in flight'],
		[/\btakes?\b(?! \d+ to \d+ minutes)/i, 'accepts, supports'],
		[/\bis no\b/i, 'is not a supported'],
		[/\b(most|least) \w+ tasks\b/i, 'max'],
		[/\b(may|might) exist\b|\b(answer|create) (was|is) lost\b/i, 'outcome unknown'],
		[/\bmay not\b/i, 'is not allowed to'],
		[/\bany more\b/i, 'no longer'],
		[/\bholds?\b/i, 'has'],
		[/\b(has|have) to be\b/i, 'must be'],
		[/\bonce more\b/i, 'again'],
		[/\bcannot be had\b|\bto be had\b/i, 'is not available'],
	];
	const maxWords = 25;

	const texts = async () =>
		(await Promise.all(Object.values(sections).map(async (lines) => await lines())))
			.flat()
			.map(([key, text]) => `${key}: ${text}`);

	test('no word of the dialect', async () => {
		const found = (await texts()).flatMap((line) =>
			banned
				.filter(([pattern]) => pattern.test(line.slice(line.indexOf(': '))))
				.map(([, instead]) => `${instead} ← ${line}`),
		);
		expect(found).toEqual([]);
	});

	test('straight quotes and apostrophes', async () => {
		expect((await texts()).filter((line) => /[‘’“”]/.test(line))).toEqual([]);
	});

	test(`at most ${maxWords} words in a sentence`, async () => {
		const sentences = (await texts()).flatMap((line) =>
			line.slice(line.indexOf(': ') + 2).split(/(?<=[.!?]"?) (?=[A-Z"[])| \| /),
		);
		expect(sentences.filter((sentence) => sentence.split(' ').length > maxWords)).toEqual([]);
	});
});
