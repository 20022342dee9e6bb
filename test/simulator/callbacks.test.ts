import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { useSimulator } from './testSimulator';

interface Received {
	readonly method: string | undefined;
	readonly contentType: string | undefined;
	readonly body: { readonly id: string; readonly status: string };
}

const setup = useSimulator();
let server: Server;
let url = '';
let received: Received[] = [];
/** The statuses that the receiver answers with, in order, and then 200. */
let answers: number[] = [];

beforeAll(async () => {
	server = createServer((request, response) => {
		const pieces: Buffer[] = [];
		request.on('data', (piece: Buffer) => pieces.push(piece));
		request.on('end', () => {
			received.push({
				method: request.method,
				contentType: request.headers['content-type'],
				body: JSON.parse(Buffer.concat(pieces).toString('utf8')),
			});
			response.writeHead(answers.shift() ?? 200).end();
		});
	});
	await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback?token=a%2Fb`;
});
afterAll(() => server.close());
beforeEach(() => {
	received = [];
	answers = [];
});

const statuses = () => received.map(({ body }) => body.status);

async function untilReceived(count: number): Promise<void> {
	while (received.length < count) await delay(10);
}

it('sends the task as the get call answers it, at each change of its status', async () => {
	const id = await setup.create('A cat [simulate:queue 5s]', { callback_url: url });
	await untilReceived(1);
	setup.pass(5_000);
	await untilReceived(2);
	const running = (await setup.tasks.get(id)).data;
	setup.pass(10_000);
	await untilReceived(3);
	expect(statuses()).toEqual(['queued', 'running', 'succeeded']);
	expect(received.slice(1)).toEqual([
		{ method: 'POST', contentType: 'application/json', body: running },
		{ method: 'POST', contentType: 'application/json', body: (await setup.tasks.get(id)).data },
	]);
});

it('skips no status that passed between two polls', async () => {
	const id = await setup.create('A cat [simulate:failed]', { callback_url: url });
	setup.pass(10_000);
	await untilReceived(3);
	expect(received.map(({ body }) => [body.id, body.status])).toEqual([
		[id, 'queued'],
		[id, 'running'],
		[id, 'failed'],
	]);
});

it('sends an end again 5 s after it was not acknowledged, but not a start', async () => {
	answers = [409, 409, 409, 200];
	const startedMs = performance.now();
	const id = await setup.create('A cat', { callback_url: url });
	setup.pass(10_000);
	await untilReceived(4);
	expect(statuses()).toEqual(['queued', 'running', 'succeeded', 'succeeded']);
	expect(performance.now() - startedMs).toBeGreaterThan(4_900);
	await delay(100);
	const { data } = await setup.tasks.get(id);
	expect(setup.simulator.callbacks.slice(-2)).toEqual([
		{ at: expect.any(Number), url, body: data, status: 409 },
		{ at: expect.any(Number), url, body: data, status: 200 },
	]);
});

it('gives up on an end after three more attempts', async () => {
	answers = [200, 200, 500, 500, 500, 500, 500];
	await setup.create('A cat', { callback_url: url });
	setup.pass(10_000);
	await untilReceived(6);
	await delay(5_500);
	expect(statuses()).toEqual(['queued', 'running', ...Array<string>(4).fill('succeeded')]);
});

it('says nothing of a cancelled task', async () => {
	const id = await setup.create('A cat [simulate:queue 5s]', { callback_url: url });
	await untilReceived(1);
	await setup.tasks.delete(id);
	await delay(100);
	expect(statuses()).toEqual(['queued']);
});

it('treats a receiver that is down like one that does not answer', async () => {
	const nobody = 'http://127.0.0.1:9/callback';
	const id = await setup.create('A cat [simulate:queue 5s]', { callback_url: nobody });
	await delay(200);
	const { data } = await setup.tasks.get(id);
	expect(setup.simulator.callbacks).toEqual([
		{ at: expect.any(Number), url: nobody, body: data, status: undefined },
	]);
});
