import fc from 'fast-check';
import { resolutions } from '../../../nodes/Seedance/seedance/models';
import { ratios } from '../../../nodes/Seedance/seedance/request';
import { isTaskId } from '../../../nodes/Seedance/seedance/wire/wire';
import { endingIdOf, magicPrompts } from '../../../nodes/Seedance/testMode/magicPrompts';
import {
	idOfTask,
	progressOf,
	taskOfId,
	type TestTask,
} from '../../../nodes/Seedance/testMode/testTask';

const whole = (min: number, max: number) => fc.integer({ min, max });
const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const endings = magicPrompts
	.map(({ outcome }) => endingIdOf(outcome))
	.filter((id) => id !== undefined);

const anyTask: fc.Arbitrary<TestTask> = fc.record({
	createdMs: whole(1_700_000_000_000, 4_000_000_000_000),
	seconds: whole(1, 86_400),
	endingId: fc.constantFrom('ok', ...endings),
	model: fc.stringMatching(/^[A-Za-z0-9.-]{1,48}$/),
	resolution: fc.constantFrom(...resolutions),
	ratio: fc.constantFrom(...ratios),
	durationSeconds: whole(1, 600),
	frames: optional(whole(29, 289)),
	generateAudio: optional(fc.boolean()),
	draft: optional(fc.boolean()),
	hasInputVideo: fc.boolean(),
	returnLastFrame: fc.boolean(),
	isFlex: fc.boolean(),
	webSearch: fc.boolean(),
	isMov: fc.boolean(),
	priority: optional(whole(0, 9)),
	expiresSeconds: whole(3_600, 259_200),
	seed: optional(whole(0, 2 ** 32 - 1)),
	random: fc.stringMatching(/^[0-9a-f]{10}$/),
});

test('a task is all in its ID, which any task may have', () => {
	fc.assert(
		fc.property(anyTask, (task) => {
			const id = idOfTask(task);
			expect(isTaskId(id)).toBe(true);
			expect(taskOfId(id)).toEqual(task);
		}),
		{ seed: 15, numRuns: 500 },
	);
});

test.each([
	'',
	'test_',
	'cgt-20260606160057-6bbjd',
	'test_mx0n7z1b_zz_a_8-1-1-5--0-3fo3-_ffddbae972_m',
	'test_mx0n7z1b_rt_a_8-1-1-5--0-3fo3-_ffddbae972_m',
	'test_mx0n7z1b_la_a_8-1-1-5--0-3fo3-_ffddbae972_m',
	'test_mx0n7z1b_ok_a_8-9-1-5--0-3fo3-_ffddbae972_m',
	'test_mx0n7z1b_ok_a_8_ffddbae972_m',
])('%s is no task of Test Mode', (id) => {
	expect(taskOfId(id)).toBeUndefined();
});

const id = 'test_mx0n7z1b_ok_an_8-1-1-5--0-3pc0-_ffddbae972_dreamina-seedance-2-0-260128';

function statusAfter(ms: number, changes: Partial<TestTask> = {}): string {
	const task = { ...(taskOfId(id) as TestTask), ...changes };
	return progressOf(task, task.createdMs + ms).status;
}

test.each([
	[0, {}, 'queued'],
	[999, {}, 'queued'],
	[1_000, {}, 'running'],
	[7_999, {}, 'running'],
	[8_000, {}, 'succeeded'],
	[6 * 86_400_000, {}, 'succeeded'],
	[499, { seconds: 1 }, 'queued'],
	[500, { seconds: 1 }, 'running'],
	[1_000, { seconds: 1 }, 'succeeded'],
	[8_000, { endingId: 'fa' }, 'failed'],
	[8_000, { endingId: 'ca' }, 'cancelled'],
	[8_000, { endingId: 'ex' }, 'expired'],
	[172_799_999, { endingId: 'sq' }, 'queued'],
	[172_800_000, { endingId: 'sq' }, 'expired'],
	[172_799_999, { endingId: 'sr' }, 'running'],
	[172_800_000, { endingId: 'sr' }, 'expired'],
	[3_600_000, { seconds: 7_200, expiresSeconds: 3_600 }, 'expired'],
])('after %i ms, a task with %j is %s', (ms, changes, status) => {
	expect(statusAfter(ms, changes)).toBe(status);
});
