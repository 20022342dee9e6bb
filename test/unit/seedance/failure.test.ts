import {
	readProviderError,
	refusedFailure,
	taskFailure,
} from '../../../nodes/Seedance/seedance/failure';
import { isLimitReached, isThrottled } from '../../../nodes/Seedance/seedance/retryPolicy';

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

test('a code that no table has is shown as it came, with the field that the provider names', () => {
	const failure = refusedFailure(
		'create',
		418,
		{ code: 'Teapot.Hot', message: 'I am a teapot', param: 'ratio' },
		{ requestId: 'r' },
	);
	expect({ ...failure, message: failure.message }).toMatchObject({
		reason: 'refused',
		message: 'The provider answered with HTTP status 418',
		description: 'Parameter: ratio. The provider says: Teapot.Hot: I am a teapot.',
		code: 'Teapot.Hot',
		httpStatus: 418,
		requestId: 'r',
	});
});

test.each([
	['InvalidParameter.TaskTypeConstraint', /Ratio to Adaptive/],
	['InvalidParameter', /Correct the parameter/],
	['InputImageSensitiveContentDetected.PrivacyInformation', /virtual character/],
	['InputTextSensitiveContentDetected.PolicyViolation', /Remove names/],
	['InputTextSensitiveContentDetected', /Change the prompt/],
	['OutputVideoSensitiveContentDetected', /paid for again/],
	['AuthenticationError', /Check API Key/],
	['AccountOverdueError', /Top up/],
	['OperationDenied.ServiceNotOpen', /Activate/],
	['InvalidEndpointOrModel.NotFound', /another Model/],
	['QuotaExceeded', /raise the limit/],
	['APIAccountRpmRateLimitExceeded', /in a minute/],
])('%s comes with advice', (code, advice) => {
	expect(refusedFailure('create', 400, { code }, {}).description).toMatch(advice);
});

test('a 404 of a read is about the task, of a create it is not', () => {
	expect(refusedFailure('read', 404, {}, {}).message).toBe('The provider does not know this task');
	expect(refusedFailure('create', 404, {}, {}).message).toBe(
		'The provider does not know this address or model',
	);
});

/**
 * Every code of the providers' error books with the message that it gets.
 * Source: Volcengine error code book 1299023, via github volcengine/ark-cli, error-codes.md; BytePlus docs 2607688, 1521720.
 */
