import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { useProcesses } from '../support/spawn-process.ts';
import { isLongForm } from './form.ts';
import { proveTheEnd } from './schedule/prove-the-end.ts';
import { type RoundsReport, runRounds } from './schedule/run-rounds.ts';
import { startWorld, type World } from './schedule/start-world.ts';

const rounds = Number(process.env.FAULT_ROUNDS ?? (isLongForm ? 500 : 8));
const seed = Number(process.env.FAULT_SEED ?? Date.now() % 1_000_000);

const start = useProcesses();
const folder = mkdtempSync(join(tmpdir(), 'assay-schedule-'));
chmodSync(folder, 0o755);
let world: World | undefined;
afterAll(async () => {
  await world?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test(`${rounds} rounds of faults, seed ${seed}, end with a clean audit`, {
  timeout: 360_000 + rounds * 30_000,
}, async () => {
  const startedAt = Date.now();
  world = await startWorld(folder, seed, start);
  const report = await runRounds(world, seed, rounds);
  await Promise.all([world.listener.stop(), world.transformer.stop()]);
  const files = readdirSync(join(folder, 'files')).map((name) => join(folder, 'files', name));
  const proofs = await proveTheEnd(world, files);
  console.log(describe(report, proofs, Date.now() - startedAt));
  expect(report.rounds).toBe(rounds);
});

function describe({ rounds, faults, recoveries }: RoundsReport, proofs: string[], tookMs: number) {
  const kinds = [...faults].sort(([a], [b]) => a.localeCompare(b));
  const injected = kinds.reduce((sum, [, count]) => sum + count, 0);
  const audited = recoveries.reduce((sum, { rows }) => sum + rows, 0);
  const slowest = Math.max(...recoveries.map(({ tookMs }) => tookMs)) / 1000;
  return [
    `${rounds} rounds, seed ${seed}, ${(tookMs / 1000).toFixed(0)} s: ${injected} faults, ${recoveries.length} audits of ${audited} rows, ` +
      `all right again within ${slowest.toFixed(1)} s`,
    ...kinds.map(([name, count]) => `${String(count).padStart(6)}  ${name}`),
    ...proofs,
  ].join('\n');
}
