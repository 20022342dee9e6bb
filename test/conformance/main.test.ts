import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { startSimulator, type Simulator } from '../simulator/simulator';
import { apiKey } from './liveRun';
import { withoutKey } from './options';

const root = resolve(__dirname, '..', '..');

let simulator: Simulator;
beforeAll(async () => {
	simulator = await startSimulator({ apiKey, renderMs: 60_000, queueMs: 60_000 });
});
afterAll(async () => await simulator.close());
beforeEach(() => void (simulator.requests.length = 0));

/** Starts the check as `npm run conformance` does. */
function start(commandLine: string[], environment: Record<string, string> = {}) {
	const check = spawn('node', ['--import', 'tsx', 'test/conformance/main.ts', ...commandLine], {
		cwd: root,
		env: {
			...process.env,
			SEEDANCE_API_KEY: apiKey,
			SEEDANCE_BASE_URL: simulator.origin,
			...environment,
		},
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const exit = new Promise<number | null>((resolveExit) => check.once('exit', resolveExit));
	return { check, exit };
}

async function run(commandLine: string[], environment: Record<string, string> = {}) {
	const { check, exit } = start(commandLine, environment);
	const [stdout, stderr, exitCode] = await Promise.all([
		text(check.stdout),
		text(check.stderr),
		exit,
	]);
	expect(stdout + stderr).not.toContain(apiKey);
	return { exitCode, stdout: stdout.trim(), stderr: stderr.trim() };
}

test('without a key it explains itself and sends nothing', async () => {
	const { exitCode, stdout, stderr } = await run(['--yes-this-costs-money'], {
		SEEDANCE_API_KEY: '',
	});
	expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: withoutKey, stderr: '' });
	expect(simulator.requests).toEqual([]);
});

test('without --yes-this-costs-money it says what it would do and sends nothing', async () => {
	const { exitCode, stdout, stderr } = await run(['--record', '/dev/null/no-folder']);
	expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
	expect(stdout.split('\n')).toEqual([
		'Nothing was sent. With --yes-this-costs-money this would be sent:',
		`Provider: PowerTokens, Official, host ${new URL(simulator.origin).host}, path /byteplus/api/v3/contents/generations/tasks`,
		'  1. list: GET the newest tasks',
		'  2. list by status: GET tasks with filter.status=succeeded',
		'  3. list by ids: GET tasks with filter.task_ids, the key repeated for each of two ids',
		'  4. refused create: POST a task without a prompt and with a duration of 0, which has to be refused',
		'  5. wrong key: GET with a key that nobody has',
		'  6. unknown task: GET a task that does not exist',
		'  7. create: POST the task below, once: it is charged if it succeeds',
		'  8. first look: GET the task at once',
		'  9. cancel: if it is queued: DELETE it, GET it and find it cancelled',
		' 10. create again: if it was cancelled: POST the task once more, which is charged if it succeeds',
		' 11. until it runs: GET the task every 10 seconds',
		' 12. delete while it runs: if it runs: DELETE it, which has to be refused',
		' 13. until it has finished: GET the task every 10 seconds',
		' 14. tokens: compare usage.total_tokens with the estimate',
		' 15. list shows it: GET tasks with filter.task_ids',
		' 16. download: GET the URL of the video, without the key',
		' 17. HEAD of the video: HEAD the URL of the video, for the report only',
		' 18. delete: DELETE the record of the finished task, GET it and find it unknown',
		'The task: {"model":"seedance-1-0-pro-fast-251015","content":[{"type":"text","text":"A white cup on a white table"}],"resolution":"480p","ratio":"21:9","duration":2}',
		'Its cost: seedance-1-0-pro-fast-251015, 2 s, 480p, 21:9: about 19,110 tokens. If the provider lets the check cancel a queued task, a second one is created; ByteDance does not charge the cancelled one, and a reseller may differ.',
		'Each answer would be recorded in /dev/null/no-folder.',
	]);
	expect(simulator.requests).toEqual([]);
});

test.each([
	['--provider', /^Unknown option '--provider'/],
	['--record=/dev/null/no-folder', /^ENOTDIR/],
])('%s is refused in one line', async (option, message) => {
	const { exitCode, stdout, stderr } = await run(['--yes-this-costs-money', option]);
	expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
	expect(stderr).toMatch(message);
	expect(stderr).not.toContain('\n');
	expect(simulator.requests).toEqual([]);
});

test('Ctrl+C prints the IDs of the tasks that exist', async () => {
	const { check, exit } = start(['--yes-this-costs-money']);
	let stdout = '';
	for await (const chunk of check.stdout) {
		stdout += String(chunk);
		// The second task is queued now, and the check waits.
		if (String(chunk).includes('create again')) check.kill('SIGINT');
	}
	expect(await exit).toBe(130);
	const [cancelled, queued] = simulator.tasks;
	expect(stdout).toContain('Interrupted. Nothing more was sent.');
	expect(stdout).toMatch(new RegExp(`task-\\d is ${cancelled?.id} \\(cancelled\\)`));
	expect(stdout).toMatch(new RegExp(`task-\\d is ${queued?.id} \\(queued\\)`));
	expect(stdout).not.toContain(apiKey);
	expect(simulator.tasks).toHaveLength(2);
});
