import { Draw } from './draw';
import { drawFaults, type Faults } from './faults';
import { managedTaskCount } from './managedFaults';

const rows = 40;

/** Every fault of a seed, as "route row attempt kind". */
function allOf(faults: Faults): string[] {
	const told: string[] = [];
	for (let row = 0; row < rows; row++) {
		for (const route of ['create', 'read', 'download', 'delete'] as const) {
			for (const attempt of [0, 1, 2]) {
				const kind = faults[route](row, attempt);
				if (kind !== undefined) told.push(`${route} ${row} ${attempt} ${kind}`);
			}
		}
		const kind = faults.listed(row);
		if (kind !== undefined) told.push(`listed ${row} 0 ${kind}`);
	}
	for (let request = 0; request < 40; request++) {
		const kind = faults.list(request);
		if (kind !== undefined) told.push(`list ${request} 0 ${kind}`);
	}
	return told;
}

const faultsOf = (seed: number) => allOf(drawFaults(new Draw(seed), rows));
const kindsOf = (told: readonly string[]) =>
	new Set(told.map((one) => one.replace(/ \d+ \d+ /, ' ')));

test('a seed draws the same faults each time, and another seed others', () => {
	expect(faultsOf(3)).toEqual(faultsOf(3));
	expect(faultsOf(3)).not.toEqual(faultsOf(4));
});

test('every kind of fault is drawn for few rows too', () => {
	const kinds = kindsOf(faultsOf(1));
	for (const seed of [2, 3, 4]) {
		const missing = [...kindsOf(faultsOf(seed))].filter((kind) => !kinds.has(kind));
		expect(missing.filter((kind) => !kind.startsWith('delete'))).toEqual([]);
	}
	for (const route of ['create', 'read', 'list', 'download', 'listed']) {
		expect([...kinds].some((kind) => kind.startsWith(`${route} `))).toBe(true);
	}
	expect([...kinds]).toEqual(
		expect.arrayContaining(['create dripAccepted', 'read hang', 'list drip', 'download linkLocal']),
	);
});

test('an upload meets every kind once, and then none', () => {
	const { upload } = drawFaults(new Draw(1), rows);
	expect([0, 1, 2, 3].map(upload)).toEqual(['reset', 'serverError', 'hang', undefined]);
});

test('what takes minutes strikes a few rows, whatever their number', () => {
	const faults = drawFaults(new Draw(1), 500);
	const slow = Array.from({ length: 500 }, (_, row) => row).filter((row) =>
		[0, 1].some((attempt) => faults.create(row, attempt)?.startsWith('drip')),
	);
	expect(slow).toHaveLength(3);
});

/** What Get Many and Cancel meet, in order. */
function managedOf(seed: number) {
	const { managed } = drawFaults(new Draw(seed), rows);
	const requests = Array.from({ length: 20 }, (_, request) => managed.list(request));
	const tasks = Array.from({ length: managedTaskCount }, (_, task) => ({
		read: managed.read(task, 0),
		secondRead: managed.read(task, 1),
		delete: managed.delete(task, 0),
	}));
	return { lists: requests.filter((kind) => kind !== undefined), tasks };
}

test('Get Many meets every kind, and no page more failures than it has tries', () => {
	for (const seed of [1, 2, 3, 4]) {
		const { lists } = managedOf(seed);
		const broken = ['drip', 'hang', 'page', 'reset', 'serverError', 'throttled'];
		const wrong = ['ignoresPage', 'leavesOut', 'totalTooLarge', 'totalTooSmall'];
		expect([...lists].sort()).toEqual([...broken, ...wrong].sort());
		const told = lists.map((kind) => (broken.includes(kind) ? 'x' : '.')).join('');
		expect(told).toBe('xxx.xxx...');
		expect(['ignoresPage', 'totalTooSmall']).toContain(lists.at(-1));
		expect(['ignoresPage', 'totalTooSmall']).toContain(lists.at(-2));
	}
});

test('Cancel meets every kind, a task no fault of a read and of a DELETE first, and some tasks none', () => {
	const { tasks } = managedOf(1);
	const kinds = (route: 'read' | 'secondRead' | 'delete') =>
		[...new Set(tasks.flatMap((task) => task[route] ?? []))].sort();
	expect(kinds('read')).toHaveLength(10);
	expect(kinds('delete')).toHaveLength(11);
	expect(kinds('secondRead')).toEqual(['hang', 'page', 'reset', 'serverError']);
	expect(tasks.some((task) => task.read !== undefined && task.delete !== undefined)).toBe(false);
	expect(
		tasks.filter((task) => Object.values(task).every((kind) => kind === undefined)),
	).not.toEqual([]);
});

test('another seed has other faults of Get Many and Cancel', () => {
	expect(managedOf(3)).toEqual(managedOf(3));
	expect(managedOf(3)).not.toEqual(managedOf(4));
});
