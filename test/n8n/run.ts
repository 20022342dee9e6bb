import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { runAssetExample } from './assetCheck';
import type { N8nClient } from './client';
import { durationMsOf, outputOf, type ExecutionItem } from './execution';
import { startInstance, type Instance } from './instance';
import { runScript } from './interruption';
import { freePort } from './ports';
import { credentialDataFor } from './seed';
import { parseLine, versionsOf } from './versions';
import { manualTriggerType, nodeOfType, seedanceVideoType } from './workflow';

const executionTimeoutMs = 120_000;
const renderMs = 2_000;

interface Check {
	name: string;
	passed: boolean;
	found: unknown;
}

function withoutBytes({ json, binary = {} }: ExecutionItem) {
	const fields = Object.entries(binary).map(([field, { data, id, ...metadata }]) => {
		const where = id === undefined ? { data: `${data.length} base64 characters` } : { id, data };
		return [field, { ...where, ...metadata }] as const;
	});
	return { json, binary: Object.fromEntries(fields) };
}

async function isVideo(client: N8nClient, item: ExecutionItem | undefined): Promise<boolean> {
	const [binary] = Object.values(item?.binary ?? {});
	if (binary === undefined) return false;
	const bytes = await client.readBinary(binary);
	// An MP4 file begins with the length of its first box and then that box's type.
	return bytes.toString('latin1', 4, 8) === 'ftyp';
}

async function checkExecution({ client, seeded }: Instance): Promise<Check[]> {
	const { workflow } = seeded;
	const triggerName = nodeOfType(workflow, manualTriggerType);
	const executionId = await client.runWorkflow(workflow, triggerName);
	const execution = await client.waitForExecution(executionId, executionTimeoutMs);
	const result = execution.data?.resultData;
	const lastNode = result?.lastNodeExecuted ?? '';
	const [lastItem] = outputOf(execution, lastNode);
	const [video] = outputOf(execution, nodeOfType(workflow, seedanceVideoType));
	return [
		{
			name: 'the example workflow succeeds as a manual run',
			passed: execution.status === 'success',
			found: {
				status: execution.status,
				mode: execution.mode,
				durationMs: durationMsOf(execution),
				lastNode,
				error: result?.error,
			},
		},
		{
			name: 'the last node puts out an item',
			passed: lastItem !== undefined,
			found: lastItem === undefined ? undefined : withoutBytes(lastItem),
		},
		{
			name: 'the Seedance Video node puts out an MP4 file',
			passed: await isVideo(client, video),
			found: video === undefined ? undefined : withoutBytes(video).binary,
		},
	];
}

async function checkAssets(instance: Instance): Promise<Check[]> {
	const { execution, imageArrived, video } = await runAssetExample(instance, executionTimeoutMs);
	return [
		{
			name: 'the example asset-to-video succeeds, and its image arrives byte for byte',
			passed: execution.status === 'success' && imageArrived,
			found: { status: execution.status, imageArrived, error: execution.data?.resultData.error },
		},
		{
			name: 'its Seedance Video node puts out an MP4 file',
			passed: await isVideo(instance.client, video),
			found: video === undefined ? undefined : withoutBytes(video).binary,
		},
	];
}

async function checkCredential({ client, seeded, simulator }: Instance): Promise<Check[]> {
	const good = credentialDataFor(simulator);
	const nobody = `http://127.0.0.1:${await freePort()}`;
	const test = async (changed: Record<string, string>) =>
		await client.testCredential(seeded.credential, { ...good, ...changed });
	const right = await test({});
	const wrongKey = await test({ apiKey: 'wrong-key' });
	const unreachable = await test({ baseUrl: nobody });
	const testMode = await client.testCredential(seeded.credential, { provider: 'testMode' });
	return [
		{ name: 'the right key passes the test', passed: right.status === 'OK', found: right },
		{ name: 'a wrong key fails it', passed: wrongKey.status === 'Error', found: wrongKey },
		{
			name: 'an unreachable host fails it, with another message than a wrong key',
			passed: unreachable.status === 'Error' && unreachable.message !== wrongKey.message,
			found: unreachable,
		},
		{
			name: 'Test Mode passes it without a key',
			passed: testMode.status === 'OK',
			found: testMode,
		},
	];
}

async function main(signal: AbortSignal): Promise<number> {
	const { values } = parseArgs({ options: { line: { type: 'string', default: '2' } } });
	const line = parseLine(values.line);
	const userFolder = await mkdtemp(join(tmpdir(), 'seedance-n8n-'));
	const onProgress = (text: string) => process.stderr.write(`${text}\n`);
	const instance = await startInstance({ line, userFolder, renderMs, onProgress, signal });
	let checks: Check[];
	try {
		checks = [
			...(await checkExecution(instance)),
			...(await checkAssets(instance)),
			...(await checkCredential(instance)),
		];
	} finally {
		await instance.close();
	}
	const passed = checks.every((check) => check.passed);
	const report = { n8n: versionsOf(line).n8nVersion, passed, checks };
	process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
	if (passed) await rm(userFolder, { recursive: true, force: true });
	else onProgress(`n8n's data and log are kept in ${userFolder}`);
	return passed ? 0 : 1;
}

void runScript(main);
