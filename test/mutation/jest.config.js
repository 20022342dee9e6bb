const shared = require('../../jest.shared');

/** The unit tests of the files that are mutated. */
/** @type {import('jest').Config} */
module.exports = {
	...shared,
	rootDir: '../..',
	testMatch: [
		'<rootDir>/test/unit/tasks/*.test.ts',
		'<rootDir>/test/unit/n8n/{durableSet,nodeStore}.test.ts',
		'<rootDir>/test/unit/seedance/retryPolicy.test.ts',
	],
};
