import { loadHeading, loadOf, measure, rowsOf, runAt, varied, warmUpOf } from './measure';
import { printRow, ratio, requireAtMost, seconds } from './report';
import { idealOfChainsMs } from './schedule';

const stories = 5;
const shots = 6;
const slots = 10;
const renderMs = 60_000;
const goal = 1.1;
const warmUpRows = 2;

/** A row's number says its story: rows of all stories are mixed, as in a sheet that was sorted by shot. */
const storyOfRow = (row: number) => row % stories;
const rowOf = (prompt: string) => Number(prompt.replace('Row ', ''));

/** Compares the makespan of stories, at PowerTokens, with a schedule that loses no time between two shots. */
export async function measureStories(factor: number): Promise<void> {
	console.log(`\n${stories} stories of ${shots} shots over ${slots} slots, renders of 60 s ± 20 %`);
	printRow('', 'makespan', 'ideal', 'ratio', 'requests', 'videos', 'uploads', loadHeading);
	const story = `={{ Number($json.prompt.replace('Row ', '')) % ${stories} }}`;
	const measured = await measure({
		variant: 'node',
		factor,
		runs: [
			warmUpOf(warmUpRows),
			{
				...rowsOf(stories * shots),
				parameters: { mode: 'continue', story, firstFrameSource: 'none' },
			},
		],
		simulator: { concurrency: slots, mostUnfinished: slots, renderMs: varied(renderMs) },
	});
	const { tasks, videos, makespanMs, requests } = runAt(measured, -1);
	if (videos !== stories * shots || tasks.length !== videos) {
		throw new Error(`${videos} videos of ${tasks.length} tasks, not ${stories * shots}`);
	}
	const chains = Array.from({ length: stories }, (_, number) =>
		tasks.filter(({ prompt }) => storyOfRow(rowOf(prompt)) === number).map((task) => task.renderMs),
	);
	const idealMs = idealOfChainsMs(chains, slots);
	const uploads = requests.filter(
		({ method, path }) => method === 'POST' && !path.endsWith('/tasks'),
	);
	printRow(
		'node',
		`${seconds(makespanMs)} s`,
		`${seconds(idealMs)} s`,
		ratio(makespanMs / idealMs),
		String(requests.length),
		String(videos),
		String(uploads.length),
		loadOf(measured),
	);
	requireAtMost('makespan of stories ÷ ideal', makespanMs / idealMs, goal, ratio);
}
