import type { InstalledN8n } from './install';
import { environmentForNode } from './npmEnvironment';

// Everything else is left behind: a person's own N8N_… or DB_… settings would reach their real
// database.
const inherited = ['PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'TEMP', 'TMP'];

const quietAndOffline = {
	N8N_HOST: '127.0.0.1',
	N8N_LISTEN_ADDRESS: '127.0.0.1',
	N8N_PROTOCOL: 'http',
	N8N_SECURE_COOKIE: 'false',
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_DIAGNOSTICS_CONFIG_FRONTEND: '',
	N8N_DIAGNOSTICS_CONFIG_BACKEND: '',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
	N8N_VERIFIED_PACKAGES_ENABLED: 'false',
	N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS: 'true',
	EXTERNAL_FRONTEND_HOOKS_URLS: '',
	DB_TYPE: 'sqlite',
	DB_SQLITE_POOL_SIZE: '2',
	NO_COLOR: '1',
};

/** Where one n8n keeps its data and listens. */
export interface N8nPlace {
	userFolder: string;
	port: number;
	/** n8n talks to its own task runner here. */
	brokerPort: number;
}

/**
 * The environment of an n8n that only listens on loopback. It makes no calls on its own and shows
 * no prompts.
 */
export function n8nEnvironment(
	installed: InstalledN8n,
	place: N8nPlace,
	extra: Readonly<Record<string, string>> = {},
): NodeJS.ProcessEnv {
	const whole = environmentForNode(installed.nodePath);
	const base = Object.fromEntries(inherited.map((name) => [name, whole[name]]));
	return {
		...base,
		...quietAndOffline,
		...installed.versions.environment,
		N8N_USER_FOLDER: place.userFolder,
		N8N_PORT: String(place.port),
		N8N_EDITOR_BASE_URL: `http://127.0.0.1:${place.port}/`,
		N8N_RUNNERS_BROKER_PORT: String(place.brokerPort),
		...extra,
	};
}
