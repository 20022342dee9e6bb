import { randomBytes } from 'node:crypto';

import type { CredentialData } from '../n8n/client';
import type { OutsideAnswer, OutsideHost, OutsideRequest } from './outsideHosts';

const unauthenticated: OutsideAnswer = {
	status: 401,
	body: {
		error: {
			code: 401,
			message: 'Request had invalid authentication credentials.',
			status: 'UNAUTHENTICATED',
		},
	},
};

/** Google's OAuth 2.0 for web server applications, with one client and one person who always consents. */
export class GoogleAccount implements OutsideHost {
	readonly hostnames = ['oauth2.googleapis.com'];

	/** The fields of each n8n credential for this client. */
	readonly credentialData: CredentialData = {
		clientId: 'client.apps.googleusercontent.com',
		clientSecret: 'GOCSPX-test',
	};

	private readonly scopesOfCode = new Map<string, string>();
	private readonly scopesOfToken = new Map<string, string>();

	/** Follows Google's consent page. Returns the code that the browser is sent back with. */
	consent(url: URL): string {
		const { origin, pathname, searchParams } = url;
		if (`${origin}${pathname}` !== 'https://accounts.google.com/o/oauth2/v2/auth') {
			throw new Error(`That is not Google's consent page: ${url.href}`);
		}
		if (searchParams.get('client_id') !== this.credentialData['clientId']) {
			throw new Error('Google does not know this client');
		}
		const code = randomBytes(16).toString('hex');
		this.scopesOfCode.set(code, searchParams.get('scope') ?? '');
		return code;
	}

	/** Exchanges a code for an access token. */
	answer({ method, url, body }: OutsideRequest): OutsideAnswer {
		const form = new URLSearchParams(body.toString('utf8'));
		const { clientId, clientSecret } = this.credentialData;
		const scope = this.scopesOfCode.get(form.get('code') ?? '');
		const isRight =
			method === 'POST' &&
			url.pathname === '/token' &&
			form.get('grant_type') === 'authorization_code' &&
			form.get('client_id') === clientId &&
			form.get('client_secret') === clientSecret;
		if (!isRight || scope === undefined) return { status: 400, body: { error: 'invalid_grant' } };
		const accessToken = `ya29.${randomBytes(24).toString('hex')}`;
		this.scopesOfToken.set(accessToken, scope);
		return {
			status: 200,
			body: {
				access_token: accessToken,
				refresh_token: `1//${randomBytes(24).toString('hex')}`,
				expires_in: 3599,
				scope,
				token_type: 'Bearer',
			},
		};
	}

	/** The refusal of a request whose token was not issued here, or not for the scope. Undefined if the request is allowed. */
	refusalOf({ headers }: OutsideRequest, scope: string): OutsideAnswer | undefined {
		const token = headers['authorization']?.replace(/^Bearer /, '') ?? '';
		const granted = this.scopesOfToken.get(token)?.split(' ') ?? [];
		return granted.includes(`https://www.googleapis.com/auth/${scope}`)
			? undefined
			: unauthenticated;
	}
}
