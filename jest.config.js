/** @type {import('jest').Config} */
const shared = {
	testEnvironment: 'node',
	transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: 'test/tsconfig.json', diagnostics: false }] },
};

/** @type {import('jest').Config} */
module.exports = {
	testTimeout: 30_000,
	projects: [
		{ ...shared, displayName: 'all', roots: ['<rootDir>/test'] },
		{
			// The host decides which zod the node gets: the same verdicts are due on version 4.
			...shared,
			displayName: 'zod 4',
			roots: ['<rootDir>/test'],
			testMatch: [
				'<rootDir>/test/nodes/**/*.test.ts',
				'<rootDir>/test/credentials/*.test.ts',
				'<rootDir>/test/agreement.test.ts',
			],
			moduleNameMapper: { '^zod$': 'zod4' },
		},
	],
};
