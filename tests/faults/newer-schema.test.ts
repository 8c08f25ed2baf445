import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { projectRoot } from '../../apps/shared/project-root.ts';
import { auditDemo, findFaults } from '../../scripts/demo/audit.ts';
import { until, useProcesses } from '../support/spawn-process.ts';
import { useTestDatabase } from '../support/test-database.ts';
import { useSimulators } from '../support/use-simulator.ts';
import { isLongForm } from './form.ts';

const database = useTestDatabase();
const startSimulator = useSimulators();
const start = useProcesses();
const newer = mkdtempSync(join(tmpdir(), 'assay-newer-'));
afterAll(() => rmSync(newer, { recursive: true, force: true }));

/** This version with a migration more, and every function written anew. */
function makeNewerVersion(): string[] {
  for (const folder of ['apps', 'scripts', 'warehouse'])
    cpSync(join(projectRoot, folder), join(newer, folder), { recursive: true });
  cpSync(join(projectRoot, 'package.json'), join(newer, 'package.json'));
  symlinkSync(join(projectRoot, 'node_modules'), join(newer, 'node_modules'));
  writeFileSync(
    join(newer, 'warehouse/ops/999_newer.sql'),
    `alter table bronze.raw_events add column newer_note text;
     alter table silver.events add column newer_note text;
     alter table gold.fact_events add column newer_note text;
     alter table ops.polls add column newer_note text;
     create index on silver.events (repo_id);`,
  );
  const written: string[] = [];
  for (const room of ['ops', 'bronze', 'silver', 'gold'])
    for (const name of readdirSync(join(newer, 'warehouse', room))) {
      if (!name.endsWith('.sql') || /^\d/.test(name)) continue;
      const path = join(newer, 'warehouse', room, name);
      writeFileSync(path, `-- Written anew.\n${readFileSync(path, 'utf8')}`);
      written.push(`${room}/${name}`);
    }
  return written;
}

test.skipIf(!isLongForm)(
  'a newer schema is installed while older processes load: they go on, and nothing is lost or doubled',
  async () => {
    const written = makeNewerVersion();
    const simulator = await startSimulator({ eventsPerSecond: 5, badRowRate: 0.05 });
    const env = {
      DATABASE_URL: database.connectionString,
      GITHUB_API_URL: simulator.url,
      GITHUB_TOKEN: 'x',
      POLL_INTERVAL_SECONDS: '0.2',
      TRANSFORM_SCHEDULE: '* * * * * *',
      SILVER_BATCH_SIZE: '50',
    };
    const older = [
      start('apps/listener/main.ts', [], env),
      start('apps/transformer/main.ts', [], env),
    ];
    const facts = async () => Number(await database.value('select count(*) from gold.fact_events'));
    await until(async () => (await facts()) > 100, 'the older ones load');

    const setup = start(relative(projectRoot, join(newer, 'scripts/setup-db.ts')), [], env);
    expect(await setup.exited, setup.output()).toBe(0);
    for (const name of ['ops/999_newer.sql', ...written]) expect(setup.output()).toContain(name);

    const before = await facts();
    await until(async () => (await facts()) > before + 10, 'the older ones go on', 120_000);
    expect(await Promise.all(older.map((one) => one.end('SIGTERM')))).toEqual([0, 0]);
    const again = start('apps/transformer/main.ts', ['--once'], env);
    expect(await again.exited, again.output()).toBe(0);
    expect(findFaults(await auditDemo(database.pool, simulator))).toEqual([]);
  },
  120_000,
);
