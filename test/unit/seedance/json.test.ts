import { readCreatedTaskId, readTask, readTaskList } from '../../../nodes/Seedance/seedance/task';
import { readUploadTaskId } from '../../../nodes/Seedance/seedance/wire/assets';
import { readJson } from '../../../nodes/Seedance/seedance/wire/json';

test('a number that would be rounded comes as text, anything else as it is', () => {
	const text =
		'{"id":1234567890123456789,"list":[-9007199254740993,9007199254740991],"size":1.2345678901234567,"big":1e20,"text":"id:1234567890123456789,\\"1234567890123456789\\"","1234567890123456789":true}';
	expect(readJson(text)).toEqual({
		id: '1234567890123456789',
		list: ['-9007199254740993', 9_007_199_254_740_991],
		size: 1.2345678901234567,
		big: 1e20,
		text: 'id:1234567890123456789,"1234567890123456789"',
		'1234567890123456789': true,
	});
});

test.each(['', 'Bad gateway', '{"id":"cgt-1', '{"id":1234567890123456789'])(
	'%j is no JSON and stays the text',
	(text) => expect(readJson(text)).toBe(text),
);

test.each([
	['1234567890123456789', '1234567890123456789'],
	['7', '7'],
	['" cgt-1\\n"', 'cgt-1'],
])('the ID %s is read as %s', (written, id) => {
	expect(readCreatedTaskId(readJson(`{"id":${written}}`))).toBe(id);
	expect(readTask(readJson(`{"task_id":${written},"status":"queued"}`))?.taskId).toBe(id);
	expect(readTaskList(readJson(`{"items":[{"id":${written}}]}`))?.tasks[0]?.taskId).toBe(id);
	expect(readUploadTaskId(readJson(`{"data":{"task_id":${written}}}`))).toBe(id);
});

test('an ID of blanks is none', () => {
	expect(readCreatedTaskId({ id: '  ', task_id: '' })).toBeUndefined();
});
