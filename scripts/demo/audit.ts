import { createHash } from 'node:crypto';
import type { Pool } from '../../apps/shared/database.ts';
import type { Simulator } from '../../apps/simulator/simulator-types.ts';

/** What a demo brought, compared with what the simulator knows it offered. All are counts. */
export interface Audit {
  eventsOffered: number;
  /** Of them, how many each layer lacks. */
  missingInBronze: number;
  missingInSilver: number;
  missingInGold: number;
  itemsRefused: number;
  missingInDeadLetters: number;
  bronze: number;
  deadLetters: number;
  silver: number;
  withoutTime: number;
  facts: number;
  fetched: number;
  inserted: number;
  duplicates: number;
  deadLettered: number;
}

/** Identities are compared in portions of this many, to keep memory small. */
const PORTION = 20_000;

/** Compares a warehouse with the simulator's truth, event by event. */
export async function auditDemo(
  pool: Pool,
  simulator: Pick<Simulator, 'offeredEvents' | 'refusedItems'>,
): Promise<Audit> {
  const missing = { offered: 0, bronze: 0, silver: 0, gold: 0 };
  for (const portion of portions(simulator.offeredEvents())) {
    const found = await findMissing(pool, portion);
    missing.offered += portion.length;
    missing.bronze += found.bronze;
    missing.silver += found.silver;
    missing.gold += found.gold;
  }
  let itemsRefused = 0;
  let missingInDeadLetters = 0;
  for (const portion of portions(simulator.refusedItems())) {
    itemsRefused += portion.length;
    missingInDeadLetters += await countMissingLetters(
      pool,
      portion.map(({ raw }) => createHash('sha256').update(raw).digest('hex')),
    );
  }
  return {
    eventsOffered: missing.offered,
    missingInBronze: missing.bronze,
    missingInSilver: missing.silver,
    missingInGold: missing.gold,
    itemsRefused,
    missingInDeadLetters,
    ...(await countRows(pool)),
  };
}

/** What is wrong, in sentences; empty when facts reached gold and everything balances. */
export function findFaults(audit: Audit): string[] {
  const claims: [boolean, string][] = [
    [audit.eventsOffered > 0, 'the listener fetched nothing'],
    [audit.facts > 0, 'no fact reached gold'],
    [audit.missingInBronze === 0, `${audit.missingInBronze} offered events are not in bronze`],
    [
      audit.missingInDeadLetters === 0,
      `${audit.missingInDeadLetters} refused items are not in the dead letters`,
    ],
    [audit.missingInSilver === 0, `${audit.missingInSilver} offered events are not in silver`],
    [
      audit.missingInGold === 0,
      `${audit.missingInGold} offered events with a readable time are not in gold`,
    ],
    [audit.silver === audit.bronze, `silver has ${audit.silver} rows, bronze ${audit.bronze}`],
    [
      audit.facts === audit.silver - audit.withoutTime,
      `gold has ${audit.facts} facts, silver ${audit.silver - audit.withoutTime} rows with a time`,
    ],
    [
      audit.fetched === audit.inserted + audit.duplicates + audit.deadLettered,
      'fetched is not inserted + duplicates + dead-lettered',
    ],
  ];
  return claims.filter(([holds]) => !holds).map(([, fault]) => fault);
}

interface Missing {
  bronze: number;
  silver: number;
  gold: number;
}

async function findMissing(pool: Pool, identities: readonly object[]): Promise<Missing> {
  const { rows } = await pool.query<Missing>(
    `with offered as (
       select id, type, bronze.readable_time(created_at) as created_at
       from jsonb_to_recordset($1::jsonb) as identity (id text, type text, created_at text)
     )
     select
       count(*) filter (where not exists (
         select 1 from bronze.raw_events
         where event_id = id and event_type = type and raw_events.created_at is not distinct from offered.created_at
       ))::integer as bronze,
       count(*) filter (where not exists (
         select 1 from silver.events where event_id = id and event_type = type and event_time is not distinct from created_at
       ))::integer as silver,
       count(*) filter (where created_at is not null and not exists (
         select 1 from gold.fact_events where event_id = id and event_type = type and event_time = created_at
       ))::integer as gold
     from offered`,
    [JSON.stringify(identities)],
  );
  return rows[0] ?? { bronze: 0, silver: 0, gold: 0 };
}

async function countMissingLetters(pool: Pool, digests: readonly string[]): Promise<number> {
  const { rows } = await pool.query<{ missing: number }>(
    `select count(*)::integer as missing from unnest($1::text[]) as digest
     where not exists (select 1 from bronze.dead_letter_queue where raw_sha256 = decode(digest, 'hex'))`,
    [digests],
  );
  return rows[0]?.missing ?? 0;
}

type Counts = Pick<
  Audit,
  | 'bronze'
  | 'deadLetters'
  | 'silver'
  | 'withoutTime'
  | 'facts'
  | 'fetched'
  | 'inserted'
  | 'duplicates'
  | 'deadLettered'
>;

async function countRows(pool: Pool): Promise<Counts> {
  const { rows } = await pool.query<Counts>(
    `select
       (select count(*)::integer from bronze.raw_events) as bronze,
       (select count(*)::integer from bronze.dead_letter_queue where resolved_at is null) as "deadLetters",
       (select count(*)::integer from silver.events) as silver,
       (select count(*)::integer from silver.events where event_time is null) as "withoutTime",
       (select count(*)::integer from gold.fact_events) as facts,
       coalesce(sum(fetched), 0)::integer as fetched,
       coalesce(sum(inserted), 0)::integer as inserted,
       coalesce(sum(duplicates), 0)::integer as duplicates,
       coalesce(sum(dead_lettered), 0)::integer as "deadLettered"
     from ops.polls`,
  );
  if (rows[0] === undefined) throw new Error('Counting gave no row.');
  return rows[0];
}

function* portions<T>(items: Iterable<T>): Generator<T[]> {
  let portion: T[] = [];
  for (const item of items) {
    portion.push(item);
    if (portion.length === PORTION) {
      yield portion;
      portion = [];
    }
  }
  if (portion.length > 0) yield portion;
}
