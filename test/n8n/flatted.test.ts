import { parseFlatted } from './flatted';

it('reads objects, lists, repeated values and plain values', () => {
	const text = '[{"a":"1","b":"2","c":0,"d":false,"e":null},"text",["1","3",7],{"same":"2"}]';
	const list: unknown[] = ['text', undefined, 7];
	const inner = { same: list };
	list[1] = inner;
	expect(parseFlatted(text)).toEqual({ a: 'text', b: list, c: 0, d: false, e: null });
});

it('keeps a text that looks like an index as a text', () => {
	expect(parseFlatted('[{"a":"1"},"0"]')).toEqual({ a: '0' });
});

it('refuses what is not a list', () => {
	expect(() => parseFlatted('{}')).toThrow('Flatted text is a JSON array');
});
