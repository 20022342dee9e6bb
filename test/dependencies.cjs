/** The rooms of nodes/Seedance from the bottom up; ARCHITECTURE.md draws them. A room imports only from itself and from rooms below it. */
const rooms = ['seedance', 'testMode', 'panel', 'n8n', 'tasks', 'actions'];
const folder = (names) => `^nodes/Seedance/(${names.join('|')})/`;

/** The packages that a room may import. */
const packagesOf = {
	seedance: ['crypto'],
	testMode: ['zod', 'crypto', 'n8n-workflow'],
	panel: ['zod', 'n8n-workflow'],
};
const hostPackages = ['n8n-workflow', 'crypto'];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
	forbidden: [
		{ name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
		...rooms.slice(0, -1).map((room, index) => ({
			name: `${room}-imports-downward`,
			severity: 'error',
			from: { path: folder([room]) },
			to: {
				path: [folder(rooms.slice(index + 1)), '^nodes/Seedance/[^/]+\\.ts$', '^credentials/'],
			},
		})),
		{
			name: 'credential-imports-seedance-and-panel',
			severity: 'error',
			from: { path: '^credentials/' },
			to: { path: folder(['testMode', 'n8n', 'tasks', 'actions']) },
		},
		...rooms.map((room) => ({
			name: `packages-of-${room}`,
			severity: 'error',
			from: { path: folder([room]) },
			to: {
				pathNot: [
					'^nodes/',
					`^(node_modules/)?(${(packagesOf[room] ?? hostPackages).join('|')})(/|$)`,
				],
			},
		})),
	],
	options: {
		doNotFollow: { path: 'node_modules' },
		tsPreCompilationDeps: true,
		tsConfig: { fileName: 'tsconfig.json' },
	},
};
