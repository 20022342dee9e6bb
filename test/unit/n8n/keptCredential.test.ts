import { KeptCredential } from '../../../nodes/Seedance/n8n/keptCredential';
import type { RequestContext } from '../../../nodes/Seedance/n8n/http';
import { scrubberOf } from '../../../nodes/Seedance/seedance/secrets';
import { endingOf, FakeClock } from '../fakeClock';

/** The credential of a context; `read` is told how often it was read before. */
function given(read: (times: number) => Promise<object>) {
	const clock = new FakeClock();
	let times = 0;
	const getCredentials = async () => await read(times++);
	const context = { getCredentials } as unknown as RequestContext;
	const credential = new KeptCredential(context, clock, scrubberOf(['key-0']));
	return { clock, credential };
}

const numbered = async (times: number) => await Promise.resolve({ apiKey: `key-${times}` });

test('what was read is kept for five seconds', async () => {
	const { clock, credential } = given(numbered);
	expect(await credential.read()).toEqual({ values: { apiKey: 'key-0' }, isKept: false });
	await clock.advance(4_999);
	expect(await credential.read()).toEqual({ values: { apiKey: 'key-0' }, isKept: true });
	await clock.advance(1);
	expect(await credential.read()).toEqual({ values: { apiKey: 'key-1' }, isKept: false });
});

test('what was forgotten is read again', async () => {
	const { credential } = given(numbered);
	await credential.read();
	credential.forget();
	expect(await credential.read()).toEqual({ values: { apiKey: 'key-1' }, isKept: false });
});

test('a read that fails fails one request, and is not kept', async () => {
	const { credential } = given(async (times) => {
		if (times === 0) throw new Error('SQLITE_BUSY');
		return await numbered(times);
	});
	const reads = await Promise.allSettled([credential.read(), credential.read()]);
	expect(reads).toEqual([
		{
			status: 'rejected',
			reason: expect.objectContaining({
				...{ kind: 'credentialUnreadable', outcomeUnknown: false },
				values: { reason: 'SQLITE_BUSY' },
			}),
		},
		{ status: 'fulfilled', value: { values: { apiKey: 'key-1' }, isKept: false } },
	]);
});

test('what n8n says of a failed read is shown without the key', async () => {
	const { credential } = given(async () => {
		throw new Error('Cannot decrypt key-0');
	});
	const failure: unknown = await credential.read().catch((error: unknown) => error);
	expect(failure).toMatchObject({ values: { reason: 'Cannot decrypt ***' }, cause: undefined });
});

test('a read that does not end fails after 30 s, and holds up no other', async () => {
	const { clock, credential } = given(async (times) =>
		times === 0 ? await new Promise<object>(() => {}) : await numbered(times),
	);
	const first = endingOf(clock, credential.read());
	const second = endingOf(clock, credential.read());
	await clock.advance(60_000);
	expect(second).toMatchObject({ value: { isKept: false }, atMs: 0 });
	expect(first).toMatchObject({ failure: { kind: 'credentialUnreadable' }, atMs: 30_000 });
});

test('a stop ends a read', async () => {
	const { clock, credential } = given(async () => await new Promise<object>(() => {}));
	const read = endingOf(clock, credential.read());
	await clock.advance(1_000);
	clock.stop();
	await clock.advance(0);
	expect(read).toMatchObject({ failure: { kind: 'stopped' }, atMs: 1_000 });
});
