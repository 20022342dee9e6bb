import { existsSync } from 'node:fs';

import { chromium, type Browser, type Page } from 'playwright-core';

import type { Owner } from './client';

/** A page in a separate browser. */
export interface OpenPage {
	page: Page;
	/** Addresses outside this machine that the page requested. Each was refused. */
	refusedOrigins: ReadonlySet<string>;
	close(): Promise<void>;
}

/** How large the browser's window is, in CSS pixels, and how many image pixels each of them has. */
export interface Window {
	width: number;
	height: number;
	deviceScaleFactor: number;
}

const defaultChromiumPath = '/usr/bin/chromium';
const waitMs = 60_000;

async function launch(): Promise<Browser> {
	const executablePath = process.env.CHROMIUM_PATH ?? defaultChromiumPath;
	if (!existsSync(executablePath)) {
		throw new Error(`Chromium is not at ${executablePath}: set CHROMIUM_PATH to where it is`);
	}
	return await chromium.launch({
		executablePath,
		// Chromium has no sandbox for root, the user of containers. Only this n8n is ever opened.
		args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
		handleSIGINT: false,
		handleSIGTERM: false,
	});
}

async function refuseOutside(page: Page): Promise<ReadonlySet<string>> {
	const refused = new Set<string>();
	await page.route('**/*', async (route) => {
		const { hostname, protocol, origin } = new URL(route.request().url());
		if (hostname === '127.0.0.1' || ['data:', 'blob:'].includes(protocol)) {
			await route.continue();
			return;
		}
		refused.add(origin);
		await route.abort();
	});
	return refused;
}

async function signIn(page: Page, origin: string, owner: Owner): Promise<void> {
	await page.goto(`${origin}/signin`);
	await page.locator('input[name="emailOrLdapLoginId"]').fill(owner.email);
	await page.locator('input[name="password"]').fill(owner.password);
	await page.locator('[data-test-id="form-submit-button"]').click();
	await page.waitForURL((url) => !url.pathname.includes('/signin'));
}

/** Opens an empty page in Chromium ($CHROMIUM_PATH, else /usr/bin/chromium). */
export async function openPage(window: Window): Promise<OpenPage> {
	const browser = await launch();
	try {
		const { width, height, deviceScaleFactor } = window;
		const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor });
		context.setDefaultTimeout(waitMs);
		const page = await context.newPage();
		const refusedOrigins = await refuseOutside(page);
		return { page, refusedOrigins, close: async () => await browser.close() };
	} catch (error) {
		await browser.close();
		throw error;
	}
}

/** Opens n8n's editor in Chromium and signs the owner in. */
export async function openEditor(origin: string, owner: Owner, window: Window): Promise<OpenPage> {
	const opened = await openPage(window);
	try {
		await signIn(opened.page, origin, owner);
		return opened;
	} catch (error) {
		await opened.close();
		throw error;
	}
}
