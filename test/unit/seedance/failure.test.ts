import { isProvidersFault } from '../../../nodes/Seedance/seedance/errorCodes';
import { SeedanceFailure, type FailureKind } from '../../../nodes/Seedance/seedance/failure';
import { isLimitReached, isThrottled } from '../../../nodes/Seedance/seedance/retryPolicy';
import { taskFailure } from '../../../nodes/Seedance/seedance/taskFailure';
import {
	readProviderError,
	refusedFailure,
} from '../../../nodes/Seedance/seedance/wire/providerError';

test.each<[unknown, unknown]>([
	[
		{ error: { code: 'InvalidParameter', message: 'bad', param: 'ratio', type: 'BadRequest' } },
		{ code: 'InvalidParameter', message: 'bad', param: 'ratio' },
	],
	[{ error: { message: 'Invalid prompt' } }, { message: 'Invalid prompt' }],
	[
		{ error: 'no available channel for this model' },
		{ message: 'no available channel for this model' },
	],
	[
		{ code: 'quota', message: 'empty', data: null },
		{ code: 'quota', message: 'empty' },
	],
	[
		{ code: 402, msg: '余额不足' },
		{ code: '402', message: '余额不足' },
	],
	['<html>Bad gateway</html>', {}],
	['upstream timed out', { message: 'upstream timed out' }],
	[undefined, {}],
	[null, {}],
	[{ error: null }, {}],
])('what %j says', (body, error) => {
	expect(readProviderError(body)).toEqual(error);
});

test('a code that no table has is kept as it came, with the field that the provider names', () => {
	const failure = refusedFailure(
		'create',
		400,
		{ code: 'Teapot.Hot', message: 'I am a teapot', param: 'ratio' },
		{ requestId: 'r' },
	);
	expect(failure.details()).toMatchObject({
		kind: 'requestRefused',
		code: 'Teapot.Hot',
		providerMessage: 'I am a teapot',
		param: 'ratio',
		httpStatus: 400,
		requestId: 'r',
		outcomeUnknown: false,
	});
});

test('a 404 of a read is about the task, of a create it is not', () => {
	expect(refusedFailure('read', 404, {}, {}).kind).toBe('taskNotFound');
	expect(refusedFailure('create', 404, {}, {}).kind).toBe('addressNotFound');
});

/**
 * Every code of the providers' error books with the kind of failure that it is.
 * Source: Volcengine error code book 1299023, via github volcengine/ark-cli, error-codes.md; BytePlus docs 2607688, 1521720.
 */
const catalogue: ReadonlyArray<[kind: FailureKind, httpStatus: number, codes: string]> = [
	[
		'parameterRefused',
		400,
		'MissingParameter MissingParameter.Content InvalidParameter InvalidParameter.Duration InvalidParameter.UnsupportedParameter InvalidParameter.TosURLInvalid InvalidImageURL.EmptyURL InvalidImageURL.InvalidFormat InvalidResolutionParameter',
	],
	[
		'taskTypeNotAllowed',
		400,
		'InvalidParameter.TaskTypeConstraint InvalidParameter.TaskTypeMismatch',
	],
	[
		'unsafeInput',
		400,
		'InputTextSensitiveContentDetected InputImageSensitiveContentDetected InputVideoSensitiveContentDetected InputAudioSensitiveContentDetected',
	],
	[
		'realPersonInInput',
		400,
		'InputImageSensitiveContentDetected.PrivacyInformation InputVideoSensitiveContentDetected.PrivacyInformation',
	],
	[
		'protectedContentInInput',
		400,
		'InputTextSensitiveContentDetected.PolicyViolation InputImageSensitiveContentDetected.PolicyViolation InputAudioSensitiveContentDetected.PolicyViolation',
	],
	[
		'unsafeOutput',
		400,
		'OutputTextSensitiveContentDetected OutputImageSensitiveContentDetected OutputVideoSensitiveContentDetected OutputAudioSensitiveContentDetected OutputVideoSensitiveContentDetected.PolicyViolation OutputImageSensitiveContentDetected.DeepFake',
	],
	[
		'contentRefused',
		400,
		'InputTextRiskDetection InputImageRiskDetection OutputTextRiskDetection SensitiveContentDetected SensitiveContentDetected.SevereViolation SensitiveContentDetected.Violence',
	],
	['contentCheckUnavailable', 400, 'ContentSecurityDetectionError'],
	['modelNotFound', 400, 'InvalidEndpoint.ClosedEndpoint InvalidSubscription'],
	[
		'modelNotFound',
		404,
		'InvalidEndpointOrModel.NotFound InvalidEndpointOrModel.ModelIDAccessDisabled InvalidEndpoint.NotFound',
	],
	['modelNotOpen', 404, 'ModelNotOpen'],
	['modelNotInPlan', 404, 'UnsupportedModel'],
	['apiKeyRefused', 401, 'AuthenticationError InvalidAccountStatus'],
	['apiKeyRefused', 401, 'token_invalid'],
	[
		'notAllowed',
		403,
		'AccessDenied OperationDenied.PermissionDenied OperationDenied.ServiceNotOpen OperationDenied.InvalidState OperationDenied.UnsupportedPhase',
	],
	['insufficientCredit', 403, 'OperationDenied.ServiceOverdue AccountOverdueError'],
	['insufficientCredit', 402, 'insufficient_user_quota'],
	['fileQuotaExceeded', 403, 'OperationDenied.FileQuotaExceeded'],
	['taskRunning', 409, 'InvalidAction.RunningTaskDeletion'],
	[
		'rateLimited',
		429,
		'RateLimitExceeded.EndpointRPMExceeded RateLimitExceeded.EndpointTPMExceeded ModelAccountRpmRateLimitExceeded ModelAccountTpmRateLimitExceeded ModelAccountIpmRateLimitExceeded APIAccountRpmRateLimitExceeded AccountRateLimitExceeded ServerOverloaded RequestBurstTooFast',
	],
	['limitReached', 429, 'QuotaExceeded InflightBatchsizeExceeded'],
	['usageCapReached', 429, 'SetLimitExceeded'],
	['internalError', 500, 'InternalServiceError'],
	['modelNotAccessible', 503, 'model_not_found'],
];

