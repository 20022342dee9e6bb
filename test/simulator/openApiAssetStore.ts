import { isMarkedFailed, processingMsOf, type AssetPace, type AssetPlan } from './assets';
import { newId } from './ids';
import type { MediaKind } from './mediaUrls';
import { OpenApiError } from './openApiErrors';

/** The types of an asset, by their names in the OpenAPI. */
export const kindByAssetType = {
	Image: 'image',
	Video: 'video',
	Audio: 'audio',
} as const satisfies Readonly<Record<string, MediaKind>>;

/** The name of a type of asset. */
export type AssetType = keyof typeof kindByAssetType;

/** The states of an asset. Source: BytePlus docs 2318271. */
export const assetStatuses = ['Processing', 'Active', 'Failed'] as const;

/** The name of a state of an asset. */
export type AssetStatus = (typeof assetStatuses)[number];

/** The fields of a new group. */
export interface AssetGroupPlan {
	readonly name: string;
	readonly description: string;
	readonly groupType: string;
	readonly projectName: string;
}

/** A group of assets. */
export interface AssetGroup extends AssetGroupPlan {
	readonly id: string;
	readonly createdMs: number;
}

/** The fields of a new asset. */
export interface LibraryAssetPlan {
	readonly groupId: string;
	readonly url: string;
	readonly assetType: AssetType;
	readonly name: string;
	readonly projectName: string;
}

/** An asset as it stands now. */
export interface LibraryAsset extends LibraryAssetPlan {
	readonly id: string;
	readonly groupType: string;
	readonly createdMs: number;
	readonly status: AssetStatus;
}

type AssetRecord = Omit<LibraryAsset, 'status'> & { readonly readyMs: number };

/** The groups and assets of an account, each of which belongs to one of its projects. */
export class OpenApiAssetStore {
	private readonly groupsById = new Map<string, AssetGroup>();
	private readonly assetsById = new Map<string, AssetRecord>();

	constructor(private readonly pace: AssetPace) {}

	createGroup(plan: AssetGroupPlan): AssetGroup {
		const createdMs = this.pace.now();
		const id = newId('group', createdMs, (candidate) => this.groupsById.has(candidate));
		const group = { ...plan, id, createdMs };
		this.groupsById.set(id, group);
		return group;
	}

	/** The groups of a project, newest first. */
	groups(projectName: string): AssetGroup[] {
		const groups = [...this.groupsById.values()].reverse();
		return groups.filter((group) => group.projectName === projectName);
	}

	/** Finds a group of a project. Throws the refusal for an unknown one. */
	group(id: string, projectName: string): AssetGroup {
		const group = this.groupsById.get(id);
		if (group?.projectName !== projectName) {
			throw new OpenApiError('NotFound.AssetGroup', `The project has no asset group ${id}.`);
		}
		return group;
	}

	/** Creates an asset in a group of the same project. Throws the refusal for an unknown group. */
	createAsset(plan: LibraryAssetPlan): LibraryAsset {
		const { groupType } = this.group(plan.groupId, plan.projectName);
		const createdMs = this.pace.now();
		const id = newId('asset', createdMs, (candidate) => this.assetsById.has(candidate));
		const readyMs = createdMs + processingMsOf(planOf(plan), plan.url, this.pace);
		const record = { ...plan, id, groupType, createdMs, readyMs };
		this.assetsById.set(id, record);
		return this.stateOf(record);
	}

	/** The assets of a project, newest first. */
	assets(projectName: string): LibraryAsset[] {
		const records = [...this.assetsById.values()].reverse();
		return records
			.filter((record) => record.projectName === projectName)
			.map((record) => this.stateOf(record));
	}

	/** Finds an asset of a project. Throws the refusal for an unknown one. */
	asset(id: string, projectName: string): LibraryAsset {
		const record = this.assetsById.get(id);
		if (record?.projectName !== projectName) {
			throw new OpenApiError('NotFound.Asset', `The project has no asset ${id}.`);
		}
		return this.stateOf(record);
	}

	/** Deletes an asset of a project. Throws the refusal for an unknown one. */
	deleteAsset(id: string, projectName: string): void {
		this.assetsById.delete(this.asset(id, projectName).id);
	}

	/** Finds an asset of any project that is ready to be used, or returns undefined. */
	findAsset(id: string): AssetPlan | undefined {
		const record = this.assetsById.get(id);
		if (record === undefined || this.stateOf(record).status !== 'Active') return undefined;
		return planOf(record);
	}

	private stateOf({ readyMs, ...asset }: AssetRecord): LibraryAsset {
		const end = isMarkedFailed(asset.url) ? 'Failed' : 'Active';
		return { ...asset, status: this.pace.now() < readyMs ? 'Processing' : end };
	}
}

function planOf({ name, assetType }: LibraryAssetPlan): AssetPlan {
	return { name, kind: kindByAssetType[assetType] };
}
