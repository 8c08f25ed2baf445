import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { saveEvents } from '../../apps/listener/save-events.ts';
import { withTransaction } from '../../apps/shared/database.ts';
import { projectRoot } from '../../apps/shared/project-root.ts';
import type { Bench, BenchDatabase } from './bench-types.ts';
import { expectRows, time } from './measure.ts';
import { transformOnce } from './transform-once.ts';

const FUNCTION = join(projectRoot, 'scripts', 'bench', 'history.sql');

/** Where the history lies: in the months before this one, or in this one, where the next events come. */
export type Placement = 'earlier months' | 'this month';

export interface LayerTimes {
  bronze: number;
  silver: number;
  gold: number;
  coverage: number;
}

export interface History {
  database: BenchDatabase;
  size: number;
  /** Brings the next events in as the listener and the transformer do. Milliseconds of each layer. */
  next: (count: number) => Promise<LayerTimes>;
}

/** Events brought through silver and gold at once while a history is made. */
const STAGE = 1_000_000;
/** Rows of a stage count as processed this much after those of the one before, so that no grace window holds both. */
const STAGE_HOURS = 2;
/** So dense lies a history; one that is longer than a year gets denser. */
const EVENTS_OF_A_MONTH = 1_000_000;
const MOST_MONTHS = 12;
/** As the feed gives them in a walk. */
const BATCH = 300;

/**
 * Makes a warehouse with a history. Bronze is filled by SQL; silver and gold by the transformer, with the time that rows
 * are stamped with set back, so that afterwards it looks as if all that had been done long ago.
 *
 * @throws Error when it does not hold what such a warehouse would hold.
 */
export async function growHistory(
  bench: Bench,
  size: number,
  placement: Placement,
): Promise<History> {
  const database = await bench.warehouse();
  const { pool, connectionString } = database;
  await pool.query(await readFile(FUNCTION, 'utf8'));
  const { rows } = await pool.query<{ begins: string; ends_github: string; ends: string }>(
    placement === 'earlier months'
      ? `select (month - $1 * interval '30 days')::text as begins, month::text as ends_github,
           (now() - interval '2 hours')::text as ends
         from date_trunc('month', now(), 'UTC') as month`
      : `select greatest(month, now() - $1 * interval '30 days')::text as begins,
           greatest(month, now() - interval '2 hours')::text as ends_github,
           (now() - interval '2 hours')::text as ends
         from date_trunc('month', now(), 'UTC') as month`,
    [Math.min(MOST_MONTHS, size / EVENTS_OF_A_MONTH)],
  );
  const span = rows[0];
  if (span === undefined) throw new Error('The server did not tell the time.');
  const numbers = [size, span.begins, span.ends_github, span.ends];

  const stages = Math.ceil(size / STAGE);
  for (let stage = 0; stage < stages; stage++) {
    const [first, last] = [stage * STAGE + 1, Math.min(size, (stage + 1) * STAGE)];
    bench.progress(`history: ${last.toLocaleString('en-US')} events of history in ${placement}`);
    await pool.query(
      `insert into bronze.raw_events (event_id, event_type, created_at, ingested_at, source, payload)
       select event_id, event_type, created_at, ingested_at, 'api:public', payload
       from bench.make_events($1, $2, $3, $4, $5, $6)`,
      [first, last, ...numbers],
    );
    const hoursAgo = (stages - stage + 1) * STAGE_HOURS;
    await pool.query(
      `alter table silver.events alter processed_at set default date_trunc('hour', now()) - interval '${hoursAgo} hours'`,
    );
    await transformOnce(connectionString, bench.signal, { silverBatchSize: 50_000 });
  }
  await pool.query('alter table silver.events alter processed_at set default now()');
  await requireDrained(database, size);
  await pool.query('vacuum analyze');
  await pool.query('checkpoint').catch(() => {});

  let newest = size;
  return {
    database,
    size,
    next: async (count) => {
      const { rows: events } = await pool.query<{ json: Buffer }>(
        `select convert_to(payload::text, 'UTF8') as json
         from bench.make_events($1, $2, $2, now() - interval '10 minutes', now(), now())`,
        // Ids go on from those of the history; the times are those of now.
        [newest + 1, newest + count],
      );
      newest += count;
      const items = events.map(({ json }) => ({ bytes: json, position: null }));
      const { ms: bronze } = await time(async () => {
        for (let start = 0; start < items.length; start += BATCH) {
          await withTransaction(pool, (client) =>
            saveEvents(client, 'api:public', items.slice(start, start + BATCH)),
          );
        }
      });
      const { silver, gold, coverage } = await transformOnce(connectionString, bench.signal);
      expectRows('the next events in silver', silver.rows, count);
      expectRows('the next events in gold', gold.rows, count);
      return { bronze, silver: silver.ms, gold: gold.ms, coverage: coverage.ms };
    },
  };
}

async function requireDrained({ pool }: BenchDatabase, size: number): Promise<void> {
  const { rows } = await pool.query<Record<string, number>>(
    `select (select count(*) from bronze.raw_events)::integer as "bronze.raw_events",
       (select count(*) from silver.events)::integer as "silver.events",
       (select count(*) from gold.fact_events)::integer as "gold.fact_events"`,
  );
  for (const [table, count] of Object.entries(rows[0] ?? {})) expectRows(table, count, size);
  const recent = await pool.query(
    `select from ops.pipeline_watermarks
     where pipeline in ('silver', 'gold') and watermark > now() - interval '90 minutes'`,
  );
  expectRows('watermarks of the last 90 minutes', recent.rowCount ?? 0, 0);
}
