import { placesOf } from '../../../nodes/Seedance/actions/video/storyGraph';

/** Places as "story shot ←previous →next", by the item. */
function shown(stories: ReadonlyArray<string | undefined>): string[] {
	const items = stories.flatMap((story, itemIndex) =>
		story === undefined ? [] : [{ itemIndex, story }],
	);
	const places = placesOf(items);
	return items.map(({ itemIndex }) => {
		const { story, shot, previous, first, next } = places.get(itemIndex) ?? {};
		return `${story}${shot} ${previous ?? '-'} ${first} ${next ?? '-'}`;
	});
}

test.each<[string, ReadonlyArray<string | undefined>, string[]]>([
	['nothing', [], []],
	['one item', ['a'], ['a1 - 0 -']],
	['one story', ['a', 'a', 'a'], ['a1 - 0 1', 'a2 0 0 2', 'a3 1 0 -']],
	[
		'two stories that are mixed with each other and with other modes',
		['a', 'b', undefined, 'a', 'b', 'a'],
		['a1 - 0 3', 'b1 - 1 4', 'a2 0 0 5', 'b2 1 1 -', 'a3 3 0 -'],
	],
	['without a story, the item directly before', ['', ''], ['1 - 0 1', '2 0 0 -']],
	[
		'an item of another mode ends a chain without a name',
		['', undefined, ''],
		['1 - 0 -', '1 - 2 -'],
	],
	['a story ends a chain without a name', ['', 'a', ''], ['1 - 0 -', 'a1 - 1 -', '1 - 2 -']],
])('%s', (_name, stories, expected) => {
	expect(shown(stories)).toEqual(expected);
});
