import type { GoogleAccount } from './googleAccount';
import type { OutsideAnswer, OutsideHost, OutsideRequest } from './outsideHosts';

/** The content of a cell. An empty string is an empty cell. */
export type Cell = string | number | boolean;

interface ValueRange {
	readonly range: string;
	readonly values: Cell[][];
}

const notFound: OutsideAnswer = {
	status: 404,
	body: { error: { code: 404, message: 'Requested entity was not found.', status: 'NOT_FOUND' } },
};

/** One spreadsheet with one sheet in Google's Sheets API, as far as n8n's node for it goes: properties, values.get and values.batchUpdate. */
export class GoogleSheets implements OutsideHost {
	readonly hostnames = ['sheets.googleapis.com'];
	readonly spreadsheetId = '1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms';

	constructor(
		private readonly account: GoogleAccount,
		readonly title: string,
		/** The whole sheet, row by row, header first. */
		readonly cells: Cell[][],
	) {}

	answer(request: OutsideRequest): OutsideAnswer {
		const refusal = this.account.refusalOf(request, 'spreadsheets');
		if (refusal !== undefined) return refusal;
		const path = decodeURIComponent(request.url.pathname);
		const base = `/v4/spreadsheets/${this.spreadsheetId}`;
		if (request.method === 'GET' && path === base) return this.describeSheets();
		if (request.method === 'GET' && path === `${base}/values/'${this.title}'`) {
			const values = this.cells.map(withoutEmptyEnd);
			return {
				status: 200,
				body: { range: `${this.title}!A1:Z1000`, majorDimension: 'ROWS', values },
			};
		}
		if (request.method === 'POST' && path === `${base}/values:batchUpdate`) {
			const { data } = JSON.parse(request.body.toString('utf8')) as { data: ValueRange[] };
			return this.batchUpdate(data);
		}
		return notFound;
	}

	private describeSheets(): OutsideAnswer {
		const gridProperties = { rowCount: 1000, columnCount: 26 };
		const properties = {
			sheetId: 0,
			title: this.title,
			index: 0,
			sheetType: 'GRID',
			gridProperties,
		};
		return { status: 200, body: { sheets: [{ properties }] } };
	}

	private batchUpdate(data: readonly ValueRange[]): OutsideAnswer {
		for (const { range, values } of data) {
			const [, title, column = '', row = ''] = /^(.+)!([A-Z])(\d+)$/.exec(range) ?? [];
			const [[value] = []] = values;
			const cells = this.cells[Number(row) - 1];
			if (title !== this.title || cells === undefined || value === undefined) {
				return {
					status: 400,
					body: {
						error: {
							code: 400,
							message: `Unable to parse range: ${range}`,
							status: 'INVALID_ARGUMENT',
						},
					},
				};
			}
			const index = column.charCodeAt(0) - 'A'.charCodeAt(0);
			while (cells.length < index) cells.push('');
			cells[index] = value;
		}
		return {
			status: 200,
			body: { spreadsheetId: this.spreadsheetId, totalUpdatedCells: data.length },
		};
	}
}

/** The API omits the empty cells at the end of a row. */
function withoutEmptyEnd(row: readonly Cell[]): Cell[] {
	return row.slice(0, row.findLastIndex((cell) => cell !== '') + 1);
}
