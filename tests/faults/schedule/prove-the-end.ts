import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { World } from './start-world.ts';

/** Checksums by table. */
type Checksums = Record<string, string>;

/**
 * Proves of a warehouse whose processes have ended that running everything again changes nothing (I5), that gold built
 * step by step is gold built from nothing (I6), and that no log holds a secret (I8).
 *
 * @returns what was proven, in a sentence each.
 * @throws when it cannot be.
 */
export async function proveTheEnd(world: World, files: readonly string[]): Promise<string[]> {
  const { pool } = world;
  await transform(world);
  const before = await checksums(world, '');
  await transform(world);
  for (let from = 0; from < files.length; from += 20) {
    const args = files.slice(from, from + 20);
    await world.run('scripts/backfill.ts', ['--file', ...args]).exited;
  }
  await transform(world);
  requireEqual(before, await checksums(world, ''), 'Running everything again changed');

  const stepwise = await checksums(world, 'loading');
  await pool.query('select ops.reset_silver(null), ops.reset_coverage()');
  await transform(world);
  requireEqual(
    stepwise,
    await checksums(world, 'loading'),
    'Built from nothing it differs from built step by step:',
  );

  const texts = [...world.processes.map((one) => one.output()), ...readLogs(world.logDir)];
  for (const secret of world.secrets)
    if (texts.some((text) => text.includes(secret))) throw new Error('A log holds a secret.');
  const bytes = texts.reduce((sum, text) => sum + text.length, 0);
  return [
    `run again, with all ${files.length} files, ${Object.keys(before).length} tables keep their checksums`,
    'silver and gold built from nothing have the checksums of those built step by step',
    `no secret in ${(bytes / 1e6).toFixed(1)} MB of logs`,
  ];
}

async function transform(world: World): Promise<void> {
  const run = world.run('apps/transformer/main.ts', ['--once']);
  if ((await run.exited) !== 0) throw new Error(`The transformer failed:\n${run.output()}`);
}

/** Columns that tell when a row was loaded: built from nothing, they are new. */
const LOADING = ['processed_at', 'silver_processed_at', 'updated_at', 'discovered_at'];

/** @param leaveOut `loading` to leave out when rows were loaded. */
async function checksums({ pool }: World, leaveOut: '' | 'loading'): Promise<Checksums> {
  const found: Checksums = {};
  for (const table of [
    'bronze.raw_events',
    'silver.events',
    'gold.fact_events',
    'gold.dim_actors',
    'gold.dim_repos',
    'gold.dim_actors_history',
    'gold.dim_repos_history',
    'gold.dim_event_types',
  ]) {
    const { rows } = await pool.query<{ checksum: string }>(
      `select count(*) || ' ' || coalesce(sum(hashtextextended((to_jsonb(t) - $1::text[])::text, 0)::numeric), 0) as checksum
       from ${table} as t`,
      [leaveOut === '' ? [] : LOADING],
    );
    found[table] = rows[0]?.checksum ?? '';
  }
  return found;
}

function requireEqual(a: Checksums, b: Checksums, what: string): void {
  const changed = Object.keys(a).filter((table) => a[table] !== b[table]);
  if (changed.length > 0)
    throw new Error(
      `${what} ${changed.map((table) => `${table} (${a[table]}, then ${b[table]})`).join(', ')}`,
    );
}

function readLogs(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const bytes = readFileSync(join(folder, name));
    if (name.endsWith('.gz')) return [gunzipSync(bytes).toString()];
    return [bytes.toString()];
  });
}
