import { setTimeout as delay } from 'node:timers/promises';

import { z } from 'zod';

import { executionSchema, hasEnded, type Execution, type ExecutionBinary } from './execution';
import { Rest, RestError } from './rest';
import { storedWorkflowSchema, type StoredWorkflow, type Workflow } from './workflow';

const credentialSchema = z.object({ id: z.string(), name: z.string(), type: z.string() });
const credentialTestSchema = z.object({ status: z.enum(['OK', 'Error']), message: z.string() });
const startedSchema = z.object({ executionId: z.coerce.string() });
const listedExecutionSchema = z.object({ id: z.coerce.string(), status: z.string() });
const listedExecutionsSchema = z.object({ results: z.array(listedExecutionSchema) });
const namedSchema = z.object({ id: z.string(), name: z.string() });
const identifiedSchema = z.object({ id: z.string() });
const retriedSchema = z.object({ id: z.coerce.string() });
const installedPackageSchema = z.object({
	packageName: z.string(),
	installedVersion: z.string(),
	installedNodes: z.array(
		z.object({ name: z.string(), type: z.string(), latestVersion: z.coerce.number() }),
	),
	updateAvailable: z.string().optional(),
});

/** A credential that an n8n has, without its secrets. */
export type Credential = z.infer<typeof credentialSchema>;

/** An execution in n8n's list. */
export type ListedExecution = z.infer<typeof listedExecutionSchema>;

/** What n8n says after it tested a credential. */
export type CredentialTest = z.infer<typeof credentialTestSchema>;

/** A community package as the page Community nodes shows it. */
export type InstalledPackage = z.infer<typeof installedPackageSchema>;

/** The fields of a credential, by the names of its type. */
export type CredentialData = Readonly<Record<string, string | number | boolean>>;

/** A data table of n8n, and the address of its page. */
export interface DataTable {
	id: string;
	path: string;
}

/** The person who owns an instance. */
export interface Owner {
	email: string;
	password: string;
	firstName: string;
	lastName: string;
}

const pollMs = 250;

/** What the editor does in a real n8n, without the editor: the same calls on 1.x and 2.x. */
export class N8nClient {
	private readonly rest: Rest;

	constructor(readonly origin: string) {
		this.rest = new Rest(origin);
	}

	/** Sets up the owner of a new instance, or signs in to one that has an owner. */
	async signIn(owner: Owner): Promise<void> {
		try {
			await this.rest.request('POST', '/owner/setup', owner);
		} catch (error) {
			if (!(error instanceof RestError) || error.status >= 500) throw error;
			const { email, password } = owner;
			await this.rest.request('POST', '/login', { emailOrLdapLoginId: email, password });
		}
	}

	async listCredentials(): Promise<Credential[]> {
		return await this.rest.call(z.array(credentialSchema), 'GET', '/credentials');
	}

	async createCredential(name: string, type: string, data: CredentialData): Promise<Credential> {
		const body = { name, type, data };
		return await this.rest.call(credentialSchema, 'POST', '/credentials', body);
	}

	async updateCredential(credential: Credential, data: CredentialData): Promise<Credential> {
		const body = { ...credential, data };
		return await this.rest.call(credentialSchema, 'PATCH', `/credentials/${credential.id}`, body);
	}

	/**
	 * Tests the data under a stored credential's id, as the editor's Test button does. Nothing is
	 * stored.
	 */
	async testCredential(credential: Credential, data: CredentialData): Promise<CredentialTest> {
		const body = { credentials: { ...credential, data } };
		return await this.rest.call(credentialTestSchema, 'POST', '/credentials/test', body);
	}

	/**
	 * Connects an OAuth2 credential as its owner does. The function receives the address of the consent
	 * page and returns the code that the browser comes back with.
	 */
	async connectOAuth2(credential: Credential, consent: (url: URL) => string): Promise<void> {
		const path = '/oauth2-credential';
		const address = await this.rest.call(z.string(), 'GET', `${path}/auth?id=${credential.id}`);
		const url = new URL(address);
		const state = url.searchParams.get('state') ?? '';
		const query = new URLSearchParams({ code: consent(url), state });
		const response = await this.rest.request('GET', `${path}/callback?${query.toString()}`);
		const page = await response.text();
		if (!page.includes('Connection successful')) throw new Error(`n8n did not connect: ${page}`);
	}

	/** Creates a data table with columns of text, and its rows. */
	async createDataTable(
		name: string,
		columns: readonly string[],
		rows: ReadonlyArray<Readonly<Record<string, string>>>,
	): Promise<DataTable> {
		const project = await this.rest.call(identifiedSchema, 'GET', '/projects/personal');
		const path = `/projects/${project.id}/data-tables`;
		const { id } = await this.rest.call(identifiedSchema, 'POST', path, {
			name,
			columns: columns.map((column) => ({ name: column, type: 'string' })),
		});
		await this.rest.request('POST', `${path}/${id}/insert`, { data: rows, returnType: 'count' });
		return { id, path: `/projects/${project.id}/datatables/${id}` };
	}

