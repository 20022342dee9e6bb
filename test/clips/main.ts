import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const folder = resolve(__dirname, '../../nodes/Seedance/testMode/media');
/** Of Debian's package fonts-dejavu-core. */
const font = '/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf';

const seconds = 1.5;
const framesPerSecond = 12;

/** The shapes that Test Mode has, in pixels. */
const shapes = {
	wide: { width: 416, height: 234 },
	tall: { width: 234, height: 416 },
	square: { width: 288, height: 288 },
} as const;

interface Size {
	readonly width: number;
	readonly height: number;
}

/** The height at which a wave begins, in pixels from the top; it moves one length in the time of the clip. */
const wave = (level: number, rise: number, waves: number, direction: 1 | -1) =>
	`H*(${level}+${rise}*sin(2*PI*(X/W*${waves}+${direction}*T/${seconds})))`;

const colors = {
	sky: [0x1f, 0x2a, 0x44],
	sun: [0xff, 0x7a, 0x45],
	far: [0x1f, 0x8f, 0x8a],
	near: [0x37, 0xd0, 0xb8],
} as const;

/** A sun that rises behind two waves, as expressions of ffmpeg's filter geq: one for each colour. */
function scene({ width, height }: Size): string {
	const radius = Math.round(Math.min(width, height) * 0.17);
	const sunHeight = `H*(0.78-0.12*sin(PI/2*T/${seconds}))`;
	const isSun = `lt(hypot(X-W/2,Y-${sunHeight}),${radius})`;
	const channel = (index: 0 | 1 | 2) =>
		`if(gt(Y,${wave(0.82, 0.03, 1.5, 1)}),${colors.near[index]},` +
		`if(gt(Y,${wave(0.72, 0.025, 1, -1)}),${colors.far[index]},` +
		`if(${isSun},${colors.sun[index]},${colors.sky[index]})))`;
	return `geq=r='${channel(0)}':g='${channel(1)}':b='${channel(2)}'`;
}

function words({ width, height }: Size): string {
	const text = (words: string, size: number, y: number, alpha = 1) =>
		`drawtext=fontfile=${font}:text='${words}':fontsize=${size}:fontcolor=white@${alpha}:x=(w-text_w)/2:y=${y}`;
	const large = Math.round(Math.min(width, height) * 0.24);
	const small = Math.round(Math.min(width, height) * 0.062);
	const top = Math.round(height * 0.09);
	return [
		text('TEST', large, top),
		text('Seedance Test Mode', small, Math.round(top + large * 1.05), 0.85),
	].join(',');
}

/** Three notes that fade. */
const sound = [
	[0, 392],
	[0.25, 494],
	[0.5, 587],
]
	.map(([start, hertz]) => `gte(t,${start})*sin(2*PI*${hertz}*t)*exp(-2.2*(t-${start}))`)
	.join('+');

/** Encodes one shape. The same ffmpeg makes the same bytes. */
async function makeClip(name: string, size: Size, temporary: string): Promise<number> {
	const source = `nullsrc=s=${size.width}x${size.height}:r=${framesPerSecond}:d=${seconds}`;
	const video = join(temporary, `${name}.mp4`);
	const frame = join(temporary, `${name}.png`);
	const exact = ['-map_metadata', '-1', '-fflags', '+bitexact', '-flags:v', '+bitexact'];
	await run('ffmpeg', [
		...['-y', '-threads', '1', '-f', 'lavfi', '-i', `${source},${scene(size)},${words(size)}`],
		...['-f', 'lavfi', '-i', `aevalsrc='0.2*(${sound})':s=22050:d=${seconds}`],
		...['-c:v', 'libx264', '-preset', 'veryslow', '-tune', 'animation', '-crf', '34'],
		...['-pix_fmt', 'yuv420p', '-threads', '1', '-bsf:v', 'filter_units=remove_types=6'],
		...['-c:a', 'aac', '-b:a', '12k', '-ac', '1', '-flags:a', '+bitexact'],
		...['-movflags', '+faststart', ...exact, '-shortest', video],
	]);
	// From the source: what the codec adds would make it larger.
	await run('ffmpeg', [
		...['-y', '-f', 'lavfi', '-i', `${source},${scene(size)},${words(size)}`],
		...['-ss', String(seconds - 1 / framesPerSecond), '-frames:v', '1'],
		...['-vf', 'split[a][b];[a]palettegen=max_colors=16[p];[b][p]paletteuse=dither=none'],
		...['-compression_level', '9', '-pred', 'mixed', ...exact, frame],
	]);
	const [videoBytes, frameBytes] = await Promise.all([readFile(video), readFile(frame)]);
	const lines = [
		'// Made by `npm run clips`.',
		`export const video = '${videoBytes.toString('base64')}';`,
		`export const lastFrame = '${frameBytes.toString('base64')}';`,
	];
	await writeFile(join(folder, `${name}.ts`), `${lines.join('\n')}\n`);
	console.log(`${name}: MP4 ${videoBytes.length} bytes, PNG ${frameBytes.length} bytes`);
	return Buffer.byteLength(lines.join('\n'));
}

async function main(): Promise<void> {
	const temporary = await mkdtemp(join(tmpdir(), 'seedance-clips-'));
	try {
		let bytes = 0;
		for (const [name, size] of Object.entries(shapes)) {
			bytes += await makeClip(name, size, temporary);
		}
		console.log(`In all ${bytes} bytes as text`);
	} finally {
		await rm(temporary, { recursive: true, force: true });
	}
}

void main();
