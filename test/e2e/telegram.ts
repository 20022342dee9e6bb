import { setTimeout as delay } from 'node:timers/promises';

import type { OutsideAnswer, OutsideHost, OutsideRequest } from './outsideHosts';

/** A message that the bot has sent: the whole body of its request. */
export type TelegramMessage = Readonly<Record<string, unknown>>;

/** A video that the bot has sent. */
export interface TelegramVideo {
	/** The fields of the request, without the file. */
	readonly fields: Readonly<Record<string, string>>;
	readonly fileName: string;
	readonly mimeType: string;
	readonly bytes: Buffer;
}

/** A message as somebody writes it to the bot, without what Telegram adds. */
export type Written = Readonly<Record<string, unknown>>;

interface Webhook {
	readonly url: string;
	readonly allowed_updates?: readonly string[];
	readonly secret_token?: string;
}

const deliveryTimeoutMs = 30_000;
const pollMs = 250;

/** Telegram's Bot API with one bot, as far as n8n's nodes go: its webhook, files that were sent to it, sendMessage and sendVideo. Source: core.telegram.org/bots/api. */
export class Telegram implements OutsideHost {
	readonly hostnames = ['api.telegram.org'];
	/** The fields of n8n's credential for the bot. Its Base URL stays at its default. */
	readonly credentialData = { accessToken: '123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw' };
	/** Where updates are sent. Undefined while no workflow is live. */
	webhook: Webhook | undefined;
	/** The messages of the bot, oldest first. */
	readonly messages: TelegramMessage[] = [];
	/** The videos of the bot, oldest first. */
	readonly videos: TelegramVideo[] = [];
	private readonly files = new Map<string, Buffer>();
	private lastUpdateId = 7_000;

	/** Stores a file as Telegram does when somebody sends it. Returns its ID. */
	addFile(name: string, bytes: Buffer): string {
		const path = `${this.files.size}/${name}`;
		this.files.set(path, bytes);
		return Buffer.from(path).toString('base64url');
	}

	/** Sends the bot a message that somebody writes in a chat. Resolves with the update once the webhook has taken it. */
	async write(chatId: number, message: Written): Promise<object> {
		this.lastUpdateId += 1;
		const from = { id: chatId, is_bot: false, first_name: 'Ada' };
		const chat = { id: chatId, first_name: 'Ada', type: 'private' };
		const date = Math.floor(Date.now() / 1_000);
		const update = {
			update_id: this.lastUpdateId,
			message: { message_id: this.lastUpdateId, from, chat, date, ...message },
		};
		await this.deliver(update);
		return update;
	}

	/** Sends an update to the webhook, again until it is taken, as Telegram does. */
	async deliver(update: object): Promise<void> {
		const deadlineMs = Date.now() + deliveryTimeoutMs;
		for (;;) {
			const { webhook } = this;
			if (webhook === undefined) throw new Error('The bot has no webhook');
			const { ok, status } = await fetch(webhook.url, {
				method: 'POST',
				headers: {
					'content-type': 'application/json',
					'x-telegram-bot-api-secret-token': webhook.secret_token ?? '',
				},
				body: JSON.stringify(update),
			});
			if (ok) return;
			if (Date.now() >= deadlineMs) throw new Error(`The webhook answers ${status}`);
			await delay(pollMs);
		}
	}

	async answer(request: OutsideRequest): Promise<OutsideAnswer> {
		const { pathname, searchParams } = request.url;
		const { accessToken } = this.credentialData;
		const filePath = withoutPrefix(pathname, `/file/bot${accessToken}/`);
		if (filePath !== undefined) return this.sendFile(filePath);
		switch (withoutPrefix(pathname, `/bot${accessToken}/`)) {
			case undefined:
				return refusal(401, 'Unauthorized');
			case 'getWebhookInfo':
				return success({ url: this.webhook?.url ?? '' });
			case 'setWebhook':
				this.webhook = JSON.parse(request.body.toString('utf8')) as Webhook;
				return success(true);
			case 'deleteWebhook':
				this.webhook = undefined;
				return success(true);
			case 'getFile':
				return this.describeFile(searchParams.get('file_id') ?? '');
			case 'sendMessage':
				return this.takeMessage(request);
			case 'sendVideo':
				return await this.takeVideo(request);
			default:
				return refusal(404, 'Not Found');
		}
	}

	private describeFile(fileId: string): OutsideAnswer {
		const path = Buffer.from(fileId, 'base64url').toString('utf8');
		if (!this.files.has(path)) return refusal(400, 'Bad Request: invalid file_id');
		return success({ file_id: fileId, file_path: path });
	}

	private sendFile(path: string): OutsideAnswer {
		const body = this.files.get(path);
		if (body === undefined) return refusal(404, 'Not Found');
		return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body };
	}

	private takeMessage({ body }: OutsideRequest): OutsideAnswer {
		const message = JSON.parse(body.toString('utf8')) as TelegramMessage;
		const { parse_mode: format, text } = message;
		if (typeof text !== 'string' || text === '') {
			return refusal(400, 'Bad Request: message text is empty');
		}
		if (format !== 'HTML' || !isHtml(text)) {
			return refusal(400, "Bad Request: can't parse entities");
		}
		this.messages.push(message);
		return success({ message_id: this.messages.length });
	}

	private async takeVideo({ headers, body }: OutsideRequest): Promise<OutsideAnswer> {
		const form = await new Response(body, {
			headers: { 'content-type': headers['content-type'] ?? '' },
		}).formData();
		const file = form.get('video');
		if (file === null || typeof file === 'string') {
			return refusal(400, 'Bad Request: there is no video in the request');
		}
		const fields = [...form].flatMap(([name, value]) =>
			typeof value === 'string' ? [[name, value]] : [],
		);
		this.videos.push({
			fields: Object.fromEntries(fields) as Record<string, string>,
			fileName: file.name,
			mimeType: file.type,
			bytes: Buffer.from(await file.arrayBuffer()),
		});
		return success({ message_id: this.videos.length });
	}
}

function withoutPrefix(text: string, prefix: string): string | undefined {
	return text.startsWith(prefix) ? decodeURIComponent(text.slice(prefix.length)) : undefined;
}

/** Whether Telegram can read a text as HTML that has no tags. */
function isHtml(text: string): boolean {
	return !/<|&(?!(amp|lt|gt|quot);)/.test(text);
}

function success(result: unknown): OutsideAnswer {
	return { status: 200, body: { ok: true, result } };
}

function refusal(code: number, description: string): OutsideAnswer {
	return { status: code, body: { ok: false, error_code: code, description } };
}
