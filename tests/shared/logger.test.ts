import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openLogs } from '../../apps/shared/logger.ts';
import { createRedactor } from '../../apps/shared/redact.ts';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-logs-'));
  folders.push(folder);
  return folder;
}

describe('logs', () => {
  test('a planted secret appears in no line, however it is written', async () => {
    const dir = await makeFolder();
    const secret = 'p"a/s s';
    const logs = openLogs('test', { logLevel: 'fatal', logDir: dir, secrets: [secret] });
    const log = logs.layer('bronze');
    log.info(
      { url: `postgres://u:${encodeURIComponent(secret)}@h/d`, nested: { secret } },
      `plain ${secret}`,
    );
    log.error({ err: new Error(`failed with ${secret}`) }, 'oops');
    await logs.close();
    const text = await readFile(join(dir, 'bronze.log'), 'utf8');
    expect(text.trim().split('\n')).toHaveLength(2);
    expect(text).toContain('[redacted]');
    for (const form of [secret, encodeURIComponent(secret), 'p\\"a/s s'])
      expect(text).not.toContain(form);
    for (const line of text.trim().split('\n'))
      expect(JSON.parse(line)).toMatchObject({ name: 'test', layer: 'bronze' });
  });

  test('row-level detail goes to the layer’s file, below the console’s level', async () => {
    const dir = await makeFolder();
    const logs = openLogs('test', { logLevel: 'error', logDir: dir, secrets: [] });
    logs.layer('silver').debug('a row');
    logs.layer('gold').info('a step');
    await logs.close();
    expect(await readFile(join(dir, 'silver.log'), 'utf8')).toContain('a row');
    expect(await readFile(join(dir, 'gold.log'), 'utf8')).toContain('a step');
  });

  test('nothing is redacted when there are no secrets', () => {
    expect(createRedactor(['', ''])('as it is')).toBe('as it is');
  });
});
