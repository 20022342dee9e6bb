import type { INodeProperties } from 'n8n-workflow';
import { asset } from '../../../nodes/Seedance/actions/asset';
import type { Resource } from '../../../nodes/Seedance/actions/operation';
import type { Session } from '../../../nodes/Seedance/actions/session';
import { video } from '../../../nodes/Seedance/actions/video';
import { connect } from '../../../nodes/Seedance/panel/credential';
import { toFailure } from '../../../nodes/Seedance/seedance/failure';

/** Every parameter of both panels, attacked with values that only an expression can give. */

type Stored = Readonly<Record<string, unknown>>;

const connection = connect({ apiKey: 'k' });
/** What reading an item needs of a run; nothing is sent. */
const session = {
	...{ connection, breathe: async () => {} },
	context: { getNode: () => ({ parameters: {} }) },
	tasks: { limitTo: () => {}, expect: async () => {} },
	shots: {
		identityInStory: (_what: string, _itemIndex: number, _place: unknown, own: unknown) => own,
	},
} as unknown as Session;

/** What one item is refused with, or undefined. `undefined` members are hidden in the panel, `null` ones yield nothing. */
async function refusal(resource: Resource, operation: string, stored: Stored) {
	const refused: unknown[] = [];
	await resource.operations.get(operation)?.open({
		session,
		itemIndexes: [0],
		parameterOf: () => (name) => stored[name],
		onFailure: (_itemIndex, error) => refused.push(error),
	});
	const [first] = refused;
	if (first === undefined) return undefined;
	const { kind, values } = toFailure(first);
	return { kind, text: String(values['text']) };
}

const nothing = [null, '', ' \t'];
const noText = [7, true, {}, [], ['a'], Number.NaN];
/** What no parameter of this type may ignore. */
const strange: Readonly<Record<string, readonly unknown[]>> = {
	boolean: [...nothing, 'yes', '1', 1, 0, 'on', 'off', {}, [], [true]],
	options: [...nothing, 'strange', ...noText],
	number: [...nothing, 'many', true, {}, [], [1], Number.NaN, Infinity],
	string: noText,
	json: [7, true, [], ['a'], '[1', 'x'],
	collection: [...nothing, 'x', '{}', 7, true, ['x'], { strangeEntry: 1 }],
	fixedCollection: ['x', 7, true, ['x'], { strangeEntry: [] }],
	resourceLocator: [...nothing, {}, { mode: 'id', value: null }, 'a b', true],
};

/** Which values of a parameter mean something although they are in the table above. */
const meant: Readonly<Record<string, readonly unknown[]>> = {
	// Model Default.
	resolution: [''],
	// Sheets deliver numbers: one is its text.
	'options.idempotencyKey': [7],
	story: [7],
	'options.fileName': [7],
	'options.groupId': [7],
	'filters.model': [7, 'strange'],
	'filters.taskIds': [7, ['a']],
	id: [7],
};

/** Entries that protect nothing: an empty cell of a sheet is the same as no entry. */
const mayBeBlank = ['frames', 'seed'];
/** Of those, the ones that are also not set when their expression yields nothing. */
const mayBeEmpty = [
	'callbackUrl',
	'extraBody',
	'fileName',
	'groupId',
	'outputFormat',
	'priority',
	'safetyIdentifier',
	'taskType',
	'testDuration',
];

interface Place {
	readonly resource: Resource;
	readonly operation: string;
	/** What the item says besides the parameter under attack. */
	readonly others: Stored;
}

const create = (others: Stored = {}): Place => ({
	...{ resource: video, operation: 'create' },
	others: {
		...{ model: 'seedance-2-0', mode: 'textToVideo', prompt: 'A kitten', resolution: '480p' },
		...{ ratio: '16:9', duration: 5, generateAudio: true, options: {} },
		...{ waitForCompletion: true, waitOptions: {}, downloadVideo: true, simplify: true },
		...{ binaryPropertyName: 'data', ...others },
	},
});
const frames: Stored = {
	...{ mode: 'firstLastFrame', firstFrameSource: 'url', firstFrame: 'https://h.example/1.png' },
	...{ lastFrameSource: 'url', lastFrame: 'https://h.example/2.png' },
};
const get: Place = {
	...{ resource: video, operation: 'get' },
	others: { taskId: 'cgt-1', waitForCompletion: true, downloadVideo: true, options: {} },
};
const getMany: Place = {
	...{ resource: video, operation: 'getAll' },
	others: { returnAll: false, limit: 5, filters: {}, simplify: true },
};
const upload: Place = {
	...{ resource: asset, operation: 'upload' },
	others: {
		...{ source: 'url', url: 'https://h.example/1.png', assetType: 'image' },
		...{ waitForAsset: true, waitOptions: {}, options: {} },
	},
};

