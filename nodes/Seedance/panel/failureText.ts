import type { FailureKind, FailureValues, SeedanceFailure } from '../seedance/failure';
import { itemNumber, listOf, quoted } from './values';

/** The words of a failure: what happened, and what to do about it. */
export interface FailureText {
	readonly message: string;
	readonly description: string;
}

interface Words {
	readonly message: string | ((values: FailureValues) => string);
	readonly advice: string | ((values: FailureValues) => string);
}

const checkKey =
	'Check API Key, Provider and Base URL in the Seedance API credential. A key works with one provider and region only.';
const checkNetwork =
	'Check Provider and Base URL in the Seedance API credential and the network of your n8n instance, then run the item again.';
const topUp = "Top up in the provider's console, then run the item again.";
const slowDown = 'Run the item again in a minute, or set Max Concurrency in Options.';
const fetchVideo =
	'The video is finished and charged. To fetch it, run the Get operation with this task ID and Download Video on within 24 hours.';
/** Source: Volcengine docs 1544106. */
const notCharged = 'ByteDance charges only videos that succeed; a reseller may differ.';
const changeRequest = 'Change the prompt or the media, then create a new task.';

const ofStory = (story: FailureValues[string]) =>
	story === undefined || story === '' ? '' : ` of story ${quoted(story)}`;

