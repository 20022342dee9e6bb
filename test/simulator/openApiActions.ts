import {
	assetStatuses,
	type AssetGroup,
	type AssetType,
	type LibraryAsset,
	type OpenApiAssetStore,
} from './openApiAssetStore';
import { invalidField, missingField } from './openApiErrors';
import { OpenApiFields } from './openApiFields';
import { pageOf, pagingFields } from './openApiPaging';

/** Performs one call. The fields are the JSON of its body. Throws the refusal. */
export type OpenApiAction = (body: unknown, store: OpenApiAssetStore) => object;

/** Source: BytePlus docs 2318271 (lengths). */
const maxNameLength = 64;
const maxDescriptionLength = 300;

/** The type of groups that may be created. Groups of real people come from a validation. */
const createdGroupType = 'AIGC';
const groupTypes = [createdGroupType, 'LivenessFace'] as const;
const assetTypes: readonly AssetType[] = ['Image', 'Video', 'Audio'];

/** Every action by its name. Source: BytePlus docs 2318271; github byteplus-sa/ark-mcp, asset library contract. */
export const openApiActions: Readonly<Record<string, OpenApiAction>> = {
	CreateAssetGroup: (body, store) => {
		const known = ['Name', 'Description', 'GroupType', 'ProjectName'];
		const fields = OpenApiFields.ofBody(body, known);
		const { id } = store.createGroup({
			name: fields.requiredText('Name', maxNameLength),
			description: fields.text('Description', maxDescriptionLength) ?? '',
			groupType: fields.choice('GroupType', [createdGroupType]) ?? createdGroupType,
			projectName: projectOf(fields),
		});
		return { Id: id };
	},
	GetAssetGroup: (body, store) => describeGroup(store.group(...readId(body))),
	ListAssetGroups: (body, store) => {
		const fields = OpenApiFields.ofBody(body, ['Filter', 'ProjectName', ...pagingFields]);
		const filter = fields.requiredObject('Filter', ['GroupType', 'Name', 'GroupIds']);
		const groupType = filter.choice('GroupType', groupTypes);
		if (groupType === undefined) throw missingField('Filter.GroupType');
		const name = filter.text('Name') ?? '';
		const ids = filter.texts('GroupIds');
		const found = store
			.groups(projectOf(fields))
			.filter(
				(group) =>
					group.groupType === groupType && group.name.includes(name) && isAmong(ids, group.id),
			);
		return pageOf(found, fields, describeGroup);
	},
	CreateAsset: (body, store) => {
		const known = ['GroupId', 'URL', 'AssetType', 'Name', 'ProjectName', 'Moderation'];
		const fields = OpenApiFields.ofBody(body, known);
		fields.object('Moderation', ['Strategy'])?.choice('Strategy', ['Skip']);
		const assetType = fields.choice('AssetType', assetTypes);
		if (assetType === undefined) throw missingField('AssetType');
		const { id } = store.createAsset({
			groupId: fields.requiredText('GroupId'),
			url: readUrl(fields),
			assetType,
			name: fields.text('Name', maxNameLength) ?? '',
			projectName: projectOf(fields),
		});
		return { Id: id };
	},
	GetAsset: (body, store) => describeAsset(store.asset(...readId(body))),
	ListAssets: (body, store) => {
		const fields = OpenApiFields.ofBody(body, ['Filter', 'ProjectName', ...pagingFields]);
		const filter = fields.object('Filter', ['GroupIds', 'Statuses', 'Name', 'GroupType']);
		const groupIds = filter?.texts('GroupIds');
		const statuses = filter?.texts('Statuses');
		if (statuses?.some((status) => !assetStatuses.some((known) => known === status)) === true) {
			throw invalidField('Filter.Statuses', `some of ${assetStatuses.join(', ')}`);
		}
		const name = filter?.text('Name') ?? '';
		const groupType = filter?.choice('GroupType', groupTypes);
		const found = store
			.assets(projectOf(fields))
			.filter(
				(asset) =>
					isAmong(groupIds, asset.groupId) &&
					isAmong(statuses, asset.status) &&
					asset.name.includes(name) &&
					(groupType === undefined || asset.groupType === groupType),
			);
		return pageOf(found, fields, describeAsset);
	},
	DeleteAsset: (body, store) => {
		store.deleteAsset(...readId(body));
		return {};
	},
};

function readId(body: unknown): [id: string, projectName: string] {
	const fields = OpenApiFields.ofBody(body, ['Id', 'ProjectName']);
	return [fields.requiredText('Id'), projectOf(fields)];
}

function projectOf(fields: OpenApiFields): string {
	return fields.text('ProjectName') ?? 'default';
}

function readUrl(fields: OpenApiFields): string {
	const url = fields.requiredText('URL');
	if (/^https?:\/\//i.test(url) && URL.canParse(url)) return url;
	throw invalidField('URL', 'an http: or https: URL');
}

/** Passes over a filter that is not there or empty. */
function isAmong(values: readonly string[] | undefined, value: string): boolean {
	return values === undefined || values.length === 0 || values.includes(value);
}

function describeGroup(group: AssetGroup) {
	return {
		Id: group.id,
		Name: group.name,
		Description: group.description,
		GroupType: group.groupType,
		ProjectName: group.projectName,
		CreateTime: timeText(group.createdMs),
	};
}

function describeAsset(asset: LibraryAsset) {
	return {
		Id: asset.id,
		GroupId: asset.groupId,
		AssetType: asset.assetType,
		Name: asset.name,
		Status: asset.status,
		ProjectName: asset.projectName,
		CreateTime: timeText(asset.createdMs),
		...(asset.status === 'Active' ? { URL: asset.url } : {}),
		...(asset.status === 'Failed'
			? { Error: { Code: 'FaceMismatch', Message: 'face mismatch' } }
			: {}),
	};
}

function timeText(timeMs: number): string {
	return new Date(timeMs).toISOString().replace(/\.\d+/, '');
}
