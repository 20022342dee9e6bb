const missed: string[] = [];
const columnWidth = 11;

/** Prints one row of a table. */
export function printRow(name: string, ...cells: string[]): void {
	console.log(name.padEnd(30) + cells.map((cell) => cell.padStart(columnWidth)).join(''));
}

/** Prints a figure beside its goal and keeps whether it was missed. */
export function requireAtMost(
	name: string,
	figure: number,
	goal: number,
	show: (value: number) => string = String,
): void {
	const isMet = figure <= goal;
	const text = `${name}: ${show(figure)} (goal: at most ${show(goal)})`;
	console.log(`  ${isMet ? 'met   ' : 'MISSED'}  ${text}`);
	if (!isMet) missed.push(text);
}

/** Prints whether every goal was met and sets the exit code by it. */
export function conclude(): void {
	console.log(missed.length === 0 ? '\nEvery goal is met.' : `\nMissed: ${missed.join('; ')}.`);
	if (missed.length > 0) process.exitCode = 1;
}

export function seconds(ms: number): string {
	return (ms / 1000).toFixed(1);
}

export function percent(share: number): string {
	return `${(share * 100).toFixed(1)} %`;
}

export function ratio(value: number): string {
	return value.toFixed(3);
}

export function sum(values: readonly number[]): number {
	return values.reduce((total, value) => total + value, 0);
}

export function mean(values: readonly number[]): number {
	return sum(values) / Math.max(values.length, 1);
}
