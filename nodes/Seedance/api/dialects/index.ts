import type { ApiStyle } from '../providers/provider';
import { arkTasks } from './arkTasks';
import type { Dialect } from './dialect';
import { openAiVideos } from './openAiVideos';

/** The dialect of each interface. */
export const dialects: Readonly<Record<ApiStyle, Dialect>> = {
	official: arkTasks,
	openAi: openAiVideos,
};
