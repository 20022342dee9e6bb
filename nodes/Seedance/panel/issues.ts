import { storyIssueTexts, type ModelAlternatives } from './storyIssues';
import { orList, quoted } from './values';

/**
 * Everything that can be wrong with what the user entered: code → the rest of a sentence that begins with the field's label.
 * Each says what was given, what is allowed and what to do.
 */
const issueTexts = {
	// Any field.
	empty: ({ expected, expression }: Empty) => `is empty.${yields(expression)} ${expected}`,
	entryEmpty: ({ expected, expression }: Empty) =>
		`is empty.${yields(expression)} ${expected} If you do not need it, remove it.`,
	objectAsText: () =>
		'has "[object Object]" in it, because an expression yields an object. Choose a member of the object, or use JSON.stringify().',
	entriesUnknown: ({ given, names }: { given: string; names: readonly string[] }) =>
		`has ${given}, and its entries are ${names.join(', ')}. Correct the name, or remove it.`,
	invalidValue: ({ given, expected }: { given: unknown; expected: string }) =>
		`is ${quoted(given)}. ${expected}`,

	// Model, mode and prompt.
	promptMissing: () =>
		'is empty. Describe the clip, for example "A kitten runs across a sunny meadow, the camera follows".',
	modelUnknown: ({ given, models }: { given: unknown; models: readonly string[] }) =>
		`is ${quoted(given)}, which is not a supported model. Choose ${orList(models)}, or enter a full model ID.`,
	modelNotOffered: ({ model, provider, models }: ModelNotOffered) =>
		`is ${model}, which ${provider} does not offer. Choose ${orList(models)}.`,
	modelShutDown: ({ model, provider, models, day }: ModelNotOffered & { readonly day: string }) =>
		`is ${model}, which ${provider} shut down on ${day}. Choose ${orList(models)}.`,
	endpointIdNotAccepted: ({ given, provider, example }: EndpointIdNotAccepted) =>
		`is ${quoted(given)}, but ${provider} accepts plain model IDs only here, such as "${example}".`,
	modeNotSupported: ({ mode, model, models }: { mode: string } & ModelAlternatives) =>
		`is ${mode}, which ${model} does not support. Choose another mode, or ${orList(models)} as the model.`,
	draftTaskInvalid: ({ given }: { given: string }) =>
		`is ${given === '' ? 'empty' : quoted(given)}. Select a task that was created with Draft on within the last 7 days, or enter its ID.`,
	notInInterface: ({ provider }: { provider: string }) =>
		`is not available with the OpenAI-Style interface for this model. Change it, or set API Style to Official in the credential for ${provider}.`,

	// Media.
	framesFromOneField: ({ field }: { field: string }) =>
		`is "${field}", the same file as First Frame. Enter the field that has the last image.`,
	mediaFieldMissing: () =>
		'is empty. Enter the name of the input field that has the file, such as "data".',
	mediaUrlMissing: ({ kind }: { kind: string }) => `is empty. Enter the URL of the ${kind}.`,
	assetIdMissing: () => 'is empty. Enter the ID of an asset, such as "asset-20260519184021-abcde".',
	notText: ({ given }: { given: unknown }) => `is ${quoted(given)}. Enter text.`,
	assetIdInvalid: ({ given }: { given: unknown }) =>
		`is ${quoted(given)}, which is not an asset ID. Enter one, with or without asset://.`,
	dataUrlNotForVideo: () =>
		'is a data: URL, which is not accepted for video. Enter an https: URL or an asset.',
	dataUrlInvalid: ({ given, kind }: { given: unknown; kind: string }) =>
		`is ${quoted(given)}. A data: URL for this field begins with data:${kind}/<format>;base64, in lower case.`,
	mediaUrlInvalid: ({ given }: { given: unknown }) =>
		`is ${quoted(given)}. Enter an https: URL, a data: URL or an asset.`,
	referencesInvalid: ({ given }: { given: unknown }) =>
		`is ${quoted(given)}. Add references of the type image, video or audio.`,
	referencesMissing: () => 'is empty. Add an image, a video or an audio file.',
	tooManyReferences: ({ count, kind, model, max }: TooManyReferences) =>
		`has ${count} ${kind}${count === 1 ? '' : 's'}, and ${model} accepts ${max === 0 ? 'none' : `at most ${max}`}. Remove ${max === 0 ? 'them' : count - max}.`,
	audioAlone: ({ model }: { model: string }) =>
		`has only audio, and ${model} accepts audio only together with an image or a video. Add one of them.`,
	requestTooLarge: ({ megabytes, maxMegabytes }: { megabytes: number; maxMegabytes: number }) =>
		`has ${megabytes} MB of embedded data, and a request can have at most ${maxMegabytes} MB. Use URLs or assets.`,
	videoFileNotAccepted: ({ provider }: { provider: string }) =>
		`is a file, and ${provider} accepts video only as a URL or an asset. Put the file where it has a public https: URL, or add it to the asset library.`,

	// Files of the item.
	fileNotFound: ({ field, fields }: { field: string; fields: readonly string[] }) =>
		`is ${quoted(field)}, but the item has no file in this field. ${
			fields.length === 0
				? 'Connect a node that returns one.'
				: `The item has: ${fields.map(quoted).join(', ')}.`
		}`,
	fileEmpty: () => 'is an empty file. Choose a file with content.',
	fileFormatUnknown: ({ wanted, formats }: { wanted: string; formats: string }) =>
		`is not a supported file format. Use ${wanted} in one of these formats: ${formats}.`,
	fileKindWrong: ({ type, wanted, formats }: { type: string; wanted: string; formats: string }) =>
		`is ${type}. Use ${wanted} in one of these formats: ${formats}.`,
	fileTooLarge: ({ megabytes, rule }: { megabytes: string; rule: string }) =>
		`is ${megabytes} MB. ${rule}`,
	audioTooLong: ({ seconds, maxSeconds }: { seconds: string; maxSeconds: number }) =>
		`is ${seconds} seconds long. Shorten it to at most ${maxSeconds} seconds.`,
	fileNotReadable: ({ message }: { message: string }) => `cannot be read: ${message}`,
	fileReadTimedOut: ({ minutes }: { minutes: number }) =>
		`cannot be read: n8n's storage of files did not answer for ${minutes} minutes.`,

	// Resolution, ratio and duration.
	resolutionNotSupported: ({ given, model, allowed, models }: ResolutionNotSupported) =>
		`is ${given}, which ${model} does not support. Choose ${orList(allowed)}, or ${orList(models)} as the model.`,
	resolutionNotOffered: ({ given, provider, allowed }: ResolutionNotOffered) =>
		`is ${given}, which ${provider} does not offer. Choose ${orList(allowed)}.`,
	resolutionNotInInterface: ({ given, allowed }: { given: string; allowed: readonly string[] }) =>
		`is ${given}, which the OpenAI-Style interface does not support for text alone. Choose ${orList(allowed)}, or set API Style to Official in the credential.`,
	resolutionNotForDraft: ({ given }: { given: string }) =>
		`is ${given}, and a draft is always 480p. Choose 480p or Model Default.`,
	durationNotSupported: ({
		given,
		model,
		minSeconds,
		maxSeconds,
		automatic,
	}: DurationNotSupported) =>
		`is ${given}. ${model} accepts ${minSeconds} to ${maxSeconds} seconds${automatic ? ', or -1 to let the model choose' : ''}.`,
	durationNotForEdit: ({ given }: { given: unknown }) =>
		`is ${String(given)}, but an edit keeps the length of its video. Enter -1.`,
	ratioFollowsInput: ({ given, model }: { given: string; model: string }) =>
		`is ${given}, but here ${model} follows the ratio of the input. Choose Adaptive.`,

	// Options.
	optionNotSupported: ({ model, models }: ModelAlternatives) =>
		`is set, but ${model} does not support it. Remove it, or choose ${orList(models)} as the model.`,
	flexNotOffered: ({ provider }: { provider: string }) =>
		`is Flex, which ${provider} does not offer. Choose Default, or remove it.`,
	flexHasNoPriority: () =>
		'is set, but tasks of the service tier Flex have no priority. Remove one of them.',
	draftHasNoLastFrame: () => 'is on, but a draft has no last frame to return. Turn it off.',
	draftNotInFlex: () => 'is Flex, which is not available for drafts. Choose Default, or remove it.',
	draftOfDraft: () => 'is on, but this request makes the final video of a draft. Turn it off.',
	notForFinal: ({ model }: { model: string }) =>
		`is set, but the final video of a ${model} draft has that of the draft. Remove it.`,
	webSearchNotOffered: ({ provider }: { provider: string }) =>
		`is on, which ${provider} does not offer. Turn it off.`,
	webSearchNeedsText: () =>
		'is on, which works with text alone. Turn it off, or choose the mode Text to Video.',
	cameraFixedWithReferences: () => 'is set, which does not work with reference images. Remove it.',
	taskTypeNeedsReference: ({ given }: { given: string }) =>
		`is ${given}, which needs the mode Reference. Change Mode, or remove it.`,
	taskTypeNeedsVideo: ({ given }: { given: string }) =>
		`is ${given}, which needs a reference video. Add one to References.`,

	createAgainNeedsWait: ({ given }: { given: number }) =>
		`is ${given}, but without waiting the node does not see a failure. Turn Wait for Completion on, or remove it.`,
	markerIsTaken: ({ field }: { field: string }) =>
		`is Safety Identifier, but ${field} sets it already. Remove one of them.`,

	...storyIssueTexts,

	// Waiting and output.
	cancelNotSupported: () =>
		'is on, but the OpenAI-Style interface cannot cancel tasks. Turn it off, or set API Style to Official in the credential.',
	outputFieldTaken: ({ field }: { field: string }) =>
		`is "${field}", which is where the last frame goes. Enter another name, such as "data".`,

	// Tasks and assets.
	taskIdInvalid: ({ given }: { given: string }) =>
		`is ${given === '' ? 'empty' : quoted(given)}. Select a task, or enter the ID that Create returned, such as "cgt-20260606160057-6bbjd".`,
	taskIdsInvalid: ({ given }: { given: string }) =>
		`has ${quoted(given)}, which is not a task ID. Separate IDs with commas.`,
	assetTypeUnclear: () =>
		'is Automatic, but the extension of the URL does not show the type. Choose Image, Video or Audio.',
	assetUrlInvalid: () => 'is not a public https: URL. Enter one.',
	assetReferenceInvalid: ({ given }: { given: string }) =>
		`is ${given === '' ? 'empty' : quoted(given)}. Enter the ID that Upload returned, such as "task_2605191840200001" or "asset-20260519184021-abcde".`,

	// Credential.
	credentialNotText: () => 'is not text, or an expression that yields nothing. Enter it again.',
	providerUnknown: ({ given, providers }: { given: string; providers: readonly string[] }) =>
		`is ${quoted(given)}. Choose ${orList(providers)}.`,
	authorizationFormatUnknown: ({ given }: { given: string }) =>
		`is ${quoted(given)}. Choose Bearer or Key Only.`,
	apiKeyMissing: ({ provider }: { provider: string }) =>
		`is empty. Enter the key from the console of ${provider}.`,
	apiKeyInvalid: () =>
		'has a space, a line break or another character that is not part of a key. Copy it again from the console.',
	baseUrlMissing: ({ path }: { path: string }) => `is empty. Enter everything before ${path}.`,
	baseUrlInvalid: ({ given }: { given: string }) =>
		`is ${quoted(given)}, which is not a URL. Enter one such as "https://api.example.com".`,
	baseUrlScheme: ({ given }: { given: string }) =>
		`begins with ${quoted(given)}. Only https: is accepted.`,
	baseUrlNotEncrypted: ({ host }: { host: string }) =>
		`would send the API key unencrypted to ${host}. Use https:, or http: for localhost or an address of 127.0.0.0/8, 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16.`,
	baseUrlExtraParts: () =>
		'has a user name, a query or a fragment. Enter only scheme, host and path.',
};

