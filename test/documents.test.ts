import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { SeedanceApi } from '../credentials/SeedanceApi.credentials';
import { describeFailure, failureWords } from '../nodes/Seedance/panel/failureText';
import { errorCodes, findErrorCode } from '../nodes/Seedance/seedance/errorCodes';
import type { FailureKind } from '../nodes/Seedance/seedance/failure';
import { refusedFailure } from '../nodes/Seedance/seedance/wire/providerError';
import { SeedanceAsset } from '../nodes/Seedance/SeedanceAsset.node';
import { SeedanceTrigger } from '../nodes/Seedance/SeedanceTrigger.node';
import { SeedanceVideo } from '../nodes/Seedance/SeedanceVideo.node';

const root = resolve(__dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

const skipped = ['node_modules', 'dist', 'output', 'coverage', '.git'];

/** The paths of the files below a folder that have this ending, relative to the root. */
function filesIn(folder: string, ending: string): string[] {
	return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
		const path = join(folder, entry.name);
		if (entry.isDirectory()) return skipped.includes(entry.name) ? [] : filesIn(path, ending);
		return entry.name.endsWith(ending) ? [path] : [];
	});
}

const documents = filesIn('.', '.md');
const examples = readdirSync(join(root, 'examples')).map((name) => name.replace(/\.json$/, ''));
const recipes = examples.map((name) => `docs/${name}.md`);
/** What users read; the others are for those who change the package. */
const forUsers = ['README.md', ...documents.filter((file) => file.startsWith('docs/'))];

