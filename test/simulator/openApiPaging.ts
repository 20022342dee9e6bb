import { invalidField } from './openApiErrors';
import type { OpenApiFields } from './openApiFields';

/** The names of the fields that ask for a part of a list. */
export const pagingFields = ['PageNumber', 'PageSize', 'MaxResults', 'NextToken'] as const;

const defaultPageSize = 10;
const maxPageSize = 100;

/**
 * The requested part of a list, by page or by token, with each entry as it is shown.
 * Source: BytePlus docs 2318271 (pages, TotalCount); github byteplus-sa/ark-mcp (MaxResults, NextToken).
 */
export function pageOf<Entry>(
	entries: readonly Entry[],
	fields: OpenApiFields,
	describe: (entry: Entry) => object,
) {
	const maxResults = fields.count('MaxResults', maxPageSize);
	const token = fields.text('NextToken') ?? '';
	if (maxResults === undefined && token === '') {
		const size = fields.count('PageSize', maxPageSize) ?? defaultPageSize;
		const first = ((fields.count('PageNumber') ?? 1) - 1) * size;
		const items = entries.slice(first, first + size).map(describe);
		return { Items: items, TotalCount: entries.length };
	}
	const first = token === '' ? 0 : readToken(token);
	const end = first + (maxResults ?? defaultPageSize);
	return {
		Items: entries.slice(first, end).map(describe),
		NextToken: end < entries.length ? `from-${end}` : '',
	};
}

function readToken(token: string): number {
	const [, first] = /^from-(\d+)$/.exec(token) ?? [];
	if (first === undefined) throw invalidField('NextToken', 'the token of an earlier answer');
	return Number(first);
}
