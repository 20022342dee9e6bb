const { default: Sequencer } = require('@jest/test-sequencer');

/** The files that take longest, the longest first: one that started last would run on alone. */
const first = [
	'test/engine/faultStorm.test.ts',
	'test/engine/triggerStorm.test.ts',
	'test/demo/demo.test.ts',
	'test/engine/testModeAgreement.test.ts',
	'test/engine/runLog.test.ts',
	'test/engine/batch.test.ts',
	'test/engine/cancel.test.ts',
	'test/engine/createAnswers.test.ts',
	'test/verify/verify.test.ts',
	'test/engine/wait.test.ts',
	'test/simulator/callbacks.test.ts',
	'test/engine/faults.test.ts',
	'test/engine/assetProviders.test.ts',
	'test/engine/patience.test.ts',
	'test/engine/secrecy.test.ts',
	'test/agreement.test.ts',
];

/** Starts the long files first, on a machine that has not timed them too. */
module.exports = class LongestFirst extends Sequencer {
	sort(tests) {
		const rank = ({ path }) => {
			const index = first.findIndex((file) => path.replaceAll('\\', '/').endsWith(`/${file}`));
			return index === -1 ? first.length : index;
		};
		return super.sort(tests).sort((one, other) => rank(one) - rank(other));
	}
};
