import { costJsonOf } from '../../../nodes/Seedance/actions/video/estimate';
import type { Session } from '../../../nodes/Seedance/actions/session';
import { readCredential } from '../../../nodes/Seedance/panel/credential';
import { readCreateRequest } from '../../../nodes/Seedance/panel/createRequest';
import { taskStatuses, type Task } from '../../../nodes/Seedance/seedance/task';
import { taskOf } from '../given';

const connection = readCredential({ apiKey: 'k', provider: 'bytePlus' }).value;
const stored = { model: 'seedance-2-0', prompt: 'x', resolution: '720p', duration: 5 };
const input = connection && readCreateRequest(stored, connection).value;

function cost(status: Task['status'], changes: Partial<Task>) {
	if (input === undefined) throw new Error('The request is refused');
	return costJsonOf({ connection } as Session, input, taskOf('cgt-1', status, changes));
}

const basis = { currency: 'USD', priceBasis: 'list price of 2026-10' };

test('only a task that succeeded has a cost, whatever the others say', () => {
	const withCost = taskStatuses.filter(
		(status) => 'cost' in cost(status, { totalTokens: 100_000 }),
	);
	expect(withCost).toEqual(['succeeded']);
});

test.each<[Partial<Task>, object]>([
	[{ totalTokens: 100_000 }, { cost: 0.7, ...basis }],
	[
		{ totalTokens: 100_000, resolution: '720p' },
		{ cost: 0.7, ...basis },
	],
	[
		{ totalTokens: 100_000, resolution: '1080p' },
		{ cost: 0.77, ...basis },
	],
	[{ totalTokens: 100_000, resolution: '8k' }, {}],
	[{}, {}],
])('a video with %j', (changes, expected) => {
	expect(cost('succeeded', changes)).toEqual(expected);
});
