/** A supported line of n8n: 1 is the last 1.x, 2 is the current one. */
export type Line = 1 | 2;

/** One npm override with the reason why n8n does not install or start without it. */
export interface Override {
	package: string;
	version: string;
	reason: string;
}

/**
 * A compiled package that is built after the install, because install scripts are off during it.
 */
export interface NativePackage {
	package: string;
	reason: string;
}

/** What is installed for one line of n8n, and on which Node it runs. */
export interface LineVersions {
	line: Line;
	n8nVersion: string;
	/** What that n8n brings, and a community package finds, under these names. */
	hostPackages: { readonly 'n8n-workflow': string; readonly zod: string };
	/** The running Node is used when it has this major version. */
	nodeMajor: number;
	/** Otherwise this version is installed from npm (package `node-<platform>-<arch>`). */
	nodeVersion: string;
	overrides: readonly Override[];
	nativePackages: readonly NativePackage[];
	/** Environment variables that only this line knows. */
	environment: Readonly<Record<string, string>>;
}

const lines: Readonly<Record<Line, LineVersions>> = {
	1: {
		line: 1,
		n8nVersion: '1.123.81',
		hostPackages: { 'n8n-workflow': '1.120.31', zod: '3.25.67' },
		nodeMajor: 20,
		nodeVersion: '20.20.2',
		overrides: [
			{
				package: 'xlsx',
				version: 'npm:@e965/xlsx@0.20.3',
				reason:
					'n8n 1.x takes xlsx as a tarball from its author’s own host; this is the same code in npm',
			},
			{
				package: '@langchain/langgraph-checkpoint',
				version: '1.0.0',
				reason:
					'later 1.x do not load with the @langchain/core that n8n pins: Command "start" not found',
			},
			{
				package: 'isolated-vm',
				version: '5.0.4',
				reason: '6.x does not compile on Node 20, and the expression engine of n8n 1.123 needs it',
			},
		],
		nativePackages: [
			{ package: 'sqlite3', reason: 'n8n’s database' },
			{ package: 'isolated-vm', reason: 'n8n’s expression engine' },
		],
		environment: {},
	},
	2: {
		line: 2,
		n8nVersion: '2.41.1',
		hostPackages: { 'n8n-workflow': '2.41.0', zod: '3.25.76' },
		nodeMajor: 24,
		nodeVersion: '24.21.0',
		overrides: [
			{
				package: 'linkedom',
				version: '0.18.13',
				reason: '0.18.15 depends on cssomnom, which npm does not always have',
			},
			{
				package: '@langchain/langgraph',
				version: '1.2.9',
				reason:
					'later 1.x depend on a @langchain/langgraph-checkpoint that npm does not always have',
			},
		],
		nativePackages: [{ package: 'sqlite3', reason: 'n8n’s database' }],
		environment: { N8N_DISABLED_MODULES: 'mcp-registry' },
	},
};

/** The versions of a line, as data. */
export function versionsOf(line: Line): LineVersions {
	return lines[line];
}

/** Reads the value of a --line flag. Rejects what is not a line. */
export function parseLine(text: string): Line {
	if (text === '1') return 1;
	if (text === '2') return 2;
	throw new Error(`--line takes 1 or 2, not "${text}"`);
}