/** Where each parameter is read; several where modes differ. */
const places: ReadonlyArray<readonly [parameters: readonly string[], Place]> = [
	[['model', 'mode', 'prompt', 'resolution', 'ratio', 'duration', 'generateAudio'], create()],
	[['waitForCompletion', 'waitOptions', 'downloadVideo', 'binaryPropertyName'], create()],
	[['simplify', 'options'], create()],
	[['modelId'], create({ model: 'custom' })],
	[['firstFrameSource', 'firstFrame', 'lastFrameSource', 'lastFrame'], create(frames)],
	[['references'], create({ mode: 'reference' })],
	[
		['story', 'continueWith', 'firstFrameSource'],
		create({
			...{ mode: 'continue', story: 'fox', continueWith: 'lastFrame' },
			firstFrameSource: 'none',
		}),
	],
	[['draftTaskId'], create({ mode: 'draftTask', model: 'seedance-1-5-pro' })],
	[['taskId', 'waitForCompletion', 'waitOptions', 'downloadVideo', 'simplify', 'options'], get],
	[['taskId'], { resource: video, operation: 'cancel', others: {} }],
	[['taskId'], { resource: video, operation: 'delete', others: {} }],
	[['returnAll', 'limit', 'filters', 'simplify'], getMany],
	[['source', 'assetType', 'url', 'waitForAsset', 'waitOptions', 'options'], upload],
	[['binaryPropertyName'], { ...upload, others: { ...upload.others, source: 'binary' } }],
	[['id'], { resource: asset, operation: 'get', others: {} }],
	[['id'], { resource: asset, operation: 'delete', others: {} }],
	[['returnAll', 'limit'], { resource: asset, operation: 'getAll', others: { returnAll: false } }],
];

interface Attack extends Place {
	readonly parameter: string;
	readonly label: string;
	readonly value: unknown;
	readonly stored: Stored;
}

const propertiesOf = ({ resource, operation }: Place, name: string) =>
	resource.properties.filter(
		(property) =>
			property.name === name &&
			property.displayOptions?.show?.['operation']?.includes(operation) === true,
	);

/** Several properties can have a name, each for other sources. */
function shownProperty(place: Place, name: string): INodeProperties {
	const named = propertiesOf(place, name) as [INodeProperties, ...INodeProperties[]];
	const source = place.others[`${name}Source`];
	const ofSource = named.find(({ displayOptions }) =>
		displayOptions?.show?.[`${name}Source`]?.includes(source as string),
	);
	return ofSource ?? named[0];
}

const shown = (value: unknown) =>
	typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'undefined');

function valuesFor(parameter: string, { type }: INodeProperties, isEntry: boolean): unknown[] {
	const values = [...(isEntry ? [undefined, ...nothing] : []), ...(strange[type] ?? [])];
	const isMeant = (meant[parameter] ?? []).map(shown);
	const unique = new Map(values.map((value) => [shown(value), value]));
	return [...unique]
		.filter(([text, value]) => !isMeant.includes(text) && !isUnset(parameter, value))
		.map(([, value]) => value);
}

function attacksOn(place: Place, name: string): Attack[] {
	const property = shownProperty(place, name);
	const own = valuesFor(name, property, false).map((value) => ({
		...{ ...place, parameter: name, label: property.displayName, value },
		stored: { ...place.others, [name]: value },
	}));
	if (property.type !== 'collection') return own;
	const entries = (property.options as INodeProperties[]).flatMap((entry) => {
		const parameter = `${name}.${entry.name}`;
		return valuesFor(parameter, entry, true).map((value) => ({
			...{ ...place, parameter, label: entry.displayName, value },
			stored: { ...place.others, [name]: { [entry.name]: value } },
		}));
	});
	return [...own, ...entries];
}

function isUnset(parameter: string, value: unknown): boolean {
	const isNothing = value === undefined || value === null;
	const isBlank = isNothing || nothing.includes(value as string);
	const entry = String(parameter.split('.')[1]);
	return isBlank && (mayBeEmpty.includes(entry) || (!isNothing && mayBeBlank.includes(entry)));
}

const attacks = places.flatMap(([names, place]) => names.flatMap((name) => attacksOn(place, name)));

test('every parameter of both panels is attacked', () => {
	const attacked = new Set(attacks.map(({ operation, parameter }) => `${operation} ${parameter}`));
	const missing = [video, asset]
		.flatMap(({ properties }) => properties)
		.filter(({ name, type }) => name !== 'resource' && name !== 'operation' && type !== 'notice')
		.flatMap(({ name, displayOptions }) =>
			(displayOptions?.show?.['operation'] ?? []).map(
				(operation) => `${String(operation)} ${name}`,
			),
		)
		.filter((parameter) => !attacked.has(parameter));
	// What Get puts its file into is read like Create's.
	expect(missing).toEqual(['get binaryPropertyName']);
});

test.each(places.map(([, place]) => place).filter(({ others }) => Object.keys(others).length > 2))(
	'without an attack, $operation $others is read or names another field',
	async ({ resource, operation, others }) => {
		const refused = await refusal(resource, operation, others);
		expect([undefined, 'invalidInput']).toContain(refused?.kind);
	},
);

test.each(
	attacks.map(
		(attack) => [`${attack.operation} ${attack.parameter}`, shown(attack.value), attack] as const,
	),
)('%s: %s is refused by its label', async (_name, _value, attack) => {
	const { resource, operation, stored, label } = attack;
	const refused = await refusal(resource, operation, stored);
	expect(refused).toMatchObject({ kind: 'invalidInput', text: expect.stringContaining(label) });
});

test('entries that protect nothing may be empty', async () => {
	const place = create();
	const ofUpload = ['fileName', 'groupId'];
	for (const entry of [...mayBeBlank, ...mayBeEmpty].filter((one) => !ofUpload.includes(one))) {
		const values = mayBeBlank.includes(entry) ? ['', ' \t'] : [undefined, ...nothing];
		for (const value of values) {
			const options = { [entry]: value };
			expect(
				await refusal(place.resource, place.operation, { ...place.others, options }),
			).toBeUndefined();
		}
	}
});
