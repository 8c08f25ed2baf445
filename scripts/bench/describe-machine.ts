import { readFileSync } from 'node:fs';
import { cpus, totalmem, type } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { projectRoot } from '../../apps/shared/project-root.ts';

/** What the figures were measured on. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryBytes: number;
  system: string;
  node: string;
  assay: string;
  postgres: string;
  /** Settings of the server that loading depends on. */
  settings: Record<string, string>;
}

const SETTINGS = [
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'wal_level',
  'shared_buffers',
  'work_mem',
  'maintenance_work_mem',
  'max_wal_size',
  'checkpoint_timeout',
  'max_parallel_workers_per_gather',
  'autovacuum',
  'jit',
];

export async function describeMachine(connectionString: string): Promise<Machine> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; value: string }>(
      `select name, current_setting(name) as value from pg_settings where name = any ($1)
       union all select 'server_version', current_setting('server_version')`,
      [SETTINGS],
    );
    const found = Object.fromEntries(rows.map(({ name, value }) => [name, value]));
    const { server_version = '', ...settings } = found;
    const processors = cpus();
    return {
      cpu: processors[0]?.model.trim() ?? 'unknown',
      cores: processors.length,
      memoryBytes: totalmem(),
      system: `${type()} ${process.arch}`,
      node: process.version,
      assay: readVersion(),
      postgres: server_version,
      settings,
    };
  } finally {
    await client.end();
  }
}

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}
