import { startSimulator, type Simulator } from '../simulator/simulator';
import { startEngine, type Engine } from './engine';
import { readExample } from './workflows';

let engine: Engine;
let simulator: Simulator;

beforeAll(async () => {
	engine = await startEngine();
	simulator = await startSimulator({ renderMs: 300 });
});

afterAll(async () => {
	await simulator.close();
	engine.close();
});

test('the example workflow turns its prompt into an MP4', async () => {
	const logs: unknown[] = [];
	const execution = await engine.run({
		workflow: readExample('prompt-to-video'),
		credentials: { seedanceApi: { baseUrl: simulator.origin, apiKey: simulator.apiKey } },
		onLog: (line) => logs.push(line),
	});
	console.log(
		JSON.stringify(execution.items('Seedance Video'), null, 1),
		execution.error,
		logs.slice(-12),
		simulator.requests,
	);
});
