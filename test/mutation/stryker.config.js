/** Mutants of the code that decides over paid tasks, judged by the unit tests alone. */
/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
module.exports = {
	mutate: [
		'nodes/Seedance/tasks/{poller,taskSource,taskPoller,pollSchedule}.ts',
		'nodes/Seedance/tasks/{createQueue,ledger,paidTasks,claimedTask,cancel,cancelOnStop}.ts',
		'nodes/Seedance/tasks/{creates,lostCreate,durableLedger,durableTexts,idempotencyKey,database}.ts',
		'nodes/Seedance/tasks/{lineage,marker,fingerprint,runBudget}.ts',
		'nodes/Seedance/tasks/{taskMatch,taskSearch,taskListing}.ts',
		'nodes/Seedance/n8n/{durableSet,setTurns,nodeStore}.ts',
		'nodes/Seedance/seedance/retryPolicy.ts',
	],
	testRunner: 'jest',
	plugins: ['@stryker-mutator/jest-runner'],
	jest: { configFile: 'test/mutation/jest.config.js', enableFindRelatedTests: true },
	coverageAnalysis: 'perTest',
	concurrency: 2,
	// A mutant that loops for ever is killed by this.
	timeoutMS: 5_000,
	thresholds: { high: 95, low: 90, break: 90 },
	reporters: ['progress-append-only', 'clear-text', 'json', 'html'],
	clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
	jsonReporter: { fileName: 'output/mutation/mutation.json' },
	htmlReporter: { fileName: 'output/mutation/mutation.html' },
	tempDirName: 'output/mutation/sandbox',
	// The sandbox is a copy of the package; these are not needed in it.
	ignorePatterns: ['dist', 'output', 'docs', 'examples', 'test/e2e', 'test/fixtures'],
};
