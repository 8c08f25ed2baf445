import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { saveEvents } from '../../apps/listener/save-events.ts';
import { withTransaction } from '../../apps/shared/database.ts';
import { classifyItem } from '../../apps/simulator/replay/classify-item.ts';
import { useBackfill } from '../backfill/support.ts';
import { anyJson, anyText } from './support.ts';

// The simulator's own reading of what bronze can take is the model here: it is written in JavaScript alone.
const { database, write, load } = useBackfill();

/** Few ids, types and times, so that events meet themselves and each other. */
const anyEvent = fc
  .record(
    {
      id: fc.oneof(
        fc.constantFrom('1', '2', 1, 2, '', null, '9007199254740993'),
        fc.integer(),
        anyText,
      ),
      type: fc.oneof(fc.constantFrom('PushEvent', 'WatchEvent', '', null, 5), anyText),
      created_at: fc.constantFrom('2026-03-01T12:00:00Z', '2026-03-01T12:00:01Z'),
      actor: fc.oneof(
        fc.constantFrom(null, 'ada', 5),
        fc.record({ id: fc.integer(), login: anyText }),
      ),
      repo: fc.jsonValue(),
      payload: fc.jsonValue({ stringUnit: 'binary' }),
    },
    { requiredKeys: ['created_at'] },
  )
  .map((event) => JSON.stringify(event));

/** What PostgreSQL refuses that JavaScript takes, and what both refuse. */
const anyFlaw = fc
  .tuple(
    anyEvent,
    fc.constantFrom(
      '"\\u0000"',
      '"\\ud800"',
      '1e400000',
      '"\\u0000',
      '',
      '"\0"',
      '"\x1e"',
      '\\',
      '{"a":',
    ),
  )
  .map(([event, flaw]) => `${event.slice(0, -1)},"flaw":${flaw}}`);

const anyItem = fc.oneof(
  { weight: 6, arbitrary: anyEvent.map((text) => Buffer.from(text)) },
  { weight: 2, arbitrary: anyFlaw.map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: anyJson.map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1 }).map((bytes) => Buffer.from(bytes)) },
);

/**
 * Which event an item is, by what identifies it; undefined when bronze has to refuse it. Only where the simulator and
 * bronze differ by intent does this say more than the simulator: a type is a text, an event of before 2015 has no id.
 */
function eventOf(item: Buffer): string | undefined {
  const { kind, identity } = classifyItem(item);
  if (identity === null && kind !== 'missing_id') return undefined;
  const event = JSON.parse(item.toString()) as Record<string, unknown>;
  const fits = (name: string) => name !== '' && [...name].length <= 200;
  if (typeof event.type !== 'string' || !fits(event.type)) return undefined;
  if (identity !== null)
    return fits(identity.id)
      ? JSON.stringify([identity.id, identity.type, event.created_at])
      : undefined;
  const isTimeline = (event.id ?? '') === '' && typeof event.actor === 'string';
  return isTimeline ? item.toString() : undefined;
}

/** What JSON counts as white space is no part of an item. */
const trim = (line: Buffer) => line.toString('latin1').replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');

/** Without what stands between the items of an array: each becomes a letter of its own. */
const bare = (text: string) => text.replaceAll('\x1e', '').replace(/[ \t\r\n,[\]]/g, '');

const sorted = (items: readonly Buffer[]) => items.map((item) => item.toString('hex')).sort();

async function deadLetters(): Promise<string[]> {
  const rows = await database.rows<{ raw: Buffer }>('select raw from bronze.dead_letter_queue');
  return sorted(rows.map(({ raw }) => raw));
}

const emptyBronze = () =>
  database.pool.query(
    'truncate bronze.raw_events, bronze.dead_letter_queue, bronze.sightings, ops.source_files restart identity',
  );

const eventCount = () => database.value('select count(*)::int from bronze.raw_events');

describe('nothing is lost and nothing made up, whatever comes', () => {
  test('in a page of a feed, twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyItem, { maxLength: 25 }), async (items) => {
        await emptyBronze();
        const events = new Set(items.map(eventOf).filter((event) => event !== undefined));
        const refused = items.filter((item) => eventOf(item) === undefined);
        for (const attempt of [1, 2]) {
          const counts = await withTransaction(database.pool, (client) =>
            saveEvents(
              client,
              'api:public',
              items.map((bytes) => ({ bytes, position: null })),
            ),
          );
          const inserted = attempt === 1 ? events.size : 0;
          expect(counts).toMatchObject({
            fetched: items.length,
            inserted,
            deadLettered: refused.length,
            duplicates: items.length - inserted - refused.length,
          });
          expect(await eventCount()).toBe(events.size);
          expect(await deadLetters()).toEqual([...new Set(sorted(refused))]);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('in the lines of a file, twice', async () => {
    // What a line may not hold: its end. White space around it is not part of it.
    const anyLine = anyItem
      .map((item) => Buffer.from(item.toString('latin1').replace(/[\r\n]/g, ''), 'latin1'))
      .filter((item) => trim(item) !== '');
    // By it the file is recognised for what it is.
    const first = Buffer.from('{"id":"first","type":"PushEvent"}');
    await fc.assert(
      fc.asyncProperty(fc.array(anyLine, { maxLength: 25 }), async (more) => {
        await emptyBronze();
        const lines = [first, ...more];
        const path = write(
          'any.ndjson',
          Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])),
        );
        const events = new Set(lines.map(eventOf).filter((event) => event !== undefined));
        let stored = 0;
        for (const attempt of [1, 2]) {
          const [result] = await load(path);
          if (attempt === 2) expect(result).toMatchObject({ inserted: 0, deadLettered: 0 });
          stored = Number(await eventCount());
          // Salvaging may find further events in a torn line.
          expect(stored).toBeGreaterThanOrEqual(events.size);
          const [ledger] = await database.rows<Record<string, string>>(
            `select fetched, inserted, duplicates, dead_lettered from ops.source_files where source = 'file:any.ndjson'`,
          );
          expect(Number(ledger?.inserted)).toBe(stored);
          expect(Number(ledger?.fetched)).toBe(
            Number(ledger?.inserted) + Number(ledger?.duplicates) + Number(ledger?.dead_lettered),
          );
        }
        // A line that is no event is in the letters of its number, whole, unless an event was found in it.
        const letters = await database.rows<{ line: number; raw: Buffer }>(
          `select split_part(position, ':', 1)::int as line, raw from bronze.dead_letter_queue
           order by line, coalesce(nullif(split_part(position, ':', 2), '')::int, 1)`,
        );
        for (const [index, line] of lines.entries()) {
          const kept = letters.filter((letter) => letter.line === index + 1);
          const texts = kept.map(({ raw }) => raw.toString('latin1'));
          if (eventOf(line) !== undefined) expect(texts).toEqual([]);
          else if (stored === events.size) expect(bare(texts.join(''))).toBe(bare(trim(line)));
          else for (const text of texts) expect(trim(line)).toContain(text);
        }
      }),
      { numRuns: 50 },
    );
  });
});
