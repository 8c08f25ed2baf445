import type { RawItem } from '../../apps/listener/save-events.ts';
import type { Bench, Figure } from './bench-types.ts';
import { makeEvents } from './make-events.ts';
import { expectRows, figure, takeTurns, time, type Way } from './measure.ts';
import { ratioToFloor } from './measure-floor.ts';
import { type StoreWay, storeInBatches } from './store-ways.ts';

/** Measures ways of storing the first events in batches of the sizes given, each into a new warehouse. */
export async function measureBatches(
  bench: Bench,
  part: string,
  ways: readonly StoreWay[],
  batchSizes: readonly number[],
): Promise<Figure[]> {
  const items: RawItem[] = [];
  for (const { raw } of makeEvents(bench.seed, bench.sizes.liveEvents, 'trimmed'))
    items.push({ bytes: raw, position: null });
  const bytes = items.reduce((sum, item) => sum + item.bytes.length + 1, 0);

  const turns = batchSizes.flatMap((batchSize) =>
    ways.map(
      (way): Way<number> => ({
        name: `${way.name}, batches of ${batchSize}`,
        run: async () => {
          const { pool, drop } = await bench.warehouse();
          const { ms } = await time(() => storeInBatches(pool, way, items, batchSize));
          const { rows } = await pool.query<{ count: number }>(
            'select count(*)::integer as count from bronze.raw_events',
          );
          await drop();
          const count = rows[0]?.count ?? 0;
          expectRows(way.name, count, items.length);
          return { ms, result: count };
        },
      }),
    ),
  );
  const measured = await takeTurns(turns, bench.sizes.rounds, bench.signal, (name, round) =>
    bench.progress(`${part}: ${name}, ${round}`),
  );
  const figures: Figure[] = [];
  for (const { name, ms, runsMs, results } of measured) {
    const ratio = await ratioToFloor(bench, items.length, ms);
    const rows = results.at(-1) ?? null;
    figures.push(figure({ part, way: name, ms, runsMs, events: items.length, bytes, rows, ratio }));
  }
  return figures;
}