const catalogue: ReadonlyArray<[message: string, httpStatus: number, codes: string]> = [
	[
		'The provider did not accept a parameter',
		400,
		'MissingParameter MissingParameter.Content InvalidParameter InvalidParameter.Duration InvalidParameter.UnsupportedParameter InvalidParameter.TosURLInvalid InvalidImageURL.EmptyURL InvalidImageURL.InvalidFormat InvalidResolutionParameter',
	],
	[
		'The prompt asks for an edit or an extension that these settings do not allow',
		400,
		'InvalidParameter.TaskTypeConstraint InvalidParameter.TaskTypeMismatch',
	],
	[
		'The input was found to be unsafe',
		400,
		'InputTextSensitiveContentDetected InputImageSensitiveContentDetected InputVideoSensitiveContentDetected InputAudioSensitiveContentDetected',
	],
	[
		'The input shows a real person',
		400,
		'InputImageSensitiveContentDetected.PrivacyInformation InputVideoSensitiveContentDetected.PrivacyInformation',
	],
	[
		'The input touches protected works, brands or music',
		400,
		'InputTextSensitiveContentDetected.PolicyViolation InputImageSensitiveContentDetected.PolicyViolation InputAudioSensitiveContentDetected.PolicyViolation',
	],
	[
		'The finished video did not pass the provider’s content check',
		400,
		'OutputTextSensitiveContentDetected OutputImageSensitiveContentDetected OutputVideoSensitiveContentDetected OutputAudioSensitiveContentDetected OutputVideoSensitiveContentDetected.PolicyViolation OutputImageSensitiveContentDetected.DeepFake',
	],
	[
		'The request did not pass the provider’s content check',
		400,
		'InputTextRiskDetection InputImageRiskDetection OutputTextRiskDetection SensitiveContentDetected SensitiveContentDetected.SevereViolation SensitiveContentDetected.Violence',
	],
	['The provider’s content check was not available', 400, 'ContentSecurityDetectionError'],
	[
		'The provider does not know this model, or has not opened it for this account',
		400,
		'InvalidEndpoint.ClosedEndpoint InvalidSubscription',
	],
	[
		'The provider does not know this model, or has not opened it for this account',
		404,
		'InvalidEndpointOrModel.NotFound InvalidEndpointOrModel.ModelIDAccessDisabled ModelNotOpen InvalidEndpoint.NotFound',
	],
	['The provider did not accept the API key', 401, 'AuthenticationError InvalidAccountStatus'],
	['The provider did not accept the API key', 401, 'token_invalid'],
	[
		'The account may not do this',
		403,
		'AccessDenied OperationDenied.PermissionDenied OperationDenied.ServiceNotOpen OperationDenied.InvalidState OperationDenied.UnsupportedPhase',
	],
	['The account has run out of credit', 403, 'OperationDenied.ServiceOverdue AccountOverdueError'],
	['The account has run out of credit', 402, 'insufficient_user_quota'],
	['The account’s storage for files is full', 403, 'OperationDenied.FileQuotaExceeded'],
	[
		'The task is already running and cannot be cancelled any more',
		409,
		'InvalidAction.RunningTaskDeletion',
	],
	[
		'The provider is receiving too many requests',
		429,
		'RateLimitExceeded.EndpointRPMExceeded RateLimitExceeded.EndpointTPMExceeded ModelAccountRpmRateLimitExceeded ModelAccountTpmRateLimitExceeded ModelAccountIpmRateLimitExceeded APIAccountRpmRateLimitExceeded AccountRateLimitExceeded ServerOverloaded RequestBurstTooFast',
	],
	[
		'A limit of the account is used up',
		429,
		'QuotaExceeded SetLimitExceeded InflightBatchsizeExceeded',
	],
	['The provider answered with HTTP status 500', 500, 'InternalServiceError'],
	['The API key has no access to this model', 503, 'model_not_found'],
];

test.each(
	catalogue.flatMap(([message, httpStatus, codes]) =>
		codes.split(' ').map((code) => ({ message, httpStatus, code })),
	),
)('$code is explained, with the provider’s words at the end', ({ message, httpStatus, code }) => {
	const said = { code, message: 'Words of the provider', param: undefined };
	const failure = refusedFailure('create', httpStatus, said, {});
	expect(failure.message).toBe(message);
	expect(failure.description).toMatch(/^.+\. The provider says: \S+: Words of the provider\.$/);
	expect(failure.code).toBe(code);
	expect(failure.mayExist).toBe(code === 'InternalServiceError');
	// The same code inside a task that failed is explained in the same words.
	if (code !== 'InternalServiceError') {
		expect(taskFailure('cgt-1', 'failed', said).message).toBe(message);
	}
});

test.each([
	['余额不足, please top up', 402, 'The account has run out of credit'],
	['insufficient quota', 403, 'The account has run out of credit'],
	['token 无模型权限', 403, 'The API key has no access to this model'],
	['no available channel for this model', 503, 'The API key has no access to this model'],
])('a gateway that says "%s" without a code is understood', (message, httpStatus, expected) => {
	expect(refusedFailure('create', httpStatus, { message }, {}).message).toBe(expected);
});

test('no code of the catalogue lets a create be repeated, but throttling and the limit of unfinished tasks', () => {
	const repeatable = catalogue
		.flatMap(([, httpStatus, codes]) =>
			codes.split(' ').map((code) => refusedFailure('create', httpStatus, { code }, {})),
		)
		.filter((failure) => isThrottled(failure) || isLimitReached(failure))
		.map(({ code }) => code);
	expect(repeatable).toEqual(
		catalogue
			.filter(([, httpStatus]) => httpStatus === 429)
			.flatMap(([, , codes]) => codes.split(' ')),
	);
});
