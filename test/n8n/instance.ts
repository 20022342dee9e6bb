import { rm } from 'node:fs/promises';

import { startSimulator, type Simulator, type SimulatorOptions } from '../simulator/simulator';
import { N8nClient, type Owner } from './client';
import { loadPackage, projectFolder, type LoadedPackage } from './packageTarball';
import { assertPortIsFree, freePort } from './ports';
import type { OnProgress } from './progress';
import { readExampleWorkflow, seed, type Seeded } from './seed';
import { startN8n, type RealN8n } from './server';
import type { Line } from './versions';

/**
 * The owner of every instance that is started here: it listens on loopback only and holds nothing
 * secret.
 */
export const demoOwner: Owner = {
	email: 'demo@example.com',
	password: 'Seedance-Demo-1',
	firstName: 'Seedance',
	lastName: 'Demo',
};

/** How an instance is started. Ports that are not given are free ones. */
export interface InstanceOptions {
	line: Line;
	userFolder: string;
	/** Whether the user folder is emptied first. Kept by default. */
	fresh?: boolean;
	port?: number;
	simulatorPort?: number;
	/** How long the simulator renders a task. By default as long as the video is. */
	renderMs?: number;
	/** How else the simulator behaves. */
	simulatorOptions?: Omit<SimulatorOptions, 'port' | 'renderMs'>;
	/** Set in n8n's environment, on top of what every instance has. */
	environment?: Readonly<Record<string, string>>;
	onProgress: OnProgress;
	signal: AbortSignal;
}

/** A simulator and a real n8n with this package, its credential and its example workflow in it. */
export interface Instance {
	/** The n8n that was started last. */
	readonly n8n: RealN8n;
	simulator: Simulator;
	client: N8nClient;
	loadedPackage: LoadedPackage;
	seeded: Seeded;
	/** Ends n8n if it still runs, and starts it again with the same address and data. */
	restart(): Promise<void>;
	/** Stops n8n and then the simulator. Also runs when the signal is aborted. */
	close(): Promise<void>;
}

/**
 * Starts all of it, installing n8n on first use; when a part fails, what was started before is
 * stopped.
 */
export async function startInstance(options: InstanceOptions): Promise<Instance> {
	const { line, userFolder, onProgress, signal } = options;
	const port = options.port ?? (await freePort());
	// Known before an install that takes minutes.
	await assertPortIsFree(port);
	if (options.simulatorPort !== undefined) await assertPortIsFree(options.simulatorPort);
	const example = await readExampleWorkflow();
	if (options.fresh === true) await rm(userFolder, { recursive: true, force: true });
	const loadedPackage = await loadPackage(userFolder, projectFolder);

	const { simulatorPort, renderMs, environment = {} } = options;
	const simulator = await startSimulator({
		...options.simulatorOptions,
		...(simulatorPort === undefined ? {} : { port: simulatorPort }),
		...(renderMs === undefined ? {} : { renderMs }),
	});
	let stopN8n = async () => {};
	const start = async () => {
		const started = await startN8n({ line, port, userFolder, environment, onProgress, signal });
		stopN8n = started.stop;
		return started;
	};
	let closing: Promise<void> | undefined;
	const closeAll = async () => {
		await stopN8n();
		await simulator.close();
	};
	const close = () => (closing ??= closeAll());
	try {
		onProgress(`Simulator: ${simulator.origin}`);
		let n8n = await start();
		signal.addEventListener('abort', () => void close());
		const client = new N8nClient(n8n.origin);
		await client.signIn(demoOwner);
		const seeded = await seed(client, simulator, example);
		return {
			get n8n() {
				return n8n;
			},
			async restart() {
				await stopN8n();
				n8n = await start();
			},
			...{ simulator, client, loadedPackage, seeded, close },
		};
	} catch (error) {
		await close();
		throw error;
	}
}
