import { apiYi } from './apiYi';
import { bytePlus } from './bytePlus';
import { custom } from './custom';
import { powerTokens } from './powerTokens';
import type { Provider } from './provider';
import { testMode } from './testMode';
import { volcengine } from './volcengine';

/** Every provider, in the order of the credential's dropdown. */
export const providers: readonly Provider[] = [
	testMode,
	powerTokens,
	apiYi,
	bytePlus,
	volcengine,
	custom,
];
