import { officialFormat } from './official';
import { openAiFormat } from './openAi';
import type { ApiStyle, WireFormat } from './wire';

/** The wire format of each interface. */
export const wireFormats: Readonly<Record<ApiStyle, WireFormat>> = {
	official: officialFormat,
	openAi: openAiFormat,
};
