import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { startSimulator } from '../simulator/simulator';

// A demo waits about 20 s for its simulated render. The timeout here only ends one that hangs.
jest.setTimeout(120_000);

const root = resolve(__dirname, '..', '..');

/** Runs the demo as `npm run demo` does after its build. */
async function runDemo(commandLine: string[], environment: Record<string, string> = {}) {
	const demo = spawn('node', ['--import', 'tsx', 'test/demo/main.ts', ...commandLine], {
		cwd: root,
		env: { ...process.env, SEEDANCE_API_KEY: '', ...environment },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const [stdout, stderr, exitCode] = await Promise.all([
		text(demo.stdout),
		text(demo.stderr),
		new Promise<number | null>((resolveExit) => demo.once('exit', resolveExit)),
	]);
	return { exitCode, stdout: stdout.trim(), stderr: stderr.trim() };
}

test.concurrent('Test Mode makes the clip without anything else', async () => {
	const { exitCode, stdout, stderr } = await runDemo([]);
	expect(stderr).toBe('');
	expect(exitCode).toBe(0);
	expect(stdout).toContain('against Test Mode (no cost)');
	expect(stdout).toMatch(/running → succeeded {2}\d+ s/);
	expect(stdout).toMatch(/"testMode": true/);
	expect(stdout).toMatch(/MP4 \(\d+ bytes\): output\/test_[\w.-]+\.mp4$/);
});

test.concurrent('shows the statuses, writes the MP4 and prints its path and the item', async () => {
	const { exitCode, stdout, stderr } = await runDemo(['--simulator']);
	expect(stderr).toBe('');
	expect(exitCode).toBe(0);
	expect(stdout).toMatch(/queued → running → succeeded {2}\d+ s/);
	expect(stdout).toMatch(/"status": "succeeded"/);
	expect(stdout).toMatch(/MP4 \(\d+ bytes\): output\/cgt-[\w-]+\.mp4$/);
});

test.concurrent('many rows show how many are done, and each has its MP4', async () => {
	const { exitCode, stdout, stderr } = await runDemo(['--simulator', '--rows', '4']);
	expect(stderr).toBe('');
	expect(exitCode).toBe(0);
	expect(stdout).toContain('[....................] 0 of 4 done, 1 created, 3 not created');
	expect(stdout).toMatch(/\[#{20}\] 4 of 4 done {2}\d+ s/);
	expect(stdout.match(/MP4 \(\d+ bytes\): output\/cgt-[\w-]+\.mp4/g)).toHaveLength(4);
});

test.concurrent('a key that the provider does not accept', async () => {
	const simulator = await startSimulator();
	const { exitCode, stdout, stderr } = await runDemo(['--yes'], {
		SEEDANCE_API_KEY: 'wrong-key',
		SEEDANCE_BASE_URL: simulator.origin,
	});
	await simulator.close();
	expect(exitCode).toBe(1);
	expect(stdout).toContain('COSTS MONEY');
	expect(stderr).toMatch(/AuthenticationError: /);
	expect(stdout + stderr).not.toContain('wrong-key');
});

test.concurrent('a port that is taken', async () => {
	const server = createServer().listen(0, '127.0.0.1');
	await new Promise((ready) => server.once('listening', ready));
	const { port } = server.address() as AddressInfo;
	const { exitCode, stderr } = await runDemo(['--port', String(port)]);
	server.close();
	expect(exitCode).toBe(1);
	expect(stderr).toBe(`Port ${port} on 127.0.0.1 is already in use`);
});

test.concurrent('a wait that runs out', async () => {
	const { exitCode, stderr } = await runDemo(['--simulator', '--max-wait-minutes', '0.02']);
	expect(exitCode).toBe(1);
	expect(stderr).toMatch(
		/^The wait ran out: task cgt-[\w-]+ is still queued\. Fetch it later with the Get operation; do not create it again\.$/,
	);
});

test.concurrent(
	'a key without --yes leaves time to stop, and then nothing was created',
	async () => {
		const simulator = await startSimulator();
		const demo = spawn('node', ['--import', 'tsx', 'test/demo/main.ts'], {
			cwd: root,
			env: {
				...process.env,
				SEEDANCE_API_KEY: simulator.apiKey,
				SEEDANCE_BASE_URL: simulator.origin,
			},
			stdio: ['ignore', 'pipe', 'ignore'],
		});
		for await (const chunk of demo.stdout) {
			if (String(chunk).includes('It starts in 10 seconds')) demo.kill('SIGINT');
		}
		await simulator.close();
		expect(simulator.requests).toEqual([]);
	},
);

test.concurrent('a provider that is none', async () => {
	const { exitCode, stderr } = await runDemo([], { SEEDANCE_PROVIDER: 'powertokens' });
	expect(exitCode).toBe(1);
	expect(stderr).toBe(
		'SEEDANCE_PROVIDER is "powertokens", which is none of: testMode, powerTokens, apiYi, bytePlus, volcengine, custom',
	);
});

test.concurrent('an option that is no number', async () => {
	const { exitCode, stderr } = await runDemo(['--port', 'x']);
	expect(exitCode).toBe(1);
	expect(stderr).toBe('--port is "x", which is not a number');
});
