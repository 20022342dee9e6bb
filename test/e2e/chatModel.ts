import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

const messageSchema = z.object({
	role: z.string(),
	content: z.unknown(),
	tool_call_id: z.string().optional(),
});

const requestSchema = z.object({
	model: z.string(),
	stream: z.boolean().optional(),
	messages: z.array(messageSchema),
	tools: z
		.array(
			z.object({
				type: z.literal('function'),
				function: z.object({
					name: z.string(),
					description: z.string().optional(),
					parameters: z.record(z.unknown()),
				}),
			}),
		)
		.optional(),
});

/** A request for a completion, as far as tests read it. */
export type ChatRequest = z.infer<typeof requestSchema>;

/** A chat model that gives the answers that a test sets. */
export interface ChatModel {
	/** What an OpenAI credential names as its base URL. */
	readonly baseUrl: string;
	/** Every request for a completion, in order. */
	readonly requests: ChatRequest[];
	close(): Promise<void>;
}

/** The id of the first tool call, the second, and so on. */
export const toolCallId = (ordinal: number) => `call_${ordinal}`;

/**
 * Starts OpenAI's chat completions API on loopback. It calls the first available tool with these arguments the given number of times, one after the other.
 * It returns the final text once all answers of the tool are there.
 */
export async function startChatModel(
	toolArguments: object,
	finalText: string,
	times = 1,
): Promise<ChatModel> {
	const requests: ChatRequest[] = [];

	function messageFor({ messages, tools }: ChatRequest) {
		const answers = messages.filter(({ role }) => role === 'tool').length;
		if (answers >= times) {
			return { role: 'assistant', content: finalText };
		}
		const name = tools?.[0]?.function.name ?? '';
		const call = { name, arguments: JSON.stringify(toolArguments) };
		const toolCall = { id: toolCallId(answers + 1), type: 'function', function: call };
		return { role: 'assistant', content: null, tool_calls: [toolCall] };
	}

	async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		response.setHeader('content-type', 'application/json');
		if (request.method !== 'POST' || request.url !== '/v1/chat/completions') {
			response.statusCode = 404;
			response.end(JSON.stringify({ error: { message: `${request.method} ${request.url}` } }));
			return;
		}
		const asked = requestSchema.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
		if (asked.stream === true) throw new Error('This model does not stream');
		requests.push(asked);
		const message = messageFor(asked);
		const finish_reason = 'tool_calls' in message ? 'tool_calls' : 'stop';
		response.end(
			JSON.stringify({
				id: `chatcmpl-${requests.length}`,
				object: 'chat.completion',
				created: 1_700_000_000,
				model: asked.model,
				choices: [{ index: 0, message, finish_reason }],
				usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
			}),
		);
	}

	const server = createServer((request, response) => {
		answer(request, response).catch((error: unknown) => {
			response.statusCode = 400;
			response.end(JSON.stringify({ error: { message: String(error) } }));
		});
	});
	await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
	const { port } = server.address() as AddressInfo;
	return {
		baseUrl: `http://127.0.0.1:${port}/v1`,
		requests,
		close: async () => {
			server.closeAllConnections();
			await new Promise((closed) => server.close(closed));
		},
	};
}
