import type { RawItem } from '../../../apps/listener/save-events.ts';
import type { Pool } from '../../../apps/shared/database.ts';
import { botCount, createWorld } from '../../../apps/simulator/create-world.ts';
import type { Bench, Figure, Part } from '../bench-types.ts';
import { makeEvents, USERS } from '../make-events.ts';
import { expectRows, figure, takeTurns, time, type Way } from '../measure.ts';
import { runInWorker } from '../run-in-worker.ts';
import { saveEventsWay, storeInBatches } from '../store-ways.ts';

/** How many persons were erased before. */
const ERASED = [0, 1, 100];
const BATCH_SIZE = 300;
const CONNECTIONS = 2;

/** What keeping erased persons out costs those who were never erased: none of the events names one. */
export const erasure: Part = {
  name: 'erasure',
  about: 'live batches and backfill while 0, 1 and 100 other persons are kept out',
  run: async (bench) => {
    const items: RawItem[] = [];
    for (const { raw } of makeEvents(bench.seed, bench.sizes.liveEvents, 'trimmed'))
      items.push({ bytes: raw, position: null });
    const { events, archives } = await bench.data();
    const live = await measure(bench, 'live', items.length, async ({ pool }) =>
      time(() => storeInBatches(pool, saveEventsWay, items, BATCH_SIZE)),
    );
    const backfill = await measure(bench, 'backfill', events, async ({ connectionString }) => {
      const { result } = await runInWorker(
        'backfill',
        { connectionString, files: archives, concurrency: CONNECTIONS },
        bench.signal,
      );
      return result;
    });
    return { figures: [...live, ...backfill], verdicts: [] };
  },
};

async function measure(
  bench: Bench,
  name: string,
  events: number,
  store: (database: { pool: Pool; connectionString: string }) => Promise<{ ms: number }>,
): Promise<Figure[]> {
  const ways = ERASED.map(
    (erased): Way<number> => ({
      name: `${name}, ${erased} erased`,
      run: async () => {
        const { pool, connectionString, drop } = await bench.warehouse();
        await eraseStrangers(pool, bench.seed, erased);
        const { ms } = await store({ pool, connectionString });
        const { rows } = await pool.query<{ count: number }>(
          'select count(*)::integer as count from bronze.raw_events',
        );
        await drop();
        const count = rows[0]?.count ?? 0;
        expectRows('bronze.raw_events', count, events);
        return { ms, result: count };
      },
    }),
  );
  const measured = await takeTurns(ways, bench.sizes.rounds, bench.signal, (way, round) =>
    bench.progress(`erasure: ${way}, ${round}`),
  );
  const alone = measured[0]?.ms ?? Number.NaN;
  return measured.map(({ name: way, ms, runsMs, results }) =>
    figure({
      part: 'erasure',
      way,
      ms,
      runsMs,
      events,
      rows: results.at(-1) ?? null,
      note: `${(ms / alone).toFixed(2)} × the time with none`,
    }),
  );
}

/** Sets tombstones of accounts that look like those of the events, and are in none of them. */
async function eraseStrangers(pool: Pool, seed: number, count: number): Promise<void> {
  const world = createWorld(seed);
  for (let n = 0; n < count; n++) {
    const { id, login } = world.actor(botCount + USERS + n, 0);
    await pool.query('select ops.begin_erasure($1, $2, $3, false, true)', [
      String(id),
      [login],
      [],
    ]);
  }
}
