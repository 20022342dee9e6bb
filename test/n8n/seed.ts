import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Credential, CredentialData, N8nClient } from './client';
import { projectFolder } from './packageTarball';
import { withCredential, workflowSchema, type StoredWorkflow, type Workflow } from './workflow';

/** Where the nodes find a provider, and the key that it accepts. */
export interface ProviderAccess {
	origin: string;
	apiKey: string;
}

/** What was put into an instance, or found there from an earlier run. */
export interface Seeded {
	credential: Credential;
	workflow: StoredWorkflow;
}

/** The name of the package's credential type. */
export const credentialType = 'seedanceApi';

const credentialName = 'Seedance (local simulator)';
const exampleFile = join(projectFolder, 'examples', 'prompt-to-video.json');

/** The fields of a credential for a provider with PowerTokens' interface. */
export function credentialDataFor({ origin, apiKey }: ProviderAccess): CredentialData {
	return {
		provider: 'powerTokens',
		apiStyle: 'official',
		apiKey,
		authorizationFormat: 'bearer',
		baseUrl: origin,
	};
}

/** Reads the example workflow that people import. */
export async function readExampleWorkflow(file: string = exampleFile): Promise<Workflow> {
	return workflowSchema.parse(JSON.parse(await readFile(file, 'utf8')));
}

async function seedCredential(client: N8nClient, access: ProviderAccess): Promise<Credential> {
	const data = credentialDataFor(access);
	const all = await client.listCredentials();
	const kept = all.find(({ name, type }) => name === credentialName && type === credentialType);
	// The simulator may listen on another port than in the run that made this credential.
	if (kept !== undefined) return await client.updateCredential(kept, data);
	return await client.createCredential(credentialName, credentialType, data);
}

/**
 * Puts the credential and the workflow into an instance; a workflow of that name is left as the
 * person has it.
 */
export async function seed(
	client: N8nClient,
	access: ProviderAccess,
	example: Workflow,
): Promise<Seeded> {
	const credential = await seedCredential(client, access);
	const all = await client.listWorkflows();
	const kept = all.find(({ name }) => name === example.name);
	if (kept !== undefined) return { credential, workflow: await client.readWorkflow(kept.id) };
	const workflow = withCredential(example, credentialType, credential);
	return { credential, workflow: await client.createWorkflow(workflow) };
}
