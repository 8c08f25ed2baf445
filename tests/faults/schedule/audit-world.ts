import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from '../../../apps/shared/database.ts';
import { isTransient } from '../../../apps/shared/errors.ts';
import { type Audit, auditDemo, findFaults } from '../../../scripts/demo/audit.ts';
import { LATE_WRITER } from './hold-writer.ts';
import type { World } from './start-world.ts';

/** How long after the last fault everything has to be where it belongs. */
export const RECOVERY_LIMIT_MS = 120_000;

export interface Recovery {
  /** Rows that were compared. */
  rows: number;
  /** Milliseconds until everything was right. */
  tookMs: number;
}

/**
 * Ends all faults, lets everything that was offered come to gold, and compares: I1 to I3, and I7 by the time it takes.
 *
 * @throws when it is not right within the limit, with what is wrong.
 */
export async function recover(world: World): Promise<Recovery> {
  const { proxy, clock } = world;
  const startedAt = Date.now();
  proxy.heal();
  clock.freeze();
  await world.backgroundEnds();
  await finishFiles(world);
  for (;;) {
    const { faults, rows } = await audit(world);
    const tookMs = Date.now() - startedAt;
    if (faults.length === 0) {
      clock.thaw();
      return { rows, tookMs };
    }
    if (tookMs > RECOVERY_LIMIT_MS)
      throw new Error(
        `Not right ${tookMs / 1000} s after the last fault:\n  ${faults.join('\n  ')}`,
      );
    await sleep(250);
  }
}

async function finishFiles(world: World): Promise<void> {
  for (const file of world.unfinished) {
    const process = world.run('scripts/backfill.ts', ['--file', file.path]);
    const code = await process.exited;
    if (code !== 0 && code !== 2)
      throw new Error(`Nothing is wrong any more, and a backfill failed:\n${process.output()}`);
    world.unfinished.delete(file);
    world.known.events.push(...file.events);
    world.known.refused.push(...file.refused);
  }
}

/** Everything that is wrong with a warehouse to which nothing new comes, in sentences. */
export async function audit({
  pool,
  simulator,
  known,
}: Pick<World, 'pool' | 'known'> & {
  simulator: Pick<World['simulator'], 'offeredEvents' | 'refusedItems'>;
}) {
  const result: Audit = await auditDemo(pool, {
    offeredEvents: function* () {
      yield* simulator.offeredEvents();
      yield* known.events;
    },
    refusedItems: function* () {
      yield* simulator.refusedItems();
      for (const raw of known.refused) yield { kind: 'nul_escape', raw };
    },
  });
  const { rows } = await pool.query<Record<string, string>>(
    `select
       (select count(*) from bronze.raw_events)
         - (select coalesce(sum(inserted), 0) from ops.polls)
         - (select coalesce(sum(inserted), 0) from ops.source_files)
         - (select count(*) from bronze.raw_events where source = $1) as "rows of bronze more than the ledgers tell",
       (select coalesce(sum(attempts), 0) from bronze.dead_letter_queue)
         - (select coalesce(sum(dead_lettered), 0) from ops.polls)
         - (select coalesce(sum(dead_lettered), 0) from ops.source_files) as "refusals more than the ledgers tell",
       (select count(*) from (
          select event_id, event_type, created_at from bronze.raw_events
          except all
          select event_id, event_type, event_time from silver.events) as lost) as "rows of bronze that silver lacks",
       (select count(*) from (
          select event_id, event_type, event_time from silver.events
          except all
          select event_id, event_type, created_at from bronze.raw_events) as invented) as "rows of silver that bronze lacks",
       (select count(*) from (
          select event_id, event_type, event_time from silver.v_events
          except all
          select event_id, event_type, event_time from gold.fact_events) as lost) as "rows of silver that gold lacks",
       (select count(*) from (
          select event_id, event_type, event_time from gold.fact_events
          except all
          select event_id, event_type, event_time from silver.v_events) as invented) as "facts that silver lacks",
       (select count(*) from (
          select count(*) from gold.fact_events group by event_id, event_type, event_time having count(*) > 1) as twice
       ) as "facts that are there twice"`,
    [LATE_WRITER],
  );
  const counted = Object.entries(rows[0] ?? {})
    .filter(([, count]) => Number(count) !== 0)
    .map(([what, count]) => `${count} ${what}`);
  return {
    faults: [...findFaults(result), ...counted],
    rows: result.bronze + result.deadLetters + result.silver + result.facts,
  };
}

/** What has to hold in the middle of everything: I1, I3 and I4. Watermarks are as PostgreSQL writes them. */
export interface Standing {
  silver: string | null;
  gold: string | null;
}

/**
 * @returns the watermarks, to be given to the next look.
 * @throws when something is wrong.
 */
export async function lookAtStanding(pool: Pool, earlier: Standing): Promise<Standing> {
  const sql = `select
      (select watermark::text from ops.pipeline_watermarks where pipeline = 'silver') as silver,
      (select watermark::text from ops.pipeline_watermarks where pipeline = 'gold') as gold,
      (select coalesce(watermark < $1::timestamptz, false) from ops.pipeline_watermarks where pipeline = 'silver') as silver_went_back,
      (select coalesce(watermark < $2::timestamptz, false) from ops.pipeline_watermarks where pipeline = 'gold') as gold_went_back,
      (select count(*) from ops.polls where fetched <> inserted + duplicates + dead_lettered)
        + (select count(*) from ops.source_files where fetched <> inserted + duplicates + dead_lettered) as unbalanced,
      (select count(*) from gold.fact_events as fact
         where not exists (select from gold.dim_actors as dim where dim.actor_id = fact.actor_id)
            or not exists (select from gold.dim_repos as dim where dim.repo_id = fact.repo_id)
            or not exists (select from gold.dim_event_types as dim where dim.event_type = fact.event_type)
            or not exists (select from gold.dim_date as dim where dim.date_id = fact.date_id)) as dangling`;
  const { rows } = await twice(() => pool.query(sql, [earlier.silver, earlier.gold]));
  const { silver, gold, silver_went_back, gold_went_back, unbalanced, dangling } = rows[0] ?? {};
  const faults = [
    ...(silver_went_back ? ['the silver watermark went back'] : []),
    ...(gold_went_back ? ['the gold watermark went back'] : []),
    ...(Number(unbalanced) > 0 ? [`${unbalanced} rows of the ledgers do not balance`] : []),
    ...(Number(dangling) > 0 ? [`${dangling} facts have a key that points nowhere`] : []),
  ];
  if (faults.length > 0) throw new Error(`In the middle of the work: ${faults.join('; ')}`);
  return { silver: silver ?? earlier.silver, gold: gold ?? earlier.gold };
}

/** A connection of the pool may not know yet that the server has been stopped. */
async function twice<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isTransient(error)) throw error;
    return await work();
  }
}