const withoutBlocks = (text: string) => text.replace(/^```.*?^```$/gms, '');
/** A document's text without fenced blocks and without inline code. */
const proseOf = (file: string) => withoutBlocks(read(file)).replace(/`[^`\n]*`/g, '');

interface Found {
	readonly file: string;
	readonly text: string;
}

/** Every match of the pattern's first group, with its file. */
function findAll(files: readonly string[], textOf: (file: string) => string, pattern: RegExp) {
	return files.flatMap((file): Found[] =>
		[...textOf(file).matchAll(pattern)].map(([, text = '']) => ({ file, text })),
	);
}

test('there are documents to judge', () => {
	expect(documents).toEqual(expect.arrayContaining(['README.md', 'docs/troubleshooting.md']));
	expect(examples.length).toBeGreaterThan(4);
});

describe('links', () => {
	const links = findAll(documents, proseOf, /\]\(([^)\s]+)\)/g);
	const isExternal = ({ text }: Found) => /^https?:/.test(text);

	/** The anchors of a document, as GitHub makes them of its headings. */
	function anchorsOf(file: string): string[] {
		return [...withoutBlocks(read(file)).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
			heading
				.toLowerCase()
				.replace(/[^\p{L}\p{N}\s_-]/gu, '')
				.replaceAll(' ', '-'),
		);
	}

	function isBroken({ file, text }: Found): boolean {
		const [target = '', anchor] = text.split('#');
		const path = target === '' ? file : join(dirname(file), target);
		if (!existsSync(join(root, path))) return true;
		return anchor !== undefined && !anchorsOf(path).includes(anchor);
	}

	test('lead to files and headings that are there', () => {
		expect(links.length).toBeGreaterThan(40);
		expect(links.filter((link) => !isExternal(link)).filter(isBroken)).toEqual([]);
	});

	test('lead to known hosts outside', () => {
		const known = [
			'powertokens.ai',
			'api.apiyi.com',
			'docs.byteplus.com',
			'docs.n8n.io',
			'keepachangelog.com',
			'semver.org',
			'github.com',
		];
		const strange = links
			.filter(isExternal)
			.filter(({ text }) => !text.startsWith('https:') || !known.includes(new URL(text).host));
		expect(strange).toEqual([]);
	});

	test('of the credential and of the nodes lead to headings of the README', () => {
		const codex = filesIn('nodes', '.node.json').map(read).join('\n');
		const addresses = [new SeedanceApi().documentationUrl, codex].join('\n');
		const anchors = [...addresses.matchAll(/n8n-nodes-seedance#([\w-]+)/g)].map(
			([, anchor]) => anchor,
		);
		expect(anchors.length).toBeGreaterThan(4);
		expect(anchors.filter((anchor = '') => !anchorsOf('README.md').includes(anchor))).toEqual([]);
	});
});

describe('commands', () => {
	const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

	/** The text of the script that a command runs, and of the files that this imports beside it. */
	function sourceOf(script: string): string {
		const [entry] = /[\w/]+\.ts/.exec(scripts[script] ?? '') ?? [];
		if (entry === undefined) return '';
		const text = read(entry);
		const imported = [...text.matchAll(/from '(\.[^']+)'/g)]
			.map(([, target = '']) => `${join(dirname(entry), target)}.ts`)
			.filter((file) => existsSync(join(root, file)));
		return [text, ...imported.map(read)].join('\n');
	}

	const runs = findAll(documents, read, /npm run ([\w:.-]+(?: -- [^`\n#&]+)?)/g);

	test('npm run names a script, with options that it has', () => {
		expect(runs.length).toBeGreaterThan(10);
		const wrong = runs.filter(({ text }) => {
			const [script = '', given = ''] = text.split(' -- ');
			const options = [...given.matchAll(/--([\w-]+)/g)].map(([, name = '']) => name);
			const source = sourceOf(script);
			return (
				scripts[script] === undefined ||
				options.some((name) => !new RegExp(`--${name}\\b|['\\s]${name}'?: \\{`).test(source))
			);
		});
		expect(wrong).toEqual([]);
	});

	const blocks = findAll(documents, read, /^```sh\n(.*?)^```$/gms);
	/** Commands and variables that the documents may use. */
	const known =
		/^(npm (ci|test|pack|run [\w:.-]+|install)|git clone|docker (cp|exec|restart)|cd|mkdir|ffmpeg|[A-Z_]+=\S+)(\s|$)/;

	test('blocks of the shell hold known commands', () => {
		const commands = blocks.flatMap(({ file, text }) =>
			text
				.replaceAll('\\\n', ' ')
				.split(/\n|&&/)
				.map((command) => command.replace(/\s#.*$/, '').trim())
				.filter((command) => command !== '')
				.map((command) => ({ file, command })),
		);
		expect(commands.length).toBeGreaterThan(5);
		expect(commands.filter(({ command }) => !known.test(command))).toEqual([]);
	});

	test('variables of the package are read somewhere', () => {
		const sources = filesIn('test', '.ts').map(read).join('\n');
		const names = findAll(documents, read, /\b(SEEDANCE_[A-Z_]+|CHROMIUM_PATH)\b/g);
		expect(names.filter(({ text }) => !sources.includes(text))).toEqual([]);
	});

	test('temporary folders have the names that the page about uninstalling gives', () => {
		const sources = filesIn('test', '.ts').filter((file) => !file.endsWith('.test.ts'));
		const prefixes = findAll(sources, read, /mkdtemp(?:Sync)?\(join\(tmpdir\(\), '([^']+)'/g);
		expect(prefixes.length).toBeGreaterThan(8);
		const named = [...read('docs/install.md').matchAll(/`([\w-]+-)…`/g)].map(
			([, name = '']) => name,
		);
		expect(prefixes.filter(({ text }) => !named.some((name) => text.startsWith(name)))).toEqual([]);
	});

	test('the tarball that is installed by hand has the version of the package', () => {
		const { name, version } = JSON.parse(read('package.json')) as Record<string, string>;
		const tarballs = findAll(documents, read, /([\w.-]+\.tgz)/g);
		expect(tarballs.length).toBeGreaterThan(2);
		expect(tarballs.filter(({ text }) => text !== `${name}-${version}.tgz`)).toEqual([]);
	});
});

test('files that are named in code are there', () => {
	const folders = ['nodes', 'credentials', 'test', 'docs', 'examples', 'icons'];
	// ARCHITECTURE.md leaves out the folder that all rooms are in.
	const layers = ['seedance', 'testMode', 'panel', 'n8n', 'tasks', 'actions'];
	const names = findAll(
		documents,
		(file) => withoutBlocks(read(file)),
		/`([\w.-]+\/[\w./-]*[\w/])`/g,
	).filter(({ text }) => [...folders, ...layers].includes(text.split('/')[0] ?? ''));
	expect(names.length).toBeGreaterThan(20);
	const missing = names.filter(({ text }) => {
		const [folder = ''] = text.split('/');
		return !existsSync(join(root, layers.includes(folder) ? 'nodes/Seedance' : '', text));
	});
	expect(missing).toEqual([]);
});

test('README leads to each page', () => {
	const pages = documents.filter((file) => file.startsWith('docs/'));
	expect(pages.filter((page) => !read('README.md').includes(`(${page}`))).toEqual([]);
});

describe('tables', () => {
	/** What a reader sees of a cell, without its pictures. */
	const shown = (text: string) =>
		text
			.replace(/!\[[^\]]*\]\([^)]*\)/g, '')
			.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
			.replaceAll('<br>', ' ')
			.trim();

	/** The tables of a document, as rows of cells, without the lines between. */
	const tablesOf = (file: string) =>
		[...withoutBlocks(read(file)).matchAll(/(?:^\|.*\n)+/gm)].map(([table]) =>
			table
				.trim()
				.split('\n')
				.filter((line) => !/^\|[- |]+\|$/.test(line))
				.map((line) => line.slice(1, -1).split(' | ').map(shown)),
		);
	const tables = forUsers.flatMap((file) => tablesOf(file).map((rows) => ({ file, rows })));

	/** What a column needs at least: a word is not broken. */
	const minCharacters = (rows: readonly string[][], column: number) =>
		Math.max(
			...rows.flatMap((row) => (row[column] ?? '').split(/\s+/)).map(({ length }) => length),
		);

	// A page of GitHub has room for about 110 characters, of which the edges of cells take some.
	const maxCharacters = 85;
	const maxCellCharacters = 280;

	test('are no wider than a screen', () => {
		expect(tables.length).toBeGreaterThan(25);
		const wide = tables.filter(({ rows }) => {
			const widths = (rows[0] ?? []).map((_head, column) => minCharacters(rows, column));
			return widths.reduce((sum, width) => sum + width, 0) > maxCharacters;
		});
		expect(wide.map(({ file, rows }) => [file, rows[0]])).toEqual([]);
	});

	test('have cells that are read at a glance', () => {
		const long = tables.flatMap(({ file, rows }) =>
			rows
				.flat()
				.filter(({ length }) => length > maxCellCharacters)
				.map((cell) => [file, cell]),
		);
		expect(long).toEqual([]);
	});
});

