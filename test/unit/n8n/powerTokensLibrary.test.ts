import type { Send } from '../../../nodes/Seedance/n8n/http';
import type { OpenedFile } from '../../../nodes/Seedance/n8n/inputFile';
import { powerTokensLibrary } from '../../../nodes/Seedance/n8n/powerTokensLibrary';
import { endingOf, FakeClock } from '../fakeClock';
import { failureOf, forbidden, unavailable } from '../given';

const access = {
	kind: 'powerTokens',
	uploadUrl: 'https://api.example/upload',
	jobUrl: 'https://api.example/job',
} as const;
const lost = () => failureOf({ kind: 'connectionLost' });
const late = () => failureOf({ kind: 'answerTimedOut' });

/** A library whose uploads are answered in turn, each after a second; 'hang' takes a minute. */
function given(...answers: Array<Error | 'hang'>) {
	const clock = new FakeClock();
	const run = { opened: 0, closed: 0, inFlight: 0, mostInFlight: 0, sent: 0 };
	const send: Send = async (request) => {
		run.sent++;
		run.mostInFlight = Math.max(run.mostInFlight, ++run.inFlight);
		const answer = answers.shift();
		for (const [, part] of (request.body as FormData).entries()) {
			if (typeof part === 'string') continue;
			const chunks = (part.stream() as unknown as AsyncIterable<Uint8Array>)[
				Symbol.asyncIterator
			]();
			await chunks.next();
		}
		await clock.sleep(answer === 'hang' ? 60_000 : 1_000);
		run.inFlight--;
		if (answer === 'hang') throw late();
		if (answer !== undefined) throw answer;
		const body = { data: { task_id: `upload-${request.movedBytes?.()}` } };
		return { body, httpStatus: 200, requestId: undefined, answeredAtMs: undefined };
	};
	const file: OpenedFile = {
		...{ field: 'data', fileName: 'cat.png', head: new Uint8Array(), sizeBytes: 6 },
		type: undefined,
		async open() {
			run.opened++;
			return (async function* () {
				try {
					yield Buffer.from('kit');
					yield Buffer.from('ten');
				} finally {
					run.closed++;
				}
			})();
		},
	};
	const library = powerTokensLibrary(access, clock, send);
	const upload = () => endingOf(clock, library.upload(file, 'cat.png', undefined));
	return { clock, run, upload };
}

test.each([
	['a reset', lost()],
	['a 503', unavailable()],
	['no answer in time', late()],
])(
	'an upload costs nothing, so after %s the file is opened again and sent again',
	async (_, failure) => {
		const { clock, run, upload } = given(failure, failure);
		const ending = upload();
		await clock.advance(60_000);
		expect(ending.value).toBe('upload-3');
		expect(run).toMatchObject({ sent: 3, opened: 3, closed: 3 });
	},
);

test('an upload that is refused is not sent again', async () => {
	const { clock, run, upload } = given(forbidden());
	const ending = upload();
	await clock.advance(60_000);
	expect(ending.failure).toMatchObject({ httpStatus: 403 });
	expect(run.sent).toBe(1);
});

test('three are uploaded at a time, and three that hang hold the others up for a minute', async () => {
	const { clock, run, upload } = given('hang', 'hang', 'hang');
	const endings = Array.from({ length: 6 }, upload);
	await clock.advance(64_000);
	expect(run.mostInFlight).toBe(3);
	expect(endings.slice(3).map(({ value }) => value)).toEqual(['upload-3', 'upload-3', 'upload-3']);
	await clock.advance(10_000);
	expect(endings.map(({ value }) => value)).toEqual(endings.map(() => 'upload-3'));
});