test.each(
	catalogue.flatMap(([kind, httpStatus, codes]) =>
		codes.split(' ').map((code) => ({ kind, httpStatus, code })),
	),
)('$code is $kind, and the provider is quoted', ({ kind, httpStatus, code }) => {
	const said = { code, message: 'Words of the provider', param: undefined };
	expect(refusedFailure('create', httpStatus, said, {}).details()).toMatchObject({
		kind,
		code,
		providerMessage: 'Words of the provider',
		httpStatus,
		// A 409 is documented for DELETE alone.
		outcomeUnknown: code === 'InternalServiceError' || httpStatus === 409,
	});
	// The same code inside a task that failed is the same kind.
	const failedTask = { taskId: 'cgt-1', status: 'failed', statusWord: 'failed', raw: {} } as const;
	expect(taskFailure({ ...failedTask, failure: said }).details()).toMatchObject({
		kind,
		code,
		providerMessage: 'Words of the provider',
		taskId: 'cgt-1',
	});
});

describe("the provider's own fault", () => {
	const ownFaults = ['ContentSecurityDetectionError', 'ServerOverloaded', 'InternalServiceError'];

	test('is a check that failed, a lack of servers or an internal error, and no other code', () => {
		const codes = catalogue.flatMap(([, , row]) => row.split(' '));
		expect(codes.filter((code) => isProvidersFault({ code })).sort()).toEqual(ownFaults.sort());
	});

	test.each([
		{},
		{ message: 'InternalServiceError' },
		{ code: 'Unheard', message: 'internal error' },
		{ code: 'InternalServiceError.Other' },
		{ code: 'internalserviceerror' },
		{ code: 'InternalServiceError', message: 'insufficient quota' },
		{ code: 'InternalServiceError', message: 'no available channel for this model' },
	])('is not %j', (error) => {
		expect(isProvidersFault(error)).toBe(false);
	});
});

test('an internal error proves nothing about a create, whatever the status but those of a refusal', () => {
	const isUnknown = (code: string, httpStatus: number) =>
		refusedFailure('create', httpStatus, { code }, {}).outcomeUnknown;
	expect(isUnknown('InternalServiceError', 429)).toBe(true);
	expect(isUnknown('InternalServiceError', 503)).toBe(true);
	expect(isUnknown('InternalServiceError', 400)).toBe(false);
	expect(isUnknown('ServerOverloaded', 429)).toBe(false);
	expect(isUnknown('Unheard', 429)).toBe(true);
});

describe('candidates of an unknown outcome', () => {
	const details = { kind: 'answerTimedOut', outcomeUnknown: true, candidates: ['a', 'b'] } as const;

	test('are kept in the details and through a change', () => {
		const failure = new SeedanceFailure(details);
		expect(failure.candidates).toEqual(['a', 'b']);
		expect(JSON.parse(JSON.stringify(failure.details()))).toEqual({ ...details, values: {} });
		expect(failure.with({ requestId: 'r' }).candidates).toEqual(['a', 'b']);
		expect(failure.with({ candidates: ['c'] }).details().candidates).toEqual(['c']);
	});

	test('are absent where there are none', () => {
		expect(new SeedanceFailure({ kind: 'stopped' }).details().candidates).toBeUndefined();
	});
});

test.each([
	['余额不足, please top up', 402, 'insufficientCredit'],
	['insufficient quota', 403, 'insufficientCredit'],
	['token 无模型权限', 403, 'modelNotAccessible'],
	['no available channel for this model', 503, 'modelNotAccessible'],
])('a gateway that says "%s" without a code is understood', (message, httpStatus, kind) => {
	expect(refusedFailure('create', httpStatus, { message }, {}).kind).toBe(kind);
});

test('no code of the catalogue lets a create be repeated, but throttling and the limit of tasks in flight', () => {
	const repeatable = catalogue
		.flatMap(([, httpStatus, codes]) =>
			codes.split(' ').map((code) => refusedFailure('create', httpStatus, { code }, {})),
		)
		.filter((failure) => isThrottled(failure) || isLimitReached(failure))
		.map(({ code }) => code);
	expect(repeatable).toEqual(
		catalogue
			.filter(([kind, httpStatus]) => httpStatus === 429 && kind !== 'usageCapReached')
			.flatMap(([, , codes]) => codes.split(' ')),
	);
});
