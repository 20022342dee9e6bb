import { z } from 'zod';
import { jsonObject } from '../../../nodes/Seedance/panel/accepts';
import { parseOnce } from '../../../nodes/Seedance/panel/parseOnce';

test('a value that follows itself is parsed once', () => {
	const parsed: unknown[] = [];
	const schema = z.preprocess((given) => {
		parsed.push(given);
		return given;
	}, z.number().optional());
	const results = [5, 5, undefined, undefined, 'no', 'no', 5].map(
		(given) => parseOnce(schema, given).data,
	);
	expect(results).toEqual([5, 5, undefined, undefined, undefined, undefined, 5]);
	expect(parsed).toEqual([5, undefined, 'no', 5]);
	expect(parseOnce(schema, 'no').success).toBe(false);
});

test.each([['{"a": 1}'], [{ a: 1 }]])('two items with %j do not share an object', (given) => {
	const first = parseOnce(jsonObject.schema, given).data as Record<string, unknown>;
	expect(first).toEqual({ a: 1 });
	const second = parseOnce(jsonObject.schema, given).data;
	expect(second).toEqual({ a: 1 });
	expect(second).not.toBe(first);
});

test('an object that has changed is parsed again', () => {
	const schema = z.object({ a: z.number() });
	const given = { a: 1 };
	expect(parseOnce(schema, given).data).toEqual({ a: 1 });
	given.a = 2;
	expect(parseOnce(schema, given).data).toEqual({ a: 2 });
});