describe('recipes', () => {
	const headings = [
		'What it does',
		'What you need',
		'Steps',
		'What to change',
		'What it costs',
		'What can go wrong',
	];

	test.each(recipes)('%s has the parts of a recipe and its workflow', (file) => {
		const text = read(file);
		expect([...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)).toEqual(headings);
		const [name = ''] = file.split('/').at(-1)?.split('.') ?? [];
		expect(text).toContain(`(../examples/${name}.json)`);
		expect(read('README.md')).toContain(`(${file})`);
		expect(read('README.md')).toContain(`(examples/${name}.json)`);
	});

	/** The text under a heading of a page. */
	const sectionOf = (file: string, heading: string) =>
		read(file)
			.split(/^## /m)
			.find((section) => section.startsWith(`${heading}\n`)) ?? '';

	test.each(recipes)('%s says how its workflow is imported', (file) => {
		const [name = ''] = file.split('/').at(-1)?.split('.') ?? [];
		expect(sectionOf(file, 'Steps')).toMatch(
			new RegExp(
				`^\\d\\. \\[Import\\]\\(install\\.md#import-a-workflow\\) the file \\[${name}\\.json\\]\\(\\.\\./examples/${name}\\.json\\) into a new workflow`,
				'm',
			),
		);
	});

	test.each(recipes)('%s explains the red triangles of its picture, if it has some', (file) => {
		const workflow = read(file.replace('docs/', 'examples/').replace('.md', '.json'));
		// n8n marks a node whose list of documents, folders or channels has no choice yet.
		const hasTriangle = /"__rl": true[^}]*"value": ""/.test(workflow);
		expect(read(file).includes('A red triangle marks')).toBe(hasTriangle);
	});

	test.each(recipes)('%s says what its budget is', (file) => {
		const costs = sectionOf(file, 'What it costs');
		expect(costs).toContain('(costs.md');
		// A workflow that creates nothing has no budget.
		const creates = read(file.replace('docs/', 'examples/').replace('.md', '.json')).includes(
			'"operation": "create"',
		);
		expect(/\b[Bb]udget\b/.test(costs)).toBe(creates);
	});
});

