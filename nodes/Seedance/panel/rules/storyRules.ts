import { labelsOfFamilies, type Resolution } from '../../seedance/models';
import type { UnsentRequest } from '../../seedance/request';
import { resolutionOf } from '../../seedance/tokens';
import { issue, type Issue } from '../issues';
import { supportsOption, type CreateOptions } from '../options';
import type { Story } from '../story';
import { notInInterface, type CreateInput } from './rule';

/** What holds for every item of a story. Source of the models of extensions: BytePlus docs 2607688 (omni_reference_task_type). */
export function storyRule({ continueWith }: Story, input: CreateInput): Issue[] {
	const { waits, options, family, connection, modelId } = input;
	const issues: Issue[] = [];
	if (!waits) issues.push(issue('waitForCompletion', 'storyNeedsWait'));
	if (options.draft === true) issues.push(issue('options.draft', 'draftNotInStory'));
	if (continueWith === 'extension') {
		if (!supportsOption(family, 'taskType')) {
			const models = labelsOfFamilies((other) => supportsOption(other, 'taskType'));
			const values = { model: family?.label ?? modelId, models };
			issues.push(issue('continueWith', 'extensionNotSupported', values));
		} else if (connection.wire.bodyForm(modelId) !== 'official') {
			issues.push(notInInterface('continueWith', connection));
		}
	}
	return issues;
}

/** A shot as it was read. */
export interface ReadShot {
	readonly request: UnsentRequest;
	readonly options: CreateOptions;
	/** From 1. */
	readonly shot: number;
}

/** Members of the body that hold the media, in each interface. */
const mediaMembers = ['content', 'media', 'image'];

/** What is wrong with a shot that continues another one. A chain has the ratio and the resolution of its first shot. */
export function laterShotIssues({ request, options, shot }: ReadShot, first: ReadShot): Issue[] {
	const issues: Issue[] = [];
	const { resolution, ratio = 'adaptive' } = request;
	const values = { shot };
	const resolutionOfFirst = shownResolution(first.request);
	if (resolution !== undefined && resolution !== resolutionOfFirst) {
		const wanted = resolutionOfFirst ?? 'Model Default';
		issues.push(issue('resolution', 'shotDiffers', { ...values, given: resolution, wanted }));
	}
	const { ratio: ratioOfFirst = 'adaptive' } = first.request;
	if (ratio !== 'adaptive' && ratio !== ratioOfFirst) {
		issues.push(
			issue('ratio', 'shotDiffers', {
				...values,
				given: ratio,
				wanted: labelOfRatio(ratioOfFirst),
			}),
		);
	}
	if (request.media.some((media) => 'url' in media)) {
		issues.push(issue('firstFrame', 'frameOfLaterShot', values));
	}
	if (options.webSearch === true) issues.push(issue('options.webSearch', 'webSearchNeedsText'));
	if ((options.dryRun ?? false) !== (first.options.dryRun ?? false)) {
		issues.push(issue('options.dryRun', 'dryRunDiffers', values));
	}
	issues.push(...takenMembers(request, mediaMembers));
	return issues;
}

/** What keeps the next shot from being made from this one. */
export function earlierShotIssues({ request }: Pick<ReadShot, 'request'>): Issue[] {
	return takenMembers(request, ['return_last_frame']);
}

function takenMembers({ extraBody }: UnsentRequest, members: readonly string[]): Issue[] {
	return members
		.filter((member) => member in extraBody)
		.map((member) => issue('options.extraBody', 'memberOfStory', { member }));
}

function shownResolution(request: UnsentRequest): Resolution | undefined {
	const { family } = request;
	return family === undefined ? request.resolution : resolutionOf(request, family);
}

const labelOfRatio = (ratio: string) => (ratio === 'adaptive' ? 'Adaptive' : ratio);
