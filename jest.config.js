const { availableParallelism } = require('node:os');

const shared = require('./jest.shared');

/** Pure code: no socket, no engine, no build. */
const unit = ['<rootDir>/test/unit/**/*.test.ts', '<rootDir>/test/credentials/*.test.ts'];

/** @type {import('jest').Config} */
module.exports = {
	// A timeout ends a test that hangs. It measures nothing: the files share the cores.
	testTimeout: 60_000,
	// Most files wait for simulated renders, so twice as many run as there are cores.
	maxWorkers: 2 * availableParallelism(),
	testSequencer: '<rootDir>/jest.sequencer.js',
	projects: [
		{ ...shared, displayName: 'unit', testMatch: unit },
		{
			// The host decides which zod the node gets: the same verdicts are due on version 4.
			...shared,
			displayName: 'zod 4',
			testMatch: [...unit, '<rootDir>/test/agreement.test.ts'],
			moduleNameMapper: { '^zod$': 'zod4' },
		},
		{ ...shared, displayName: 'engine', testMatch: ['<rootDir>/test/engine/*.test.ts'] },
		{ ...shared, displayName: 'package', testMatch: ['<rootDir>/test/*.test.ts'] },
		{
			// Whatever the others leave, so that no file is forgotten.
			...shared,
			displayName: 'tools',
			testMatch: ['<rootDir>/test/*/**/*.test.ts', '!**/test/{unit,credentials,engine}/**'],
		},
	],
};