test('publishing has one name for both versions of n8n', () => {
	const notes = filesIn('examples', '.json');
	const asked = findAll(
		[...forUsers, ...notes],
		read,
		/\b([Pp]ublish\W{0,2} (?:the|this) workflow.{0,22})/g,
	);
	expect(asked.length).toBeGreaterThan(8);
	const forms = /^[Pp]ublish the workflow \(n8n 1: (activate it|not needed)\)/;
	expect(asked.filter(({ text }) => !forms.test(text))).toEqual([]);
});

describe('labels', () => {
	interface Labelled {
		readonly displayName?: string;
		readonly name?: string;
		readonly options?: readonly Labelled[];
		readonly values?: readonly Labelled[];
		readonly modes?: readonly Labelled[];
	}

	function labelsIn(entries: readonly Labelled[] = []): string[] {
		return entries.flatMap(({ displayName, name = '', options, values, modes }) => [
			displayName ?? name,
			...labelsIn(options),
			...labelsIn(values),
			...labelsIn(modes),
		]);
	}

	const panels = [
		new SeedanceVideo().description,
		new SeedanceAsset().description,
		new SeedanceTrigger().description,
		new SeedanceApi(),
	];
	const ours = panels.flatMap(({ displayName, properties }) => [
		displayName,
		...labelsIn(properties as unknown as Labelled[]),
	]);
	const nodesOfExamples = filesIn('examples', '.json').flatMap((file) =>
		(JSON.parse(read(file)) as { nodes: Array<{ name: string }> }).nodes.map(({ name }) => name),
	);
	/** Words of n8n's editor, of n8n's own nodes and of the providers' consoles. */
	const others = [
		...['Settings', 'Community nodes', 'Install', 'Install a community node', 'Uninstall package'],
		...['Import', 'From file', 'From URL', 'Import from File...', 'Import from URL...'],
		...['Code', 'Download raw file', 'Execute workflow', 'Executions', 'Inactive'],
		...['Download', 'Authentication', 'Execute Command', 'Read/Write Files from Disk'],
		...[
			'When Executed by Another Workflow',
			'Split Out',
			'Execute Once',
			'Fields To Split Out',
			'On Error',
		],
		...[
			'Publish',
			'Call n8n Workflow Tool',
			'Expression',
			'Channel',
			'Channel Name or ID',
			'Create new credential',
			'Connect to Seedance',
		],
		...['API Keys', 'Billing', 'Asset Library', 'New', 'SeeDance2', 'SeeDance25'],
		// The sheets of recipes and a field of a form.
		...['Videos', 'Scenes', 'Image'],
	];

	test('in bold are labels that the panel, n8n or the provider shows', () => {
		const bold = findAll(forUsers, proseOf, /\*\*([^*\n]+)\*\*/g);
		expect(bold.length).toBeGreaterThan(100);
		const known = new Set([...ours, ...nodesOfExamples, ...others]);
		const strange = bold.filter(
			({ text }) => !text.split(' → ').every((label) => known.has(label)),
		);
		expect(strange).toEqual([]);
	});
});

