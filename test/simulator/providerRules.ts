import type { Content } from './contentRules';
import { isObject, type CreateBody } from './createFields';
import { invalidParameter } from './errors';
import type { Provider } from './providers';

/**
 * Checks service_tier against the provider and the fields that it excludes. Throws the 400.
 * Source: PowerTokens create reference, service_tier (offline inference is not integrated), draft and priority (not with flex).
 */
export function checkServiceTier(body: CreateBody, provider: Provider): void {
	const { service_tier: tier } = body;
	if (tier === undefined || tier === 'default') return;
	if (!provider.offlineInference) {
		throw invalidParameter('service_tier', 'default, as offline inference is not available');
	}
	if (tier !== 'flex') throw invalidParameter('service_tier', 'one of default, flex');
	if (body.draft === true) throw invalidParameter('service_tier', 'default for a draft');
	if (body.priority !== undefined) {
		throw invalidParameter('priority', 'no value in the service tier flex');
	}
}

/**
 * Checks the tools, of which web_search is the only one, against the provider and the content. Throws the 400.
 * Source: PowerTokens create reference, tools (not on overseas nodes); Volcengine Ark CLI (with text alone).
 */
export function checkTools(body: CreateBody, content: Content, provider: Provider): void {
	if (body.tools === undefined || body.tools.length === 0) return;
	if (!provider.webSearch) {
		throw invalidParameter('tools', 'no tool, as web_search is not available here');
	}
	for (const [index, tool] of body.tools.entries()) {
		if (!isObject(tool)) throw invalidParameter(`tools[${index}]`, 'an object');
		if (tool.type !== 'web_search') throw invalidParameter(`tools[${index}].type`, 'web_search');
	}
	if (content.mode !== 'text') throw invalidParameter('tools', 'no web_search along with media');
}

/** Checks the requested resolution for an endpoint whose model is unknown here. Throws the 400. */
export function checkEndpointResolution(body: CreateBody, provider: Provider): void {
	const sold = new Set(Object.values(provider.models).flatMap(({ resolutions }) => resolutions));
	if (body.resolution !== undefined && !sold.has(body.resolution)) {
		throw invalidParameter('resolution', `one of ${[...sold].join(', ')}`);
	}
}
