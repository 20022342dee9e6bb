import type { IExecuteFunctions } from 'n8n-workflow';
import type { Clock } from './clock';

type CredentialContext = Pick<IExecuteFunctions, 'getCredentials'>;

/** A key that the user replaces is used after this time, before a refusal of the old one ends a wait. */
const credentialMs = 5_000;

/** A context that keeps what it reads of the credential for a moment: n8n's helper asks for it with every request, and each time n8n reads it from its database and decrypts it. */
export function withKeptCredential<Context extends CredentialContext>(
	context: Context,
	clock: Clock,
): Context {
	let kept: Promise<object> | undefined;
	let keptUntilMs = 0;
	return {
		...context,
		async getCredentials<Credential extends object>(type: string) {
			const nowMs = clock.monotonicMs();
			if (kept === undefined || nowMs >= keptUntilMs) {
				keptUntilMs = nowMs + credentialMs;
				kept = context.getCredentials(type);
				// The next request asks again.
				kept.catch(() => (kept = undefined));
			}
			// n8n adds to what it gets.
			return { ...(await kept) } as Credential;
		},
	};
}
