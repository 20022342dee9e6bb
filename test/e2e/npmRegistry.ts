import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { InstalledN8n } from '../n8n/install';
import { pack, projectFolder, unpack } from '../n8n/packageTarball';
import type { OutsideAnswer, OutsideHost, OutsideRequest } from './outsideHosts';

const execFileToEnd = promisify(execFile);

/** One version of a package as the registry has it. */
export interface Release {
	readonly version: string;
	readonly tarball: Buffer;
	/** What npm compares the tarball with. */
	readonly integrity: string;
	/** The manifest in the tarball. */
	readonly manifest: Readonly<Record<string, unknown>>;
}

/** The public npm registry with the releases of one package, to which a test may add. */
export interface NpmRegistry extends OutsideHost {
	readonly releases: Release[];
}

/** Packs this project as `npm publish` does, under its own version and under another. */
export async function packReleases(otherVersion: string): Promise<[Release, Release]> {
	const folder = await mkdtemp(join(tmpdir(), 'seedance-releases-'));
	try {
		const packed = await pack(projectFolder, folder);
		const unpacked = join(folder, 'package');
		await mkdir(unpacked);
		await unpack(packed, unpacked);
		const manifestFile = join(unpacked, 'package.json');
		const manifest = JSON.parse(await readFile(manifestFile, 'utf8')) as Record<string, unknown>;
		const raised = { ...manifest, version: otherVersion };
		await writeFile(manifestFile, JSON.stringify(raised, undefined, 2));
		const other = join(folder, 'other.tgz');
		await execFileToEnd('tar', ['-czf', other, '-C', folder, 'package']);
		return [await releaseOf(packed, manifest), await releaseOf(other, raised)];
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

async function releaseOf(file: string, manifest: Record<string, unknown>): Promise<Release> {
	const tarball = await readFile(file);
	const sum = createHash('sha512').update(tarball).digest('base64');
	return { version: String(manifest['version']), tarball, integrity: `sha512-${sum}`, manifest };
}

/** The registry that an installed n8n installs community packages from; another one needs a license. */
export async function registryOfN8n({ scriptPath }: InstalledN8n): Promise<URL> {
	const settings = '../dist/modules/community-packages/community-packages.config.js';
	const text = await readFile(join(dirname(scriptPath), settings), 'utf8');
	const [, registry = ''] = /this\.registry = '([^']+)'/.exec(text) ?? [];
	return new URL(registry);
}

/** Lets npm reach the registry through the proxy of an environment. n8n 1 asks npm for outdated packages without n8n's own environment, so that npm reads only this file. */
export async function writeNpmSettings(
	userFolder: string,
	environment: Readonly<Record<string, string>>,
): Promise<void> {
	const nodesFolder = join(userFolder, '.n8n', 'nodes');
	await mkdir(nodesFolder, { recursive: true });
	const settings = [
		`https-proxy=${environment['HTTPS_PROXY']}`,
		`cafile=${environment['NODE_EXTRA_CA_CERTS']}`,
		`cache=${join(userFolder, 'npm-cache')}`,
		'update-notifier=false',
	];
	await writeFile(join(nodesFolder, '.npmrc'), `${settings.join('\n')}\n`);
}

/** A stand-in for the registry at an address. It has this one package, without releases yet. The address is asked for with each request. */
export function npmRegistry(packageName: string, address: () => URL): NpmRegistry {
	const releases: Release[] = [];

	function metadata({ version, integrity, manifest }: Release) {
		const tarball = `${address().origin}/${packageName}/-/${packageName}-${version}.tgz`;
		return { ...manifest, dist: { tarball, integrity } };
	}

	function answer({ url }: OutsideRequest): OutsideAnswer {
		const path = decodeURIComponent(url.pathname).slice(1);
		const latest = releases.at(-1);
		if (latest === undefined || !path.startsWith(packageName)) return notFound;
		if (path === packageName) {
			const versions = releases.map((release) => [release.version, metadata(release)] as const);
			return {
				status: 200,
				body: {
					name: packageName,
					'dist-tags': { latest: latest.version },
					versions: Object.fromEntries(versions),
				},
			};
		}
		const wanted = path.slice(packageName.length + 1);
		const found = releases.find(
			({ version }) => wanted === version || wanted === `-/${packageName}-${version}.tgz`,
		);
		const release = wanted === 'latest' ? latest : found;
		if (release === undefined) return notFound;
		if (!wanted.startsWith('-/')) return { status: 200, body: metadata(release) };
		const headers = { 'content-type': 'application/octet-stream' };
		return { status: 200, headers, body: release.tarball };
	}

	return {
		get hostnames() {
			return [address().hostname];
		},
		releases,
		answer,
	};
}

const notFound: OutsideAnswer = { status: 404, body: { error: 'Not found' } };
