import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import axios from 'axios';
import { readCommandLine } from './commandLine';
import { providerNames } from './providers';
import { startSimulator } from './simulator';

const start = (...args: string[]) =>
	spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'main.ts'), ...args]);

it('serves until it is stopped, and logs without secrets', async () => {
	const child = start('--port', '0', '--key', 'a-secret', '--render-seconds', '0');
	const output = text(child.stdout);
	const [banner] = await once(child.stdout, 'data');
	const [origin] = /http:\/\/127\.0\.0\.1:\d+/.exec(String(banner)) ?? [''];
	const url = `${origin}/byteplus/api/v3/contents/generations/tasks`;
	const headers = { Authorization: 'a-secret' };
	const { data } = await axios.post(
		url,
		{ model: 'dreamina-seedance-2-0-260128', content: [{ type: 'text', text: 'A cat' }] },
		{ headers },
	);
	const task = await axios.get(`${url}/${data.id}?secret=1`, { headers });
	await axios.get(task.data.content.video_url);
	child.kill('SIGTERM');
	expect(await once(child, 'exit')).toEqual([0, null]);
	const log = (await output).replace(/\d+ ms/g, '- ms');
	expect(log).toContain(`Base URL for the credential: ${origin}\n`);
	expect(log).toContain('POST /byteplus/api/v3/contents/generations/tasks 200 - ms\n');
	expect(log).toContain(`${data.id} 200 - ms\n`);
	expect(log).toContain(`${data.id}.mp4 200 - ms\n`);
	expect(log).not.toMatch(/secret|X-Tos/);
});

it('reports in one line that a port is in use', async () => {
	const simulator = await startSimulator();
	const child = start('--port', String(simulator.port));
	const [output, [exitCode]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
	await simulator.close();
	expect([exitCode, output]).toEqual([
		1,
		`Port ${simulator.port} on 127.0.0.1 is already in use\n`,
	]);
});

it('prints the address of the requested provider', async () => {
	const child = start('--port', '0', '--provider', 'volcengine');
	const [banner] = await once(child.stdout, 'data');
	child.kill('SIGTERM');
	await once(child, 'exit');
	expect(String(banner).replace(/127\.0\.0\.1:\d+/g, 'host')).toBe(
		[
			'Seedance simulator: the API of Volcengine Ark, without cost',
			'  Base URL for the credential: http://host',
			'  API key:                     simulator-key (the default)',
			'  Tasks:                       http://host/api/v3/contents/generations/tasks',
			'',
		].join('\n'),
	);
});

it.each(providerNames)('reads --provider %s', (provider) => {
	expect(readCommandLine(['--provider', provider])).toEqual({
		help: false,
		options: { port: 3199, provider },
	});
});

it('reads its command line', () => {
	expect(readCommandLine([])).toEqual({ help: false, options: { port: 3199 } });
	expect(
		readCommandLine(
			(
				'--port 0 --key k --concurrency 2 --render-seconds 0.5 --queue-seconds 0 ' +
				'--list-lag-seconds 1.5 --rate-limits individual --no-echo --help'
			).split(' '),
		),
	).toEqual({
		help: true,
		options: {
			port: 0,
			apiKey: 'k',
			concurrency: 2,
			renderMs: 500,
			queueMs: 0,
			listLagMs: 1500,
			rateLimits: 'individual',
			echoesMarkers: false,
		},
	});
});

it.each([
	['--port', '70000'],
	['--port', ''],
	['--concurrency', '0'],
	['--render-seconds', '-1'],
	['--queue-seconds', 'soon'],
	['--list-lag-seconds', '-1'],
	['--rate-limits', '20'],
	['--provider', 'toString'],
	['--provider', 'Volcengine'],
])('refuses %s %j', (flag, value) => {
	expect(() => readCommandLine([`${flag}=${value}`])).toThrow(
		`${flag} does not take ${JSON.stringify(value)}`,
	);
});
