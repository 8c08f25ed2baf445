import { claimOrigin } from '../shared/claim-origin.ts';
import { type Client, type Pool, withTransaction } from '../shared/database.ts';
import { failpoint } from '../shared/failpoint.ts';
import type { PageOutcome } from './fetch-page.ts';
import { type BatchCounts, saveEvents } from './save-events.ts';

/** One request to a feed and what came of it. */
export interface Poll {
  /** Chosen before the first attempt to store it, so that it is stored once. */
  pollId: string;
  walkId: string;
  feed: string;
  page: number;
  polledAt: Date;
  durationMs: number;
  outcome: PageOutcome;
}

const NOTHING: BatchCounts = {
  fetched: 0,
  inserted: 0,
  duplicates: 0,
  deadLettered: 0,
  overlap: 0,
  oldestEventAt: null,
  newestEventAt: null,
};

type StoredPoll = Pick<BatchCounts, 'fetched' | 'inserted' | 'duplicates' | 'deadLettered'>;

/**
 * Stores what a request brought and the request itself, in one transaction. Stored again after a COMMIT whose reply
 * was lost, it changes nothing and gives the counts of the first time.
 *
 * @throws MixedOrigins when made-up events would mix with real ones; else when the database does not take it. Nothing is
 *   stored then.
 */
export async function savePage(pool: Pool, poll: Poll): Promise<BatchCounts> {
  const stored = await withTransaction(pool, async (client) => {
    const { rows } = await client.query<StoredPoll>(
      `select fetched, inserted, duplicates, dead_lettered as "deadLettered"
       from ops.polls where poll_id = $1`,
      [poll.pollId],
    );
    if (rows[0] !== undefined) return { ...NOTHING, ...rows[0] };

    const { outcome } = poll;
    const hasItems = outcome.kind === 'events';
    failpoint('listener.before-insert');
    if (hasItems) await claimOrigin(client, outcome.origin);
    const counts = hasItems
      ? await saveEvents(
          client,
          `api:${poll.feed}`,
          outcome.items.map((bytes) => ({ bytes, position: null })),
          await readWalkStart(client, poll.walkId),
        )
      : NOTHING;
    await client.query(
      `insert into ops.polls (
         poll_id, walk_id, feed, page, polled_at, duration_ms, outcome, http_status,
         fetched, inserted, duplicates, dead_lettered, overlap, oldest_event_at, newest_event_at,
         quota_limit, quota_remaining, quota_reset_at, error)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
      [
        poll.pollId,
        poll.walkId,
        poll.feed,
        poll.page,
        poll.polledAt,
        poll.durationMs,
        outcome.kind,
        outcome.status,
        counts.fetched,
        counts.inserted,
        counts.duplicates,
        counts.deadLettered,
        hasItems ? counts.overlap : null,
        counts.oldestEventAt,
        counts.newestEventAt,
        outcome.quota.limit,
        outcome.quota.remaining,
        outcome.quota.resetAt,
        'error' in outcome ? outcome.error : null,
      ],
    );
    failpoint('listener.before-commit');
    return counts;
  });
  failpoint('listener.after-commit');
  return stored;
}

/** When the walk's first page was stored, by the database's clock, which also stamps the events. */
async function readWalkStart(client: Client, walkId: string): Promise<string> {
  const { rows } = await client.query<{ started: string }>(
    'select coalesce(min(recorded_at), now())::text as started from ops.polls where walk_id = $1',
    [walkId],
  );
  return rows[0]?.started ?? 'now';
}
