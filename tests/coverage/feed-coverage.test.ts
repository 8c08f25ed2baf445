import { beforeEach, describe, expect, test } from 'vitest';
import { useTestDatabase } from '../support/test-database.ts';
import { emptyCoverage, enterWalks, evenWalks, range, runCoverage, show } from './support.ts';

const database = useTestDatabase();
beforeEach(() => emptyCoverage(database));

const HOUR = 'gharchive:2026-03-01-12';
const coverage = (columns: string) =>
  database.rows(`select ${columns} from gold.feed_coverage order by hour, event_type`);

describe('two sources and more', () => {
  test('our polls are compared with the archive, by hour and type', async () => {
    await enterWalks(database, [{ at: '2026-03-01T12:31:00Z' }]);
    await show(database, 'api:public', range(1, 200));
    await show(database, HOUR, range(151, 300));
    await show(database, HOUR, range(1, 5), 'WatchEvent');
    await runCoverage(database);
    expect(
      await coverage(
        `event_type, captured_count::int, own_count::int, archive_count::int, list_one, list_two,
         overlap_count::int, estimated_total::float8, capture_rate::float8, method, reason, counts_by_source, counts_by_history`,
      ),
    ).toEqual([
      {
        event_type: 'PushEvent',
        captured_count: 300,
        own_count: 200,
        archive_count: 150,
        list_one: 'public-feed',
        list_two: 'gharchive',
        overlap_count: 50,
        estimated_total: 594.118,
        capture_rate: 0.505,
        method: 'capture-recapture',
        reason: null,
        counts_by_source: { 'public-feed': 200, gharchive: 150 },
        counts_by_history: { 'public-feed': 150, gharchive: 100, 'gharchive + public-feed': 50 },
      },
      expect.objectContaining({
        event_type: 'WatchEvent',
        captured_count: 5,
        estimated_total: null,
        method: 'none',
        reason: 'only 0 in both lists: 7 are needed',
      }),
    ]);
  });

  test('all archives together are one list, however much they have in common', async () => {
    await enterWalks(database, [{ at: '2026-03-01T12:31:00Z' }]);
    await show(database, 'api:public', range(1, 100));
    await show(database, HOUR, range(61, 140));
    await show(database, 'archive:mirror:2026-03-01-12', range(71, 150));
    await runCoverage(database);
    expect(
      await coverage('list_two, list_two_count::int, overlap_count::int, estimated_total::float8'),
    ).toEqual([
      {
        list_two: 'gharchive + archive:mirror',
        list_two_count: 90,
        overlap_count: 40,
        // 101 · 91 / 41 − 1
        estimated_total: 223.171,
      },
    ]);
  });

  test('without polls, archives are compared with each other', async () => {
    await show(database, HOUR, range(1, 100));
    await show(database, 'archive:mirror:2026-03-01-12', range(81, 150));
    await runCoverage(database);
    expect(await coverage('list_one, list_two, method')).toEqual([
      { list_one: 'gharchive', list_two: 'archive:mirror', method: 'capture-recapture' },
    ]);
  });

  test('an archive of whose hour only late events are known is no list', async () => {
    await enterWalks(database, [{ at: '2026-03-01T12:31:00Z' }]);
    await show(database, 'api:public', range(1, 100));
    await show(database, 'gharchive:2026-03-01-14', range(81, 110));
    await runCoverage(database);
    expect(await coverage('captured_count::int, archive_count::int, list_two, reason')).toEqual([
      {
        captured_count: 110,
        archive_count: 30,
        list_two: null,
        reason: 'one source, and no poll has been made since the hour ended',
      },
    ]);
  });

  test('narrower feeds and files count as captured, but are no lists', async () => {
    await show(database, 'api:repos/a/b', range(1, 50));
    await show(database, 'file:x.json', range(11, 60));
    await runCoverage(database);
    expect(await coverage('captured_count::int, own_count::int, method, reason')).toEqual([
      {
        captured_count: 60,
        own_count: 0,
        method: 'none',
        reason:
          'no poll of the public feed and no whole archive file of this hour; narrower feeds and files are no sample of it',
      },
    ]);
  });

  test('one archive alone says nothing', async () => {
    await show(database, HOUR, range(1, 50));
    await runCoverage(database);
    expect(await coverage('method, reason')).toEqual([
      { method: 'none', reason: 'one archive only (gharchive): nothing to compare it with' },
    ]);
  });
});

describe('one source', () => {
  test('polls that overlap throughout the hour prove that nothing was missed', async () => {
    await enterWalks(database, evenWalks('2026-03-01T11:59:00Z', 63, 1, 270));
    await show(database, 'api:public', range(1, 100));
    await show(database, 'api:public', range(1, 20), 'WatchEvent');
    await runCoverage(database);
    expect(
      await coverage(
        'event_type, estimated_total::int, estimated_low::int, estimated_high::int, capture_rate::float8, method',
      ),
    ).toEqual([
      {
        event_type: 'PushEvent',
        estimated_total: 100,
        estimated_low: 100,
        estimated_high: 100,
        capture_rate: 1,
        method: 'poll-overlap',
      },
      expect.objectContaining({ event_type: 'WatchEvent', capture_rate: 1 }),
    ]);
  });

  test('a small overlap proves it for pushes, which enter on top, and for no other type', async () => {
    await enterWalks(database, evenWalks('2026-03-01T11:59:00Z', 63, 1, 30));
    await show(database, 'api:public', range(1, 100));
    await show(database, 'api:public', range(1, 20), 'WatchEvent');
    await runCoverage(database);
    expect(await coverage('event_type, capture_rate::float8, reason')).toEqual([
      { event_type: 'PushEvent', capture_rate: 1, reason: null },
      {
        event_type: 'WatchEvent',
        capture_rate: null,
        reason: 'one source, whose polls overlap enough for 0 % of the hour only: half is needed',
      },
    ]);
  });

  test('a pause is filled at the rate around it, between half and twice of it', async () => {
    // A walk a minute until 12:45 and from 13:00 on, 100 new events each: of 15 minutes at 100 events 300 were seen.
    await enterWalks(database, evenWalks('2026-03-01T11:59:00Z', 47, 1, 200));
    await enterWalks(database, [{ at: '2026-03-01T13:00:00Z', inserted: 300, overlap: 0 }]);
    await show(database, 'api:public', range(1, 4800));
    await runCoverage(database);
    const [row] = await coverage(
      'estimated_total::int, estimated_low::int, estimated_high::int, method, reason',
    );
    expect(row).toEqual({
      estimated_total: 6000,
      estimated_low: 5250,
      estimated_high: 7500,
      method: 'poll-overlap',
      reason: null,
    });
  });
});
