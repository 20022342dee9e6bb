import { videoHints } from '../../../nodes/Seedance/actions/video/videoHints';

const video = { videoUrl: 'https://cdn.example/v.mp4' };
const inItem = { data: { data: '', mimeType: 'video/mp4' } };
const hintsOf = (...jsons: object[]) =>
	videoHints(jsons.map((json) => ({ json: { ...video, ...json }, binary: inItem })));

test.each([
	['dreamina-seedance-2-5-260628', '1080p', 1],
	['doubao-seedance-2-5-260628', '1080p', 1],
	['doubao-seedance-2-5-260628', '720p', 0],
	['dreamina-seedance-2-0-260128', '4k', 1],
	['dreamina-seedance-2-0-260128', '1080p', 0],
	['seedance-1-5-pro-251215', '1080p', 0],
	['ep-1', '1080p', 0],
	[undefined, undefined, 0],
])('a file of %s at %s has %i hints about H.265', (model, resolution, count) => {
	const hints = hintsOf({ model, resolution });
	expect(hints).toEqual(Array.from({ length: count }, () => expect.stringContaining('H.265')));
});

test('several files have one hint, and a task without a video has none', () => {
	const h265 = { model: 'doubao-seedance-2-5-260628', resolution: '1080p' };
	expect(hintsOf(h265, h265)).toHaveLength(1);
	expect(hintsOf({ ...h265, videoUrl: undefined })).toEqual([]);
});
