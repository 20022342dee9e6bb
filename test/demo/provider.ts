import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSimulator } from '../simulator/simulator';
import type { DemoOptions } from './options';

/** The provider that the demo talks to. */
export interface DemoProvider {
	/** For the first line of the demo. */
	readonly name: string;
	readonly credential: ICredentialDataDecryptedObject;
	close(): Promise<void>;
}

const simulatedQueueMs = 6_000;
const simulatedRenderMs = 6_000;

/** Uses Test Mode, starts the simulator, or uses the real provider after a warning that it costs money. Rejects with an Error that names a port in use. */
export async function openProvider({
	simulatorPort,
	real,
	rows,
}: DemoOptions): Promise<DemoProvider> {
	if (real !== undefined) {
		const { apiKey, provider = 'powerTokens', baseUrl = '', pauseSeconds } = real;
		console.log(
			`SEEDANCE_API_KEY is set: this creates video at a real provider and COSTS MONEY (${rows === 1 ? 'a clip' : `${rows} clips`} of 5 s at 720p, about ${(rows * 108_900).toLocaleString('en-US')} tokens).`,
		);
		if (pauseSeconds > 0) {
			console.log(`It starts in ${pauseSeconds} seconds; press Ctrl+C now and nothing is created.`);
			await sleep(pauseSeconds * 1000);
		}
		return {
			name: baseUrl === '' ? provider : `${provider} at ${baseUrl}`,
			credential: { apiKey, provider, baseUrl },
			close: async () => {},
		};
	}
	if (simulatorPort === undefined) {
		const credential = { provider: 'testMode' };
		return { name: 'Test Mode (no cost)', credential, close: async () => {} };
	}
	const simulator = await startSimulator({
		port: simulatorPort,
		queueMs: simulatedQueueMs,
		renderMs: simulatedRenderMs,
	});
	return {
		name: `a simulated provider at ${simulator.origin} (no cost)`,
		credential: {
			provider: 'powerTokens',
			apiKey: simulator.apiKey,
			baseUrl: simulator.origin,
		},
		close: simulator.close,
	};
}
