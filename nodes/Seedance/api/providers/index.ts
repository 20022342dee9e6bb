import { custom } from './custom';
import { powerTokens } from './powerTokens';
import type { Provider } from './provider';

/** Every provider, in the order of the credential's dropdown. */
export const providers: readonly Provider[] = [powerTokens, custom];
