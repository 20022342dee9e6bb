const shared = require('./jest.shared');

/** @type {import('jest').Config} */
module.exports = {
	testTimeout: 300_000,
	maxWorkers: 1,
	// The same tests on the last n8n 1.x and on the current n8n; `--selectProjects 'n8n 2'` runs one.
	projects: [1, 2].map((line) => ({
		...shared,
		displayName: `n8n ${line}`,
		globals: { n8nLine: line },
		roots: ['<rootDir>/test/e2e'],
		testMatch: ['**/*.e2e.ts'],
	})),
};
