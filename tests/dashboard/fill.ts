import { type EventFields, makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import type { TestDatabase } from '../support/test-database.ts';

/** Names that would run as a script, were they ever taken for markup. */
export const HOSTILE_REPO = `<img src=x onerror="globalThis.isTaken=1">/<script>globalThis.isTaken=1</script>`;
/** As long as GitHub allows. */
export const LONG_REPO =
  `${'a-long-login-'.repeat(3)}/${'a-very-long-name-of-a-repository-'.repeat(4)}`.slice(0, 140);
export const HOSTILE_LOGIN = `"><svg onload=globalThis.isTaken=1>`;

const HOUR_MS = 3_600_000;

/** The start of an hour before this one, or before another. */
export function hoursAgo(hours: number, now = Date.now()): Date {
  return new Date(Math.floor(now / HOUR_MS) * HOUR_MS - hours * HOUR_MS);
}

let lastId = 0;

/** Events at some minutes of an hour. */
export function eventsOf(hour: Date, count: number, fields: EventFields = {}): EventFields[] {
  return Array.from({ length: count }, (_, index) =>
    makeEvent({
      id: String(++lastId),
      created_at: new Date(hour.getTime() + index * 1000).toISOString().replace('.000Z', 'Z'),
      ...fields,
    }),
  );
}

/** A warehouse with a few events of three types, a bot, hostile names, a dead letter and a gap. */
export async function fillWarehouse(database: TestDatabase): Promise<void> {
  await store(database.pool, [
    ...eventsOf(hoursAgo(5), 7),
    ...eventsOf(hoursAgo(5), 3, { type: 'WatchEvent', payload: { action: 'started' } }),
    ...eventsOf(hoursAgo(30), 5, {
      actor: { id: 11, login: 'helper[bot]', display_login: 'helper' },
      repo: { id: 21, name: LONG_REPO },
    }),
    ...eventsOf(hoursAgo(3), 2, {
      type: 'ForkEvent',
      actor: { id: 12, login: HOSTILE_LOGIN, display_login: HOSTILE_LOGIN },
      repo: { id: 22, name: HOSTILE_REPO },
    }),
    '{"id": "broken", <b>',
  ]);
  await database.pool.query(
    `insert into ops.feed_gaps (feed, gap_from, gap_to, kind) values ('public', $1, $2, 'outage')`,
    [hoursAgo(20), hoursAgo(18)],
  );
  await runTransform(database.connectionString);
}