type Empty = {
	readonly expected: string;
	/** What the user wrote instead of a value, if it is an expression. */
	readonly expression?: string | undefined;
};
type ModelNotOffered = ModelAlternatives & { readonly provider: string };
type EndpointIdNotAccepted = {
	readonly given: string;
	readonly provider: string;
	readonly example: string;
};
type TooManyReferences = {
	readonly count: number;
	readonly kind: string;
	readonly model: string;
	readonly max: number;
};
type ResolutionNotSupported = ModelAlternatives & {
	readonly given: string;
	readonly allowed: readonly string[];
};
type ResolutionNotOffered = {
	readonly given: string;
	readonly provider: string;
	readonly allowed: readonly string[];
};
type DurationNotSupported = {
	readonly given: number;
	readonly model: string;
	readonly minSeconds: number;
	readonly maxSeconds: number;
	readonly automatic: boolean;
};

const yields = (expression: string | undefined) =>
	expression === undefined ? '' : ` Its expression ${quoted(expression)} yields no value.`;

/** The code of one thing that can be wrong. */
export type IssueCode = keyof typeof issueTexts;

/** What the text of an issue mentions; undefined for nothing. */
export type IssueValues<Code extends IssueCode> = Parameters<(typeof issueTexts)[Code]>[0];

/** One thing that is wrong with what the user entered. */
export interface Issue {
	/** The parameter's stored name: `name` or `collection.name`. */
	readonly parameter: string;
	readonly code: IssueCode;
	readonly values: Readonly<Record<string, unknown>>;
	/** Which entry of the parameter it is, such as "number 2 (image)". */
	readonly entry?: string | undefined;
}

/** Either what was read, or everything that is wrong with it. */
export type Result<Value> =
	| { readonly value: Value; readonly issues?: undefined }
	| { readonly value?: undefined; readonly issues: readonly Issue[] };

/** An issue with the values that its text needs. */
export function issue<Code extends IssueCode>(
	parameter: string,
	code: Code,
	...[values]: IssueValues<Code> extends undefined ? [] : [IssueValues<Code>]
): Issue {
	return { parameter, code, values: values ?? {} };
}

/** The rest of the sentence that begins with the field's label. */
export function textOfIssue({ code, values, entry }: Issue): string {
	const text = (issueTexts[code] as (values: Readonly<Record<string, unknown>>) => string)(values);
	return entry === undefined ? text : `${entry} ${text}`;
}

/** Every code, for the check that the snapshot of the wording has each. */
export const issueCodes = Object.keys(issueTexts) as readonly IssueCode[];
