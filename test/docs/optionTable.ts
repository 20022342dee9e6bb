import { describeSupport, optionRows } from '../../nodes/Seedance/panel/options';
import { withTable } from './table';

/** The rows of the table of options, as cells: label, description, models. */
export function optionTable(): string[][] {
	return optionRows
		.map((option) => [option.label, option.description, describeSupport(option) ?? 'All'])
		.sort(([first = ''], [second = '']) => first.localeCompare(second));
}

/** The text of docs/parameters.md with the table that follows from the option rows. */
export function withOptionTable(text: string): string {
	return withTable(
		text,
		'## Options of Create',
		['Option', 'What it does', 'Models'],
		optionTable(),
	);
}