	async listWorkflows(): Promise<Array<z.infer<typeof namedSchema>>> {
		return await this.rest.call(z.array(namedSchema), 'GET', '/workflows');
	}

	async readWorkflow(id: string): Promise<StoredWorkflow> {
		return await this.rest.call(storedWorkflowSchema, 'GET', `/workflows/${id}`);
	}

	async createWorkflow(workflow: Workflow): Promise<StoredWorkflow> {
		const body = { settings: { executionOrder: 'v1' }, ...workflow, active: false };
		return await this.rest.call(storedWorkflowSchema, 'POST', '/workflows', body);
	}

	/** Saves a workflow that the instance has, as it is now. */
	async updateWorkflow(workflow: StoredWorkflow): Promise<StoredWorkflow> {
		const { id, name, nodes, connections, settings, versionId } = workflow;
		const body = { name, nodes, connections, settings, versionId };
		return await this.rest.call(storedWorkflowSchema, 'PATCH', `/workflows/${id}`, body);
	}

	/** Makes the workflow's webhooks, forms and schedules live. */
	async activate(workflow: StoredWorkflow): Promise<void> {
		const { id, versionId } = workflow;
		await this.rest.request('POST', `/workflows/${id}/activate`, { versionId });
	}

	/** Removes the workflow's webhooks, forms and schedules. */
	async deactivate({ id }: StoredWorkflow): Promise<void> {
		await this.rest.request('POST', `/workflows/${id}/deactivate`, {});
	}

	/** Starts a manual run at the named trigger and returns the execution's id. */
	async runWorkflow(workflow: StoredWorkflow, triggerName: string): Promise<string> {
		const triggerToStartFrom = { name: triggerName };
		const body = { workflowData: workflow, startNodes: [], triggerToStartFrom };
		const path = `/workflows/${workflow.id}/run`;
		return (await this.rest.call(startedSchema, 'POST', path, body)).executionId;
	}

	async readExecution(id: string): Promise<Execution> {
		return await this.rest.call(executionSchema, 'GET', `/executions/${id}`);
	}

	/** Resolves when the execution has ended. Rejects on a timeout. */
	async waitForExecution(id: string, timeoutMs: number): Promise<Execution> {
		const deadlineMs = Date.now() + timeoutMs;
		for (;;) {
			const execution = await this.readExecution(id);
			if (hasEnded(execution)) return execution;
			if (Date.now() >= deadlineMs) {
				const { status } = execution;
				throw new Error(`Execution ${id} is still ${status} after ${timeoutMs / 1000} s`);
			}
			await delay(pollMs);
		}
	}

	/** The executions of a workflow, newest first, without their data. At most 100. */
	async listExecutions(workflowId: string): Promise<ListedExecution[]> {
		const query = new URLSearchParams({ filter: JSON.stringify({ workflowId }), limit: '100' });
		const path = `/executions?${query.toString()}`;
		const { results } = await this.rest.call(listedExecutionsSchema, 'GET', path);
		return results.sort((first, second) => Number(second.id) - Number(first.id));
	}

	/** Runs a failed execution again from the node that failed, as Retry in the list of executions does, and returns the new execution's id once that has ended. */
	async retryExecution(id: string, loadWorkflow: boolean): Promise<string> {
		const path = `/executions/${id}/retry`;
		return (await this.rest.call(retriedSchema, 'POST', path, { loadWorkflow })).id;
	}

	async listPackages(): Promise<InstalledPackage[]> {
		return await this.rest.call(z.array(installedPackageSchema), 'GET', '/community-packages');
	}

	/** Installs the newest version of a community package from npm, as the page Community nodes does. */
	async installPackage(name: string): Promise<InstalledPackage> {
		return await this.rest.call(installedPackageSchema, 'POST', '/community-packages', { name });
	}

	/** Installs a version over the one that is installed, if the registry announces this checksum for it. */
	async updatePackage(name: string, version: string, checksum: string): Promise<InstalledPackage> {
		const body = { name, version, checksum };
		return await this.rest.call(installedPackageSchema, 'PATCH', '/community-packages', body);
	}

	async uninstallPackage(name: string): Promise<void> {
		await this.rest.request('DELETE', `/community-packages?name=${encodeURIComponent(name)}`);
	}

	async stopExecution(id: string): Promise<void> {
		await this.rest.request('POST', `/executions/${id}/stop`, {});
	}

	/** The bytes of a binary field, wherever the instance keeps them. */
	async readBinary(binary: ExecutionBinary): Promise<Buffer> {
		if (binary.id === undefined) return Buffer.from(binary.data, 'base64');
		const query = new URLSearchParams({ id: binary.id, action: 'download' });
		const response = await this.rest.request('GET', `/binary-data?${query.toString()}`);
		return Buffer.from(await response.arrayBuffer());
	}
}
