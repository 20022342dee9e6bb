import type { INodeProperties } from 'n8n-workflow';

type Condition = NonNullable<NonNullable<INodeProperties['displayOptions']>['hide']>[string];

/** A condition of `hide` that leaves a property for this value alone. With an expression, n8n shows what has a condition in `show`, and hides what has this one. A list of values would need a regular expression, which n8n gives 250 ms of real time: on a busy machine it throws, and nothing runs. */
export function unless(value: string): Condition {
	return [{ _cnd: { not: value } }];
}

/** Whether what a property says about one other parameter lets the panel show it, once expressions are resolved. */
export function isShownFor(
	{ displayOptions }: Pick<INodeProperties, 'displayOptions'>,
	name: string,
	value: unknown,
): boolean {
	const { show, hide } = displayOptions ?? {};
	const has = (condition: Condition) => condition?.some((one) => matches(one, value)) === true;
	const isAmong = show?.[name] === undefined || has(show[name]);
	return isAmong && !has(hide?.[name]);
}

/** Whether the panel shows a property for the parameters of an item. */
export function isShown(property: INodeProperties, read: (name: string) => unknown): boolean {
	const { show, hide } = property.displayOptions ?? {};
	return Object.keys({ ...show, ...hide }).every((name) =>
		isShownFor(property, name, read(name.replace('/', ''))),
	);
}

function matches(condition: NonNullable<Condition>[number], value: unknown): boolean {
	if (typeof condition !== 'object' || condition === null) return condition === value;
	return 'not' in condition._cnd && value !== condition._cnd.not;
}
