import { beforeEach, describe, expect, test } from 'vitest';
import {
  discardDeadLetter,
  listDeadLetters,
  readRaw,
  replayDeadLetters,
} from '../../apps/listener/dead-letters.ts';
import { makeEvent, store } from '../support/events.ts';
import { emptyWarehouse, useTestDatabase } from '../support/test-database.ts';

const database = useTestDatabase();
beforeEach(() => emptyWarehouse(database));

async function bury(raw: string, source = 'api:public'): Promise<void> {
  await database.pool.query(
    `insert into bronze.dead_letter_queue (source, raw, error_code, error_message) values ($1, $2, '22P02', 'it was refused once')`,
    [source, Buffer.from(raw)],
  );
}

describe('dead letters', () => {
  test('what can be stored by now is replayed once; the rest stays open with one attempt more', async () => {
    await bury(JSON.stringify(makeEvent({ id: 'repaired' })));
    await bury(JSON.stringify(makeEvent({ id: 'known' })));
    await store(database.pool, [makeEvent({ id: 'known' }), '{"no":"event"}']);
    expect(await replayDeadLetters(database.pool, {})).toEqual({
      replayed: 2,
      alreadyKnown: 1,
      refusedAgain: 1,
    });
    expect(await replayDeadLetters(database.pool, {})).toEqual({
      replayed: 0,
      alreadyKnown: 0,
      refusedAgain: 1,
    });
    expect(await database.value('select count(*)::int from bronze.raw_events')).toBe(2);
    expect(
      await database.rows(
        'select attempts, resolution, resolution_note from bronze.dead_letter_queue order by dead_letter_id',
      ),
    ).toEqual([
      { attempts: 1, resolution: 'replayed', resolution_note: 'stored as a new event' },
      { attempts: 1, resolution: 'replayed', resolution_note: 'bronze had the event already' },
      { attempts: 3, resolution: null, resolution_note: null },
    ]);
  });

  test('a filter chooses by source, code and number', async () => {
    await bury(JSON.stringify(makeEvent({ id: '1' })), 'gharchive:2026-01-31-7');
    await bury(JSON.stringify(makeEvent({ id: '2' })), 'api:public');
    expect(await listDeadLetters(database.pool, { source: 'gharchive:' }, 10)).toMatchObject([
      { dead_letter_id: '1' },
    ]);
    expect(await listDeadLetters(database.pool, { code: '00000' }, 10)).toEqual([]);
    expect(await replayDeadLetters(database.pool, { source: 'gharchive:' })).toMatchObject({
      replayed: 1,
    });
    expect(await replayDeadLetters(database.pool, { id: '2' })).toMatchObject({ replayed: 1 });
  });

  test('discarding keeps the bytes and the reason, and is done once', async () => {
    await store(database.pool, ['{"no":"event"}']);
    expect(await discardDeadLetter(database.pool, '1', 'a test of ours')).toBe(true);
    expect(await discardDeadLetter(database.pool, '1', 'again')).toBe(false);
    expect((await readRaw(database.pool, '1')).toString()).toBe('{"no":"event"}');
    expect(await listDeadLetters(database.pool, {}, 10)).toEqual([]);
    expect(await listDeadLetters(database.pool, { includeResolved: true }, 10)).toMatchObject([
      { resolution: 'discarded', resolution_note: 'a test of ours', size_bytes: 14 },
    ]);
    expect(await replayDeadLetters(database.pool, {})).toMatchObject({
      replayed: 0,
      refusedAgain: 0,
    });
  });

  test('a number that is none, or that no letter has, is told', async () => {
    await expect(readRaw(database.pool, '7')).rejects.toThrow('There is no dead letter 7');
    await expect(discardDeadLetter(database.pool, "1' or true", 'x')).rejects.toThrow(
      'is no number of a dead letter',
    );
  });
});