describe('docs/troubleshooting.md', () => {
	/** The message of a kind of failure, with … for what differs. */
	const messageOf = (kind: FailureKind) => {
		const values = new Proxy({}, { get: () => '…', has: () => true });
		const { message } = failureWords[kind];
		return (typeof message === 'string' ? message : message(values)).replaceAll('"', '');
	};

	interface Entry {
		readonly message: string;
		/** The line that explains it, and that of its codes and HTTP statuses where it has one. */
		readonly lines: readonly string[];
	}

	/** The entries of the page: each message is a heading, but for those under a heading that says that n8n shows none. */
	const entries: Entry[] = read('docs/troubleshooting.md')
		.split(/^## /m)
		.filter((section) => !section.startsWith('Problems without a message'))
		.flatMap((section) => section.split(/^### /m).slice(1))
		.map((entry) => {
			const [message = '', ...lines] = entry.split('\n').filter((line) => line.trim() !== '');
			return { message, lines };
		});
	const messages = entries.map(({ message }) => message);
	const [, common = ''] = read('README.md').split('## Five common errors');
	const inReadme = [...common.matchAll(/^\| ([^|]+?) +\|/gm)]
		.map(([, cell = '']) => cell)
		.filter((cell) => cell !== 'n8n shows' && !/^-+$/.test(cell));

	test('has an entry for each message, of one line and at most one of codes', () => {
		expect(messages.length).toBeGreaterThan(60);
		expect([...new Set(messages)]).toEqual(messages);
		const isWhole = ({ lines }: Entry) =>
			lines.length === 1 || (lines.length === 2 && /^(Codes|HTTP status): /.test(lines[1] ?? ''));
		expect(entries.filter((entry) => !isWhole(entry))).toEqual([]);
	});

	test('has every message of a failure', () => {
		// Their words come from elsewhere: a field, the credential, n8n.
		const without: ReadonlySet<string> = new Set(['invalidInput', 'bug', 'unexpected']);
		const kinds = (Object.keys(failureWords) as FailureKind[]).filter((kind) => !without.has(kind));
		expect(kinds.map(messageOf).filter((message) => !messages.includes(message))).toEqual([]);
	});

	test('has no message that the nodes never show', () => {
		const everything = filesIn('nodes', '.ts').map(read).join('\n').replaceAll("\\'", "'");
		const words = [everything, ...(Object.keys(failureWords) as FailureKind[]).map(messageOf)].join(
			'\n',
		);
		expect(inReadme).toHaveLength(5);
		const stale = [...messages, ...inReadme].filter(
			(message) =>
				!message
					.split('…')
					.map((part) => part.trim())
					.filter((part) => part.length > 1)
					.every((part) => words.includes(part)),
		);
		expect(stale).toEqual([]);
	});

	const coded = entries.flatMap(({ message, lines: [, codes = ''] }) =>
		[...codes.matchAll(/`([^`]+)`/g)].map(([, code = '']) => ({ message, code })),
	);

	test('names codes that get the message of their entry', () => {
		expect(coded.length).toBeGreaterThan(60);
		const wrong = coded.filter(({ message, code }) => {
			const kind = findErrorCode({ code })?.kind;
			return kind === undefined || messageOf(kind) !== message;
		});
		expect(wrong).toEqual([]);
	});

	test('names a code for each row of the table of error codes', () => {
		expect(errorCodes.length).toBeGreaterThan(15);
		expect(
			errorCodes
				.map(({ code }) => code)
				.filter((pattern) => !coded.some(({ code }) => pattern.test(code)))
				.map(String),
		).toEqual([]);
	});

	test('names statuses that get the message of their entry', () => {
		const byStatus = entries.flatMap(({ message, lines: [, codes = ''] }) => {
			const [, statuses = ''] = /HTTP status[^:]*: (.*)/.exec(codes) ?? [];
			return [...statuses.matchAll(/\b\d{3}\b/g)].map(([status]) => ({
				message,
				status: Number(status),
			}));
		});
		expect(byStatus.length).toBeGreaterThan(8);
		const wrong = byStatus.filter(
			({ message, status }) =>
				!(['create', 'read'] as const).some(
					(kind) =>
						describeFailure(refusedFailure(kind, status, {}, {})).message.replace(
							/status \d+/,
							'status …',
						) === message,
				),
		);
		expect(wrong).toEqual([]);
	});
});
