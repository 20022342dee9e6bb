import type { IN8nHttpFullResponse } from 'n8n-workflow';
import { brokenConnection, json, refusal, type TestRequest } from './answer';
import { readCreate, type TestCreate } from './createTask';
import { magicPromptOf, magicPrompts, plainId, type MagicPrompt } from './magicPrompts';
import { findTask, listTasks, statusOf } from './taskList';
import type { TaskMemory } from './taskMemory';
import { describeTask } from './taskObject';
import { idOfTask } from './testTask';

const collectionPath = '/contents/generations/tasks';

/** Whether a request is about tasks. */
export function isAboutTasks({ url }: TestRequest): boolean {
	return url.pathname === collectionPath || url.pathname.startsWith(`${collectionPath}/`);
}

/** The task calls of Test Mode's provider for one run: create, get, list and delete. Throws the error of the HTTP client where an answer is lost. */
export class TestTasks {
	/** How often the create with this prompt was throttled in this run. */
	private readonly throttled = new Map<string, number>();

	constructor(private readonly memory: TaskMemory) {}

	answer(request: TestRequest): IN8nHttpFullResponse {
		const { method, url, nowMs } = request;
		const id = decodeURIComponent(url.pathname.slice(collectionPath.length + 1));
		if (method === 'POST') return this.create(request);
		if (id === '') return json(listTasks(url.searchParams, this.memory, nowMs));
		return method === 'DELETE' ? this.delete(id, nowMs) : this.read(id, nowMs);
	}

	private create({ body, nowMs }: TestRequest): IN8nHttpFullResponse {
		const create = readCreate(body, nowMs);
		if ('statusCode' in create) return create;
		const magic = magicPromptOf(create.prompt);
		// If a misspelt one were ignored, a branch would seem to work.
		if (magic === 'unknown') {
			return refusal(400, 'InvalidParameter', 'content', unknownMagicText());
		}
		return magic === undefined ? this.accept(create, plainId) : this.createWith(create, magic);
	}

	private createWith(create: TestCreate, { outcome }: MagicPrompt): IN8nHttpFullResponse {
		if (outcome.kind === 'accepted') return this.accept(create, outcome.id);
		if (outcome.kind === 'refused') return refusal(outcome.httpStatus, outcome.code);
		if (outcome.kind === 'lost') {
			if (outcome.isCreated) this.accept(create, outcome.id);
			throw brokenConnection();
		}
		const times = this.throttled.get(create.prompt) ?? 0;
		this.throttled.set(create.prompt, times + 1);
		return times < outcome.times ? refusal(429, outcome.code) : this.accept(create, outcome.id);
	}

	private accept(create: TestCreate, endingId: string): IN8nHttpFullResponse {
		const id = idOfTask(create.taskWith(endingId));
		this.memory.set(id, { state: 'listed', safetyIdentifier: create.safetyIdentifier });
		return json({ id });
	}

	private read(id: string, nowMs: number): IN8nHttpFullResponse {
		const task = findTask(id, this.memory, nowMs);
		if (task === undefined) return refusal(404, 'NotFound.Task');
		return json(describeTask(task, nowMs, this.memory.get(id)));
	}

	/** Source: BytePlus docs 1521720 (what DELETE does in each state); github volcengine/ark-cli, error-codes.md (the code for a running task). The code for a cancelled task is made up: none is documented. */
	private delete(id: string, nowMs: number): IN8nHttpFullResponse {
		const task = findTask(id, this.memory, nowMs);
		if (task === undefined) return refusal(404, 'NotFound.Task');
		const status = statusOf(task, this.memory, nowMs);
		if (status === 'running') return refusal(409, 'InvalidAction.RunningTaskDeletion');
		if (status === 'cancelled') return refusal(409, 'InvalidAction.CancelledTaskDeletion');
		const state = status === 'queued' ? 'cancelled' : 'deleted';
		this.memory.set(id, { ...this.memory.get(id), state });
		return json({});
	}
}

function unknownMagicText(): string {
	const known = magicPrompts.map(({ words }) => `[test: ${words}]`).join(', ');
	return `The prompt has words in [test: …] that Test Mode does not know. It knows ${known}.`;
}
