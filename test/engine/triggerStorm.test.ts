import type { IDataObject } from 'n8n-workflow';
import axios from 'axios';
import type { Poller } from './engine';
import { speedUpTime } from './fastTime';
import { setUp } from './setup';
import { triggerNode, triggerWorkflow } from './workflows';

const restoreTime = speedUpTime(100);
afterAll(restoreTime);

/** A generator with a fixed seed, so that a failure repeats. */
let state = 17;
function random(): number {
	state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
	return state / 2 ** 32;
}

const pollMs = 15_000;
const polls = 40;
const listLagMs = 12_000;
const setup = setUp({
	renderMs: () => random() * polls * pollMs * 0.6,
	concurrency: 1_000,
	listLagMs,
	videoBytes: 20_000,
});

const pass = async (ms: number) => await new Promise((resolve) => setTimeout(resolve, ms));

async function create(): Promise<string> {
	const { origin, apiKey, officialBasePath } = setup.simulator;
	const url = `${origin}${officialBasePath}/contents/generations/tasks`;
	const content = [{ type: 'text', text: random() < 0.1 ? 'A cat [simulate:failed]' : 'A cat' }];
	const body = { model: 'dreamina-seedance-2-0-260128', content };
	const headers = { Authorization: `Bearer ${apiKey}` };
	return (await axios.post<{ id: string }>(url, body, { headers })).data.id;
}

function activate(workflowId: string, saved: IDataObject): Poller {
	const { origin, apiKey } = setup.simulator;
	return setup.engine.poller({
		workflow: triggerWorkflow({}),
		node: triggerNode,
		credentials: { seedanceApi: { baseUrl: origin, apiKey } },
		...{ workflowId, saved },
	});
}

/** The tasks that have ended, and are at least so old. */
function endedIds(ageMs = 0): ReadonlySet<string> {
	const ended = setup.simulator.tasks.filter(
		({ endedMs, createdMs }) => endedMs !== undefined && createdMs <= Date.now() - ageMs,
	);
	return new Set(ended.map(({ id }) => id));
}

/** A workflow in n8n, which is started again from what its database has. */
class Workflow {
	readonly delivered: string[] = [];
	failed = 0;
	private poller: Poller;

	constructor(private readonly id: string) {
		this.poller = activate(id, {});
	}

	async poll(): Promise<void> {
		try {
			const items = (await this.poller.poll()) ?? [];
			expect(items.every(({ binary }) => binary?.['data'] !== undefined)).toBe(true);
			this.delivered.push(...items.map(({ json }) => String(json['taskId'])));
		} catch {
			this.failed++;
		}
	}

	restart(): void {
		this.poller = activate(this.id, this.poller.saved());
	}
}

test('two workflows get each of 200 tasks once, over 40 polls with lists that shift, lag and fail, and restarts', async () => {
	const ids: string[] = [];
	for (let count = 0; count < 120; count++) ids.push(await create());
	const workflows = [new Workflow('one'), new Workflow('two')];
	const endedBefore = endedIds(listLagMs);
	for (const workflow of workflows) await workflow.poll();
	// What ends while they are activated may count as either.
	const endedAfter = endedIds();
	let isDown = false;
	const mend = setup.simulator.intercept(({ method, path }) => {
		if (method !== 'GET' || !path.endsWith('/tasks')) return undefined;
		if (random() < 0.3 && ids.length < 200) void create().then((id) => ids.push(id));
		if (!isDown && random() >= 0.2) return undefined;
		return random() < 0.5 ? { status: 503 } : 'reset';
	});
	for (let poll = 0; poll < polls; poll++) {
		// In every fifth poll, no list is answered at all.
		isDown = poll % 5 === 4;
		await Promise.all(workflows.map(async (workflow) => await workflow.poll()));
		if (poll % 7 === 6) workflows[poll % 2]?.restart();
		for (let count = 0; count < 2 && ids.length < 200; count++) ids.push(await create());
		await pass(pollMs);
	}
	mend();
	await pass(polls * pollMs * 0.7);
	for (const workflow of workflows) {
		for (let poll = 0; poll < 4; poll++) await workflow.poll();
	}
	expect(setup.simulator.tasks.length).toBeGreaterThanOrEqual(200);
	const succeeded = setup.simulator.tasks
		.filter(({ status }) => status === 'succeeded')
		.map(({ id }) => id);
	for (const { delivered, failed } of workflows) {
		expect(new Set(delivered).size).toBe(delivered.length);
		const known = new Set([...delivered, ...endedAfter]);
		expect(succeeded.filter((id) => !known.has(id))).toEqual([]);
		expect(delivered.filter((id) => endedBefore.has(id) || !succeeded.includes(id))).toEqual([]);
		expect(failed).toBeGreaterThanOrEqual(4);
	}
});
