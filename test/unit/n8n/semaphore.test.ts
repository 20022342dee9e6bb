import { createSemaphore } from '../../../nodes/Seedance/n8n/semaphore';
import { flush } from '../fakeClock';

/** Work that ends when the test says so. */
function openWork() {
	const started: string[] = [];
	const endings = new Map<string, { resolve: () => void; reject: (error: Error) => void }>();
	const work = (name: string) => async () => {
		started.push(name);
		await new Promise<void>((resolve, reject) => endings.set(name, { resolve, reject }));
		return name;
	};
	return { started, work, end: (name: string) => endings.get(name) };
}

test('work runs in order of arrival, never more at a time than there are permits', async () => {
	const { started, work, end } = openWork();
	const semaphore = createSemaphore(2);
	const all = ['a', 'b', 'c', 'd'].map(async (name) => await semaphore(work(name)));
	await flush();
	expect(started).toEqual(['a', 'b']);
	end('b')?.resolve();
	await flush();
	expect(started).toEqual(['a', 'b', 'c']);
	end('a')?.resolve();
	await flush();
	expect(started).toEqual(['a', 'b', 'c', 'd']);
	end('c')?.resolve();
	end('d')?.resolve();
	expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd']);
});

test('failed work releases its permit and reports the failure to its caller only', async () => {
	const { started, work, end } = openWork();
	const semaphore = createSemaphore(1);
	const first = semaphore(work('a'));
	const second = semaphore(work('b'));
	const failure = new Error('no');
	end('a')?.reject(failure);
	await expect(first).rejects.toBe(failure);
	await flush();
	expect(started).toEqual(['a', 'b']);
	end('b')?.resolve();
	expect(await second).toBe('b');
});

test('a permit that is free again counts once', async () => {
	const { started, work, end } = openWork();
	const semaphore = createSemaphore(1);
	const first = semaphore(work('a'));
	end('a')?.resolve();
	await first;
	void semaphore(work('b'));
	void semaphore(work('c'));
	await flush();
	expect(started).toEqual(['a', 'b']);
});

test('a newcomer does not get the permit of the next in line', async () => {
	const { started, work, end } = openWork();
	const semaphore = createSemaphore(1);
	const first = semaphore(work('a'));
	void semaphore(work('b'));
	void first.then(() => void semaphore(work('c')));
	end('a')?.resolve();
	await flush();
	expect(started).toEqual(['a', 'b']);
});
