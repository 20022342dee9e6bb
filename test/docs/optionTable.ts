import { describeSupport, optionRows } from '../../nodes/Seedance/panel/options';

const heading = '## Options of Create';

/** The rows of the table of options, as cells: label, description, models. */
export function optionTable(): string[][] {
	return optionRows
		.map((option) => [option.label, option.description, describeSupport(option) ?? 'All'])
		.sort(([first = ''], [second = '']) => first.localeCompare(second));
}

/** The text of docs/parameters.md with the table that follows from the option rows. */
export function withOptionTable(text: string): string {
	const start = text.indexOf(heading) + heading.length;
	const end = text.indexOf('\n\n', text.indexOf('|', start));
	const rows = [['Option', 'What it does', 'Models'], ['-', '-', '-'], ...optionTable()];
	const table = rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
	return `${text.slice(0, start)}\n\n${table}${text.slice(end)}`;
}
