import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// n8n-core reads these when it is imported, so this file is imported before it.
process.env['N8N_USER_FOLDER'] = mkdtempSync(join(tmpdir(), 'n8n-nodes-seedance-engine-'));
process.env['N8N_ENCRYPTION_KEY'] = 'engine-harness';
process.env['N8N_DEFAULT_BINARY_DATA_MODE'] = 'filesystem';
process.env['N8N_LOG_LEVEL'] = 'silent';
process.env['N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS'] = 'true';

/** The folder that the engine's n8n keeps its settings and binary data in. */
export const userFolder = process.env['N8N_USER_FOLDER'];