/** Kind of failure → its words. */
export const failureWords: Readonly<Record<FailureKind, Words>> = {
	invalidInput: {
		message: ({ text }) => String(text),
		advice: '',
	},
	invalidCredential: {
		message: ({ text }) => `In the Seedance API credential, ${text}`,
		advice: 'Open the credential, correct the field and save it.',
	},
	credentialUnreadable: {
		message: ({ reason }) => `n8n could not read the Seedance API credential: ${reason}`,
		advice: 'Run the item again. If n8n still cannot read it, open the credential and save it.',
	},
	unknownOperation: {
		message: ({ given }) => `Operation is ${given}, which is not a supported operation`,
		advice: ({ operations }) => `Choose one of: ${operations}.`,
	},
	tokenBudgetExceeded: {
		message: ({ budget, total, itemCount }) =>
			`Token Budget is ${budget}, and ${itemCount === 1 ? 'this item is' : `these ${itemCount} items are`} estimated at ${total} tokens`,
		advice: ({ estimates }) =>
			`Raise Token Budget, run fewer items, or use shorter videos or a lower resolution. Estimates: ${estimates}.`,
	},
	tokenBudgetNotEstimable: {
		message: ({ budget, unknownCount }) =>
			`Token Budget is ${budget}, and the tokens of ${unknownCount === 1 ? 'an item' : `${unknownCount} items`} cannot be estimated`,
		advice: ({ estimates }) =>
			`Remove Token Budget for 4k, Final From Draft, unknown models, and an Extra Body that sets what decides the tokens. They have no estimate. Estimates: ${estimates}.`,
	},
	costBudgetExceeded: {
		message: ({ budget, total, itemCount }) =>
			`Cost Budget is ${budget}, and ${itemCount === 1 ? 'this item is' : `these ${itemCount} items are`} estimated at ${total}`,
		advice: ({ estimates }) =>
			`Raise Cost Budget, run fewer items, or use shorter videos or a lower resolution. Estimates: ${estimates}.`,
	},
	costBudgetNotEstimable: {
		message: ({ budget, unknownCount }) =>
			`Cost Budget is ${budget}, and the cost of ${unknownCount === 1 ? 'an item' : `${unknownCount} items`} cannot be estimated`,
		advice: ({ estimates }) =>
			`Set Price per Million Tokens in Options if the node knows no price for your provider and model. Remove Cost Budget for 4k, Final From Draft, unknown models, and an Extra Body that sets what decides the cost. They have no estimate. Estimates: ${estimates}.`,
	},
	taskManagementNotSupported: {
		message: 'The OpenAI-Style interface cannot list, cancel or delete tasks',
		advice: ({ provider }) =>
			`Set API Style to Official in the Seedance API credential: ${provider} uses the same key and the same tasks there. To read a task by its ID, use the Get operation.`,
	},
	taskListNotSupported: {
		message: ({ host }) => `${host} has no list of tasks`,
		advice:
			"To read a task, run the Get operation with its ID. The IDs are in n8n's log. Seedance Trigger does not work here.",
	},
	taskTimeMissing: {
		message: "The provider's list does not say when its tasks were created",
		advice:
			'Seedance Trigger needs the time to deliver each task once. Use Get Many and Get in a workflow with a schedule.',
	},
	noTestEvent: {
		message: 'None of the newest tasks matches Event and Filters',
		advice:
			'Create a video and fetch the test event when it is finished, or change Event and Filters. The newest 500 tasks are compared.',
	},
	assetLibraryNotSupported: {
		message: ({ provider }) => `${provider} has no asset library that this node can use`,
		advice:
			'Use URLs for media. APIYI accepts assets from a Volcengine account: to manage them, use a Volcengine credential here.',
	},
	assetAccessKeyMissing: {
		message:
			'Access Key ID and Secret Access Key are empty in the Seedance API credential, and the asset library of Ark needs both',
		advice:
			"Create an access key in the provider's console (it is not the API key) and enter both parts.",
	},
	assetUrlNotSupported: {
		message: 'The asset library of PowerTokens accepts files, not URLs',
		advice: 'Set Source to Input Field. To use a URL in a video, enter it in Seedance Video.',
	},
	assetFileNotSupported: {
		message: 'The asset library of Ark accepts public URLs, not files',
		advice: 'Set Source to URL. Seedance Video accepts image and audio files directly.',
	},
	assetListNotSupported: {
		message: 'The asset library of PowerTokens cannot list assets',
		advice: 'Use the Asset Library page of the PowerTokens console.',
	},
	assetDeleteNotSupported: {
		message: 'The asset library of PowerTokens cannot delete assets',
		advice: 'Use the Asset Library page of the PowerTokens console.',
	},
	idempotencyKeyReused: {
		message: ({ key, items }) =>
			items === undefined
				? `Idempotency Key ${quoted(key)} was used for another request within 7 days`
				: `Idempotency Key ${quoted(key)} is the same for items ${items}, but their requests differ`,
		advice:
			'Use a key that differs for each video, such as the row number with the prompt. To fetch the earlier video, restore its request.',
	},
	ledgerUnavailable: {
		message: 'Idempotency Key is set, but n8n keeps no record for this node',
		advice:
			"Nothing was sent. n8n keeps a record only for nodes of a saved workflow, not for an agent's tool and not in old versions. Save the workflow and execute it again, or remove Idempotency Key from Options.",
	},
	ledgerUnreadable: {
		message: "n8n's record of what this execution has created cannot be read",
		advice:
			"Nothing was sent. The tasks of the execution are in n8n's log and in Get Many. To create all videos anew, execute the workflow instead of retrying it.",
	},
	modelNotAccessible: {
		message: 'The API key has no access to this model',
		advice:
			'At APIYI, add the group SeeDance2 to the key in its console, or for Seedance 2.5 the group SeeDance25. Elsewhere, activate the model for the key.',
	},
	taskTypeNotAllowed: {
		message: 'The prompt asks for an edit or an extension that these settings do not allow',
		advice: 'Set Ratio to Adaptive and, for an edit, Duration to -1.',
	},
	parameterRefused: {
		message: 'The provider did not accept a parameter',
		advice: 'Correct the parameter that the provider names below.',
	},
	realPersonInInput: {
		message: 'The input shows a real person',
		advice:
			'Use an image of a virtual character, or upload an authorized real-person asset in the console.',
	},
	protectedContentInInput: {
		message: 'The input contains protected works, brands or music',
		advice: 'Remove names of films, characters, brands and artists, and copyrighted media.',
	},
	unsafeInput: {
		message: 'The input did not pass the content check of the provider',
		advice: 'Change the prompt or the media that the provider names, then create a new task.',
	},
	unsafeOutput: {
		message: 'The finished video did not pass the content check of the provider',
		advice:
			'Remove names of films, characters, brands and real people from the prompt. If music may be the cause, turn Generate Audio off. Then create a new task. ' +
			notCharged,
	},
	contentRefused: {
		message: 'The request did not pass the content check of the provider',
		advice: changeRequest,
	},
	contentCheckUnavailable: {
		message: 'The content check of the provider was not available',
		advice: 'Run the item again in a few minutes.',
	},
	accessKeyRefused: {
		message: 'The asset library did not accept the access key',
		advice:
			'Check Access Key ID and Secret Access Key in the Seedance API credential, and the clock of your n8n instance.',
	},
	apiKeyRefused: { message: 'The provider did not accept the API key', advice: checkKey },
	fileQuotaExceeded: {
		message: "The account's file storage is full",
		advice: "Delete files that you no longer need in the provider's console.",
	},
	insufficientCredit: { message: 'The account has run out of credit', advice: topUp },
	notAllowed: {
		message: 'The account is not allowed to do this',
		advice: "Activate the model or service for this account in the provider's console.",
	},
	modelNotFound: {
		message: 'The provider does not know this model, or has not activated it for this account',
		advice:
			"Choose another Model, or activate this one in the provider's console. Model IDs differ between providers and regions.",
	},
	modelNotOpen: {
		message: 'The model is not open for this account',
		advice:
			"Activate the model in the provider's console. Seedance 2.x also needs a balance of more than about 200 CNY at Volcengine or 30 USD at BytePlus, or a plan.",
	},
	modelNotInPlan: {
		message: 'The plan of this API key does not include the model',
		advice:
			"Choose Custom (by ID) as Model, and enter the name that the plan has for it, in lower case. If the plan has no video, use a key without a plan and the provider's usual Base URL.",
	},
	taskRunning: {
		message: 'The task is already running and can no longer be cancelled',
		advice: 'Wait until it has finished, then fetch the video with the Get operation.',
	},
	limitReached: {
		message: 'The account has reached a limit',
		advice: ({ minutes }) =>
			minutes === undefined
				? "Run the item again when queued tasks have finished, or raise the limit in the provider's console. With Wait for Completion on, the node waits until then."
				: `The node waited ${minutes} ${minutes === 1 ? 'minute' : 'minutes'} for other tasks of the account to finish. Run the item again later, raise Maximum Wait (Minutes) in Wait Options, or raise the limit in the provider's console.`,
	},
	usageCapReached: {
		message: 'The account has reached a usage limit that was set for it',
		advice: "Raise the limit in the provider's console, then run the item again.",
	},
	rateLimited: { message: 'The provider is receiving too many requests', advice: slowDown },
	requestRefused: {
		message: 'The provider did not accept the request',
		advice: 'Correct what the provider names below.',
	},
	redirected: {
		message: 'The provider redirected the request to another address',
		advice:
			'Enter that address as Base URL in the Seedance API credential. The key is not sent along with a redirect.',
	},
	addressNotFound: {
		message: 'The provider does not know this address or model',
		advice: 'Check Provider, API Style and Base URL in the Seedance API credential, and the Model.',
	},
	taskNotFound: {
		message: 'The provider does not know this task',
		advice:
			'Check Task and the credential. A provider keeps tasks for 7 days and shows them only to the account that created them.',
	},
	requestTooLarge: {
		message: 'The request is too large for the provider',
		advice: 'Use URLs or assets for media instead of embedding them.',
	},
	tooManyRequests: {
		message: 'The provider is receiving too many requests, or the account has reached a limit',
		advice: slowDown,
	},
	internalError: {
		message: 'The provider had an internal error',
		advice:
			'Run the item again in a few minutes. With Create Again After a Failure in Options, the node creates a task again that failed like this.',
	},
	unexpectedStatus: {
		message: ({ httpStatus }) => `The provider answered with HTTP status ${httpStatus}`,
		advice: '',
	},
	notConnected: {
		message: ({ host }) => `${host} could not be reached`,
		advice: checkNetwork,
	},
	connectionLost: {
		message: ({ host }) => `The connection to ${host} broke before an answer arrived`,
		advice: checkNetwork,
	},
	answerTimedOut: {
		message: ({ host }) => `${host} did not answer in time`,
		advice: checkNetwork,
	},
	answerUnreadable: {
		message: ({ host }) => `The answer from ${host} could not be read`,
		advice: checkNetwork,
	},
	createInterrupted: {
		message: ({ key }) =>
			key === undefined
				? 'n8n was ended while the create of this item was in flight'
				: `Idempotency Key ${quoted(key)} was used before, and its task was not found`,
		advice: 'Nothing more was created.',
	},
	taskFailed: {
		message: 'The provider could not finish the task',
		advice: `Change the request, or create the task again. ${notCharged}`,
	},
	taskCancelled: {
		message: 'The task was cancelled',
		advice: 'Create a new task if you still want the video.',
	},
	taskExpired: {
		message: 'The task did not finish before it expired',
		advice: `Create a new task, at another time of day or with a lower resolution. ${notCharged}`,
	},
	videoUrlMissing: {
		message: 'The task succeeded, but its answer has no video URL',
		advice: 'Run the Get operation with this task ID in a minute. Do not create the task again.',
	},
	shotBeforeFailed: {
		message: ({ story, shot, failedShot, unfinished, reason }) =>
			unfinished === undefined
				? `Shot ${shot}${ofStory(story)} was not created, because shot ${failedShot} failed: ${reason}`
				: `Shot ${shot}${ofStory(story)} was not created, because shot ${failedShot} is still ${unfinished} after Maximum Wait (Minutes)`,
		advice: ({ failedItem, unfinished }) =>
			`Nothing is charged for this shot. ${unfinished === undefined ? `See why item ${itemNumber(Number(failedItem))} failed, and change the node so that it does not` : 'Set a longer Maximum Wait (Minutes) in Wait Options'}. Then retry the execution with the saved workflow: finished shots are fetched again, and the story continues at the first shot that is missing. A new execution makes all shots again.`,
	},
	shotNotFinished: {
		message: ({ status }) => `The task is still ${status} after Maximum Wait (Minutes)`,
		advice: 'Set a longer Maximum Wait (Minutes) in Wait Options.',
	},
	shotFileMissing: {
		message: ({ shot, file }) =>
			`The provider returned no ${file === 'video' ? 'video' : 'last frame'} of shot ${shot}`,
		advice:
			'That shot is finished and charged, and nothing was created for this one. Retry the execution. If it happens again, try another model or provider for stories.',
	},
	waitTimedOut: {
		message: ({ status, minutes }) =>
			`The task is still ${status} after ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`,
		advice: ({ lastPoll }) =>
			`The task continues at the provider. To get the video, run the Get operation with this task ID. Do not create the task again. To avoid this, set a longer Maximum Wait (Minutes).${lastPoll === undefined ? '' : ` The last poll failed: ${lastPoll}.`}`,
	},
	assetNotFound: {
		message: 'The asset library does not know this ID',
		advice:
			'At PowerTokens, enter the ID of the upload task that Upload returned, not the ID of the asset. It is shown only to the account that uploaded the file.',
	},
	assetRefused: {
		message: 'The asset library did not accept the file',
		advice:
			'Use an image under 30 MB, an MP4 or MOV of 2 to 15 seconds, or a WAV or MP3 of 2 to 15 seconds. Real people need an authorized asset.',
	},
	assetWaitTimedOut: {
		message: ({ minutes }) =>
			`The asset is still being processed after ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`,
		advice: 'Read it later with the Get operation of Seedance Asset and this ID.',
	},
	runningTaskNotCancellable: {
		message: 'The task is already running, and a running task cannot be cancelled',
		advice: 'Fetch the video with the Get operation when it is finished.',
	},
	taskNotCancellable: {
		message: ({ status }) => `The task cannot be cancelled, because its status is ${status}`,
		advice: 'Fetch it with the Get operation, or remove its record with Delete.',
	},
	cancelUnconfirmed: {
		message: 'It is not known whether the task was cancelled',
		advice:
			"It was queued when it was read, and the provider accepted the call that cancels a queued task and deletes a finished one. If the Get operation does not find it, its record was deleted. If it is still queued, it continues unless you cancel it again. The usage in the provider's console shows whether it was charged.",
	},
	taskNotDeletable: {
		message: ({ status }) => `The task cannot be deleted, because its status is ${status}`,
		advice: ({ status }) =>
			({
				queued: 'To end a task that has not started, use the Cancel operation.',
				running: 'Wait until it has finished.',
				// Source: PowerTokens Seedance 2.0 quick start (24 hours).
				cancelled: 'The provider removes cancelled tasks after 24 hours.',
			})[String(status)] ??
			'Check its status with the Get operation, and try again when it is known.',
	},
	downloadRefused: {
		message: ({ file, httpStatus }) =>
			`The host of the ${file} answered the download with HTTP status ${httpStatus}`,
		advice: fetchVideo,
	},
	downloadAddressRefused: {
		message: ({ file, address }) =>
			`The URL of the ${file} leads to ${address}, from where the node fetches no files`,
		advice:
			'Files are fetched over http and https alone, and only a provider inside your network may lead to an address inside it. Check the URL with the Get operation.',
	},
	downloadNotMedia: {
		message: ({ file, bytes, contentType }) =>
			`The host of the ${file} answered with ${bytes === 0 ? 'no bytes' : `something else than the file${contentType === '' ? '' : ` (${contentType})`}`}`,
		advice: fetchVideo,
	},
	downloadIncomplete: {
		message: ({ file }) => `The download of the ${file} was interrupted`,
		advice: fetchVideo,
	},
	downloadTooLong: {
		message: ({ file }) => `The download of the ${file} did not end within 30 minutes or 2 GB`,
		advice: fetchVideo,
	},
	downloadChanged: {
		message: ({ file }) => `The ${file} changed at its host while it was downloaded`,
		advice: fetchVideo,
	},
	fileNotStored: {
		message: ({ file, systemCode, systemMessage }) =>
			`n8n could not store the ${file} (${systemCode}): ${systemMessage}`,
		advice: fetchVideo,
	},
	storageTimedOut: {
		message: ({ minutes }) => `n8n's storage of files did not answer for ${minutes} minutes`,
		advice: fetchVideo,
	},
	stopped: {
		message: 'The execution was stopped',
		advice:
			'Tasks that were created continue at the provider. To fetch the videos, use the Get operation with their IDs.',
	},
	bug: {
		message: ({ message }) => String(message),
		advice: 'This is a bug in the Seedance node. Report it with the stack trace in the details.',
	},
	unexpected: {
		message: ({ message }) => String(message),
		advice: ({ description }) => String(description ?? ''),
	},
};

