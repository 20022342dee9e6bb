import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { Page, PageScreenshotOptions } from 'playwright-core';

const execFileToEnd = promisify(execFile);
const maxColours = 96;
const framesPerSecond = 10;

/** A part of a page. */
export type Part = NonNullable<PageScreenshotOptions['clip']>;

/** Pictures of a page, each with the time for which it is shown. */
export interface Frames {
	/** From now on, pictures show this part of the page, or all of it. Every part has the shape of the page. */
	lookAt(part: Part | undefined): void;
	/** Takes a picture that is shown for this time. */
	hold(ms: number): Promise<void>;
	/** Takes pictures as fast as the page allows, each shown for as long as it took, until the work has ended. */
	during(work: Promise<unknown>): Promise<void>;
	/** Makes a GIF of all pictures, with ffmpeg. */
	writeGif(file: string, widthPixels: number, heightPixels: number): Promise<void>;
}

/** Begins an animation of a page; its pictures go into the folder. */
export function framesOf(page: Page, folder: string): Frames {
	let part: Part | undefined;
	const shown: Array<{ file: string; ms: number }> = [];

	async function take(): Promise<{ file: string; ms: number }> {
		const file = join(folder, `${String(shown.length).padStart(4, '0')}.png`);
		await page.screenshot({ path: file, ...(part === undefined ? {} : { clip: part }) });
		const frame = { file, ms: 0 };
		shown.push(frame);
		return frame;
	}

	return {
		lookAt(next) {
			part = next;
		},
		async hold(ms) {
			(await take()).ms = ms;
		},
		async during(work) {
			let isOver = false;
			const ended = work.finally(() => (isOver = true));
			while (!isOver) {
				const startMs = Date.now();
				const frame = await take();
				await page.waitForTimeout(1000 / framesPerSecond);
				frame.ms = Date.now() - startMs;
			}
			await ended;
		},
		async writeGif(file, widthPixels, heightPixels) {
			const list = shown.flatMap((frame) => [
				`file '${frame.file}'`,
				`duration ${frame.ms / 1000}`,
			]);
			// The demuxer ignores the time of the last picture unless it is named again.
			const listFile = join(folder, 'frames.txt');
			await writeFile(listFile, [...list, `file '${shown.at(-1)?.file}'`].join('\n'));
			const filter = [
				`fps=${framesPerSecond},scale=${widthPixels}:${heightPixels}:flags=lanczos,split[a][b]`,
				`[a]palettegen=max_colors=${maxColours}:stats_mode=full[colours]`,
				'[b][colours]paletteuse=dither=none:diff_mode=rectangle',
			].join(';');
			// Parts of a page have other sizes; the filters go on at such a change instead of beginning anew.
			const input = ['-reinit_filter', '0', '-f', 'concat', '-safe', '0', '-i', listFile];
			await execFileToEnd('ffmpeg', ['-loglevel', 'error', '-y', ...input, '-vf', filter, file]);
		},
	};
}
