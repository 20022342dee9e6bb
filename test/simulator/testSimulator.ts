import axios, { type AxiosInstance } from 'axios';
import { startSimulator, type Simulator, type SimulatorOptions } from './simulator';

/** A simulator for the tests of one file, with a clock that only the tests move. */
export interface TestSimulator {
	readonly simulator: Simulator;
	/** A client of the task calls that has the key and accepts every status. */
	readonly tasks: AxiosInstance;
	/** A client of the OpenAI-style interface that has the key and accepts every status. */
	readonly openAi: AxiosInstance;
	/** A client without key or base URL that accepts every status and returns bytes. */
	readonly files: AxiosInstance;
	/** Moves the clock forward, in milliseconds. */
	pass(milliseconds: number): void;
	/** Creates a text-to-video task, by default with PowerTokens' Seedance 2.0, and returns its ID. Throws on a refusal. */
	create(prompt: string, fields?: Record<string, unknown>): Promise<string>;
}

/** The time at which the clock of every test begins, in milliseconds. */
export const startMs = Date.UTC(2026, 10, 21, 0, 0, 0);

/** The request ID that every answer carries. */
export const requestId = 'request-1';

/** Registers hooks that start a simulator before each test and close it afterwards. Returns access to the current one. */
export function useSimulator(options: SimulatorOptions = {}): TestSimulator {
	let nowMs = startMs;
	let current: Simulator | undefined;
	let tasks = axios.create();
	let openAi = axios.create();
	const files = axios.create({ validateStatus: () => true, responseType: 'arraybuffer' });
	const simulator = () => {
		if (current === undefined) throw new Error('The simulator runs only within a test');
		return current;
	};

	beforeEach(async () => {
		nowMs = startMs;
		current = await startSimulator({
			now: () => nowMs,
			requestId: () => requestId,
			renderMs: 10_000,
			...options,
		});
		const { origin, apiKey, officialBasePath, openAiBasePath } = current;
		const common = {
			headers: { Authorization: `Bearer ${apiKey}`, 'Accept-Encoding': 'identity' },
			validateStatus: () => true,
		};
		tasks = axios.create({
			baseURL: `${origin}${officialBasePath}/contents/generations/tasks`,
			...common,
		});
		openAi = axios.create({ baseURL: `${origin}${openAiBasePath ?? '/v1'}`, ...common });
	});
	afterEach(async () => await current?.close());

	return {
		get simulator() {
			return simulator();
		},
		get tasks() {
			return tasks;
		},
		get openAi() {
			return openAi;
		},
		files,
		pass: (milliseconds) => {
			nowMs += milliseconds;
		},
		create: async (prompt, fields = {}) => {
			const answer = await tasks.post('', textRequest({ ...fields }, prompt));
			if (answer.status !== 200) throw new Error(JSON.stringify(answer.data));
			return answer.data.id;
		},
	};
}

/** The body of a text-to-video request for PowerTokens' Seedance 2.0. Other fields are added or override it. */
export function textRequest(fields: Record<string, unknown> = {}, prompt = 'A cat') {
	return {
		model: 'dreamina-seedance-2-0-260128',
		content: [{ type: 'text', text: prompt }],
		...fields,
	};
}

/** The body of an error answer in Ark's form. */
export function errorBody(code: string, explanation: string, param = '', type = 'BadRequest') {
	return {
		error: { code, message: `${explanation} Request id: ${requestId}`, param, type },
	};
}

/** The body of an error answer in the form of the OpenAI-style interface. */
export function openAiErrorBody(code: string, explanation: string) {
	return {
		error: {
			message: `${explanation} Request id: ${requestId}`,
			type: 'invalid_request_error',
			code,
		},
	};
}
