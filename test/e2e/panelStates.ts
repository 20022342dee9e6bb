import {
	NodeHelpers,
	type INode,
	type INodeParameters,
	type INodeProperties,
	type INodePropertyCollection,
	type INodeTypeDescription,
} from 'n8n-workflow';

/** One state of a node's panel: what the parameters are, and which fields are then due. */
export interface PanelState {
	/** What distinguishes this state from the others of its node. */
	readonly title: string;
	readonly parameters: INodeParameters;
	/** The labels from top to bottom. A nested label is `Outer › Inner`. */
	readonly fields: readonly string[];
}

/**
 * Every state of a node's panel that its description distinguishes. Each operation appears with its defaults, with each other value of
 * each parameter on which fields depend, one at a time, and with every entry of every collection added.
 */
export function panelStates(description: INodeTypeDescription): PanelState[] {
	const operation = description.properties.find(({ name }) => name === 'operation');
	return valuesOf(description, operation).flatMap((value) => {
		const chosen = { operation: value };
		const states = variations(description, chosen, new Set(['operation']));
		const whole = filled(description, chosen);
		const all = Object.keys(whole).length === 1 ? [chosen, ...states] : [chosen, ...states, whole];
		return all.map((parameters) => ({
			title: titleOf(parameters),
			parameters,
			fields: fieldsOf(description, parameters),
		}));
	});
}

type Value = string | boolean;

function variations(
	description: INodeTypeDescription,
	parameters: INodeParameters,
	known: ReadonlySet<string>,
): INodeParameters[] {
	const whole = withDefaults(description, parameters);
	const switches = visible(description, parameters).filter(
		({ name, type }) => ['options', 'boolean'].includes(type) && !known.has(name),
	);
	const nowKnown = new Set([...known, ...switches.map(({ name }) => name)]);
	return switches.flatMap((property) =>
		valuesOf(description, property)
			.filter((value) => value !== whole[property.name])
			.flatMap((value) => {
				const varied = { ...parameters, [property.name]: value };
				return [varied, ...variations(description, varied, nowKnown)];
			}),
	);
}

/** The values of a property on which the visibility of fields depends. */
function valuesOf(
	description: INodeTypeDescription,
	property: INodeProperties | undefined,
): Value[] {
	if (property === undefined) return [];
	const named = description.properties.flatMap(
		({ displayOptions }) => displayOptions?.show?.[property.name] ?? [],
	);
	if (named.length === 0) return [];
	return property.type === 'boolean' ? [true, false] : [...new Set(named as Value[])];
}

/** The parameters with every entry of every visible collection in them. */
function filled(description: INodeTypeDescription, parameters: INodeParameters): INodeParameters {
	const collections = visible(description, parameters)
		.filter(({ type }) => type === 'collection')
		.map(({ name, options = [] }) => {
			const entries = (options as INodeProperties[]).map((entry) => [entry.name, entry.default]);
			return [name, Object.fromEntries(entries) as INodeParameters] as const;
		});
	return { ...parameters, ...Object.fromEntries(collections) };
}

function titleOf({ operation, ...rest }: INodeParameters): string {
	const others = Object.entries(rest).map(([name, value]) =>
		typeof value === 'object' ? `all ${name}` : `${name} ${String(value)}`,
	);
	return [String(operation), ...others].join(', ');
}

function fieldsOf(description: INodeTypeDescription, parameters: INodeParameters): string[] {
	const whole = withDefaults(description, parameters);
	return visible(description, parameters).flatMap((property) => {
		const inner = innerFields(property, whole[property.name] as INodeParameters);
		return [property.displayName, ...inner.map((label) => `${property.displayName} › ${label}`)];
	});
}

function innerFields(property: INodeProperties, value: INodeParameters): string[] {
	if (property.type !== 'collection') return [];
	return (property.options as Array<INodeProperties | INodePropertyCollection>)
		.filter(({ name }) => name in value)
		.map(({ displayName }) => displayName);
}

function visible(
	description: INodeTypeDescription,
	parameters: INodeParameters,
): INodeProperties[] {
	const whole = withDefaults(description, parameters);
	return description.properties.filter(
		(property) =>
			!['hidden', 'notice'].includes(property.type) &&
			NodeHelpers.displayParameter(whole, property, node, description),
	);
}

const node = { typeVersion: 1 } as INode;

function withDefaults(
	description: INodeTypeDescription,
	parameters: INodeParameters,
): INodeParameters {
	const { properties } = description;
	const whole = NodeHelpers.getNodeParameters(
		properties,
		parameters,
		true,
		false,
		node,
		description,
	);
	if (whole === null) throw new Error(`${description.name} has no parameters`);
	return whole;
}
