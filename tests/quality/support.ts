import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { saveEvents } from '../../apps/listener/save-events.ts';
import { withTransaction } from '../../apps/shared/database.ts';
import type { CheckResult } from '../../apps/transformer/quality/results.ts';
import { type QualityOptions, runQuality } from '../../apps/transformer/quality/run-quality.ts';
import { type EventFields, makeEvent } from '../support/events.ts';
import { silentLog } from '../support/run-transform.ts';
import type { TestDatabase } from '../support/test-database.ts';

/** Empties what the checks keep. */
export async function emptyQuality({ pool }: Pick<TestDatabase, 'pool'>): Promise<void> {
  await pool.query(`truncate ops.quality_results, ops.column_profiles, ops.payload_fields,
    ops.payload_field_months, ops.payload_changes restart identity`);
}

/** Runs checks in a session of their own. */
export async function check(
  { connectionString }: Pick<TestDatabase, 'connectionString'>,
  options: Partial<QualityOptions> = {},
): Promise<CheckResult[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await runQuality({ client, log: silentLog, part: 'all', ...options });
  } finally {
    await client.end();
  }
}

/** Names of the checks that found something or could not be run, with how they ended. */
export function findingsOf(results: readonly CheckResult[]): Record<string, string> {
  return Object.fromEntries(
    results
      .filter(({ outcome }) => outcome.status !== 'pass' && outcome.status !== 'skipped')
      .map(({ check: { name }, outcome }) => [
        name,
        outcome.status === 'error' ? `error: ${outcome.message}` : outcome.status,
      ]),
  );
}

/** Stores events and their poll in one transaction, as the listener does. */
export async function poll(
  { pool }: TestDatabase,
  events: readonly EventFields[],
  feed = 'public',
) {
  await withTransaction(pool, async (client) => {
    const items = events.map((event) => ({
      bytes: Buffer.from(JSON.stringify(event)),
      position: null,
    }));
    const counts = await saveEvents(client, `api:${feed}`, items);
    await client.query(
      `insert into ops.polls (poll_id, walk_id, feed, page, polled_at, duration_ms, outcome, fetched, inserted, duplicates, dead_lettered)
       values ($1, $1, $2, 1, now(), 5, 'events', $3, $4, $5, $6)`,
      [randomUUID(), feed, events.length, counts.inserted, counts.duplicates, counts.deadLettered],
    );
  });
}

/** Stores events and the ledger of their file, as backfill does. */
export async function loadFile(
  { pool }: TestDatabase,
  name: string,
  events: readonly EventFields[],
) {
  await withTransaction(pool, async (client) => {
    const items = events.map((event, index) => ({
      bytes: Buffer.from(JSON.stringify(event)),
      position: String(index + 1),
    }));
    const counts = await saveEvents(client, `file:${name}`, items);
    await client.query(
      `insert into ops.source_files (file_key, source, location, status, fetched, inserted, duplicates, dead_lettered, finished_at)
       values ($1, $2, $1, 'complete', $3, $4, $5, $6, now())`,
      [
        `/data/${name}`,
        `file:${name}`,
        events.length,
        counts.inserted,
        counts.duplicates,
        counts.deadLettered,
      ],
    );
  });
}

const TYPES = [
  'PushEvent',
  'PushEvent',
  'PushEvent',
  'PushEvent',
  'PushEvent',
  'PushEvent',
  'WatchEvent',
  'WatchEvent',
  'IssuesEvent',
  'CreateEvent',
];

/** An ordinary event of a number: types, accounts, repositories and bots in fixed shares. */
export function ordinaryEvent(number: number, createdAt: string): EventFields {
  const actor = number % 40;
  const type = TYPES[number % TYPES.length] ?? 'PushEvent';
  const login = actor % 8 === 0 ? `helper-${actor}[bot]` : `user-${actor}`;
  return makeEvent({
    id: String(1000 + number),
    type,
    created_at: createdAt,
    actor: { id: 100 + actor, login, display_login: login },
    repo: { id: 500 + (number % 60), name: `user-${number % 60}/project` },
    payload:
      type === 'PushEvent'
        ? {
            repository_id: 500 + (number % 60),
            push_id: number,
            ref: 'refs/heads/main',
            head: `h${number}`,
            before: `b${number}`,
          }
        : { action: 'started' },
  });
}