const maxListedCandidates = 20;

/** What to do about an unknown outcome, by how the search for the task ended (`values.search`). */
const adviceAfterSearch: Readonly<Record<string, Words['advice']>> = {
	notFound:
		"The node searched the provider's list for two minutes and did not find the task. If n8n offers to retry the execution, do so in a few minutes: the node searches again and creates nothing. If the task is still not found, set When the Outcome Is Unknown in Options to Create Again, and retry with the currently saved workflow. If the first task was created after all, you are then charged for both videos.",
	several:
		"The node searched the provider's list, but cannot tell which task is this one. Fetch the candidates with the Get operation, and use the one that fits the item. If none fits, run the item in a new execution.",
	notPossible: ({ searchFailure }) =>
		`The node could not search the provider's list${searchFailure === undefined ? '' : ` (${searchFailure})`}. Look for the task in the provider's console. If it is there, use the Get operation with its ID. If it is not, run the item in a new execution.`,
};

const adviceWithoutSearch =
	"Before you run this item again, look for the task with Get Many or in the provider's console. If it is there, use the Get operation with its ID.";

/** Kinds that are found before anything is sent for the item. */
const beforeSending: ReadonlySet<FailureKind> = new Set<FailureKind>([
	...(['invalidInput', 'invalidCredential', 'unknownOperation'] as const),
	...(['tokenBudgetExceeded', 'tokenBudgetNotEstimable'] as const),
	...(['costBudgetExceeded', 'costBudgetNotEstimable'] as const),
	...(['idempotencyKeyReused', 'assetAccessKeyMissing'] as const),
]);

