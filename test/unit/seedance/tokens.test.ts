import { readCredential } from '../../../nodes/Seedance/panel/credential';
import { readCreateRequest } from '../../../nodes/Seedance/panel/createRequest';
import { estimateTokens } from '../../../nodes/Seedance/seedance/tokens';

function estimate(parameters: object): number | undefined {
	const connection = readCredential({ apiKey: 'k', provider: 'volcengine' }).value;
	const defaults = {
		model: 'seedance-2-0',
		prompt: 'x',
		resolution: '720p',
		ratio: '16:9',
		duration: 5,
	};
	const request = connection && readCreateRequest({ ...defaults, ...parameters }, connection);
	if (request?.value === undefined) throw new Error(JSON.stringify(request?.issues));
	return estimateTokens(request.value.request);
}

test('the recorded samples cost 108,900 tokens', () => {
	expect(estimate({})).toBe(108_900);
	expect(estimate({ model: 'seedance-2-0-fast' })).toBe(108_900);
});

test('an adaptive ratio stays within 1 % of the recorded samples', () => {
	expect(Math.abs((estimate({ ratio: 'adaptive' }) ?? 0) / 108_900 - 1)).toBeLessThan(0.01);
});

test.each<[object, number | undefined]>([
	[{ duration: 10 }, Math.round((241 * 1280 * 720) / 1024)],
	[{ duration: -1 }, Math.round((361 * 1280 * 720) / 1024)],
	[{ resolution: '' }, 108_900],
	[{ resolution: '1080p', ratio: '9:16' }, Math.round((121 * 1080 * 1920) / 1024)],
	[{ model: 'seedance-1-0-pro', resolution: '' }, Math.round((121 * 1920 * 1088) / 1024)],
	[{ model: 'seedance-1-0-pro', options: { frames: 57 } }, Math.round((57 * 1248 * 704) / 1024)],
	[
		{ model: 'seedance-1-5-pro', resolution: '', options: { draft: true } },
		Math.round((121 * 864 * 496) / 1024),
	],
	[{ resolution: '4k' }, undefined],
	[{ model: 'ep-1' }, undefined],
	[{ mode: 'draftTask', draftTaskId: 'cgt-1', model: 'seedance-2-5' }, undefined],
])('%j', (parameters, tokens) => {
	expect(estimate(parameters)).toBe(tokens);
});
