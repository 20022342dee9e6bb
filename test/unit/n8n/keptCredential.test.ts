import type { RequestContext } from '../../../nodes/Seedance/n8n/http';
import { withKeptCredential } from '../../../nodes/Seedance/n8n/keptCredential';
import { FakeClock } from '../fakeClock';

/** A context whose credential is what `read` returns. */
function contextOf(read: () => object): RequestContext {
	return { getCredentials: async () => await Promise.resolve(read()) } as unknown as RequestContext;
}

describe('the credential of requests', () => {
	test('is read once in five seconds', async () => {
		const clock = new FakeClock();
		let reads = 0;
		const { getCredentials } = withKeptCredential(
			contextOf(() => ({ apiKey: `key-${++reads}` })),
			clock,
		);
		const together = [getCredentials('seedanceApi'), getCredentials('seedanceApi')];
		expect(await Promise.all(together)).toEqual([{ apiKey: 'key-1' }, { apiKey: 'key-1' }]);
		await clock.advance(4_999);
		expect(await getCredentials('seedanceApi')).toEqual({ apiKey: 'key-1' });
		await clock.advance(1);
		expect(await getCredentials('seedanceApi')).toEqual({ apiKey: 'key-2' });
	});

	test('does not have what one request has added to it', async () => {
		const { getCredentials } = withKeptCredential(
			contextOf(() => ({ apiKey: 'key' })),
			new FakeClock(),
		);
		Object.assign(await getCredentials('seedanceApi'), { token: 'of the first request' });
		expect(await getCredentials('seedanceApi')).toEqual({ apiKey: 'key' });
	});

	test('is read again after a read that failed', async () => {
		let reads = 0;
		const { getCredentials } = withKeptCredential(
			contextOf(() => {
				if (++reads === 1) throw new Error('The database is locked');
				return { apiKey: 'key' };
			}),
			new FakeClock(),
		);
		await expect(getCredentials('seedanceApi')).rejects.toThrow('The database is locked');
		expect(await getCredentials('seedanceApi')).toEqual({ apiKey: 'key' });
	});
});
