/** A document with these rows in the first table under a heading. */
export function withTable(
	text: string,
	heading: string,
	head: readonly string[],
	rows: ReadonlyArray<readonly string[]>,
): string {
	const start = text.indexOf('|', text.indexOf(heading));
	const end = text.indexOf('\n\n', start);
	const lines = [head, head.map(() => '-'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
	return `${text.slice(0, start)}${lines.join('\n')}${text.slice(end)}`;
}

/** The rows of the first table under a heading, as cells. */
export function rowsUnder(text: string, heading: string): string[][] {
	const [, section = ''] = text.split(`${heading}\n`);
	const [first = ''] = section.split(/\n## /);
	const rows = first
		.split('\n')
		.filter((line) => line.startsWith('| '))
		.map((line) =>
			line
				.slice(1, -1)
				.split(' | ')
				.map((cell) => cell.trim()),
		);
	return rows.slice(2);
}