/** What an item says that was never sent; empty for any other failure. */
export function nothingSentFor({ kind }: SeedanceFailure): string {
	return beforeSending.has(kind)
		? 'Nothing was sent to the provider for this item, and nothing is charged.'
		: '';
}

/** Replaces the advice wherever a create may have been accepted. */
function outcomeUnknownAdvice({ values, candidates = [] }: SeedanceFailure): string {
	const advice = adviceAfterSearch[String(values['search'])] ?? adviceWithoutSearch;
	return sentences(
		'The outcome is unknown: the task may have been created, and is charged if its video succeeds.',
		typeof advice === 'string' ? advice : advice(values),
		candidates.length === 0 ? '' : `Candidates: ${listOf(candidates, maxListedCandidates)}.`,
	);
}

/** Kinds without an answer: their code comes from the network, not from the provider. */
const withoutAnswer: ReadonlySet<FailureKind> = new Set<FailureKind>([
	'notConnected',
	'connectionLost',
	'answerTimedOut',
	'downloadIncomplete',
]);

/** What happened and what to do, in full sentences, with what the provider said. */
export function describeFailure(failure: SeedanceFailure): FailureText {
	const { message, advice } = failureWords[failure.kind];
	const values = { httpStatus: failure.httpStatus, ...failure.values };
	const fill = (text: Words['message']) => (typeof text === 'string' ? text : text(values));
	return {
		message: fill(message),
		description: sentences(
			failure.outcomeUnknown ? outcomeUnknownAdvice(failure) : fill(advice),
			failure.param === undefined ? '' : `Parameter: ${failure.param}.`,
			providerSays(failure),
			failure.values['excerpt'] === undefined
				? ''
				: `The answer begins: ${failure.values['excerpt']}`,
			failure.values['uploadTaskId'] === undefined
				? ''
				: `Upload task: ${failure.values['uploadTaskId']}.`,
		),
	};
}

function providerSays({ kind, code, providerMessage }: SeedanceFailure): string {
	if (withoutAnswer.has(kind)) return code === undefined ? '' : `Network error: ${code}.`;
	const said = [code, providerMessage].filter((word) => word !== undefined).join(': ');
	if (said === '') return '';
	return `The provider says: ${said}${/[.!?。！？]$/.test(said) ? '' : '.'}`;
}

/** Joins the sentences that are not empty. */
export function sentences(...parts: readonly string[]): string {
	return parts.filter((part) => part !== '').join(' ');
}
