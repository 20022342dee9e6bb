import { z } from 'zod';

const charactersInMessage = 400;
const failureSchema = z.object({ message: z.string() });
const envelopeSchema = z.object({ data: z.unknown() });

function messageIn(text: string): string {
	try {
		return failureSchema.parse(JSON.parse(text)).message;
	} catch {
		return text.slice(0, charactersInMessage);
	}
}

/** An answer that is not a success, with n8n's own words. */
export class RestError extends Error {
	constructor(
		readonly status: number,
		message: string,
	) {
		super(message);
		this.name = 'RestError';
	}
}

/** The internal REST interface of one n8n, with the session of the signed-in user. */
export class Rest {
	private cookie: string | undefined;

	constructor(readonly origin: string) {}

	private headers(hasBody: boolean): Record<string, string> {
		return {
			// n8n binds the session to the browser that signed in.
			'browser-id': 'n8n-nodes-seedance-test',
			// n8n closes idle connections, and a request on one that closes at this moment fails.
			connection: 'close',
			...(hasBody ? { 'content-type': 'application/json' } : {}),
			...(this.cookie === undefined ? {} : { cookie: this.cookie }),
		};
	}

	/** One request below /rest. Rejects with a RestError unless the answer is a success. */
	async request(method: string, path: string, body?: unknown): Promise<Response> {
		const response = await fetch(`${this.origin}/rest${path}`, {
			method,
			headers: this.headers(body !== undefined),
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const session = response.headers.getSetCookie().find((each) => each.startsWith('n8n-auth='));
		if (session !== undefined) this.cookie = session.split(';')[0];
		if (response.ok) return response;
		const said = messageIn(await response.text());
		throw new RestError(response.status, `${method} /rest${path}: ${response.status} ${said}`);
	}

	/** One request whose answer's `data` has the shape of the schema. */
	async call<Schema extends z.ZodTypeAny>(
		schema: Schema,
		method: string,
		path: string,
		body?: unknown,
	): Promise<z.output<Schema>> {
		const response = await this.request(method, path, body);
		const { data } = envelopeSchema.parse(await response.json());
		const result = schema.safeParse(data);
		if (result.success) return result.data as z.output<Schema>;
		throw new Error(`${method} /rest${path} answered in another shape: ${result.error.message}`);
	}
}
