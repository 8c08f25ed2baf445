import { openText } from '../../../apps/listener/backfill/open-text.ts';
import { readBatches } from '../../../apps/listener/backfill/read-batches.ts';
import { saveChunk } from '../../../apps/listener/backfill/save-chunk.ts';
import { openFile } from '../../../apps/listener/backfill/source-file.ts';
import { createLineSplitter } from '../../../apps/listener/backfill/split-lines.ts';
import { type Pool, withTransaction } from '../../../apps/shared/database.ts';
import type { Part } from '../bench-types.ts';
import { expectRows, figure, takeTurns, time, type Way } from '../measure.ts';
import { ratioToFloor } from '../measure-floor.ts';

const MIB = 1024 * 1024;
const CHUNK_BYTES = [MIB / 8, MIB / 2, MIB, 2 * MIB, 4 * MIB, 8 * MIB];

/** How much of a file one transaction takes, on one connection and one file. */
export const chunks: Part = {
  name: 'chunks',
  about: 'backfill of one file over one connection, by the size of what one transaction stores',
  run: async (bench) => {
    const { archives, events, bytes } = await bench.data();
    const [file = ''] = archives;
    const ways = CHUNK_BYTES.map(
      (size): Way<number> => ({
        name: `${size / MIB} MiB`,
        run: async () => {
          const { pool, drop } = await bench.warehouse();
          const { ms, result } = await time(() => loadInChunks(pool, file, size));
          const { rows } = await pool.query<{ count: number }>(
            'select count(*)::integer as count from bronze.raw_events',
          );
          await drop();
          expectRows('bronze.raw_events', rows[0]?.count ?? 0, result);
          return { ms, result };
        },
      }),
    );
    const measured = await takeTurns(ways, bench.sizes.rounds, bench.signal, (name, round) =>
      bench.progress(`chunks: ${name}, ${round}`),
    );
    const figures = [];
    for (const { name, ms, runsMs, results } of measured) {
      const rows = results.at(-1) ?? 0;
      const ratio = await ratioToFloor(bench, rows, ms);
      const share = (bytes * rows) / events;
      figures.push(
        figure({ part: 'chunks', way: name, ms, runsMs, events: rows, bytes: share, rows, ratio }),
      );
    }
    return { figures, verdicts: [] };
  },
};

/** Stores a file by chunks of a size, one after the other. @returns its items. */
async function loadInChunks(pool: Pool, path: string, bytes: number): Promise<number> {
  const source = await openFile(path);
  let items = 0;
  try {
    const { text } = await openText(source, () => {});
    const nothingSettled = { ranges: [], bytesRead: 0, fingerprint: null };
    const limits = { bytes, items: Number.POSITIVE_INFINITY };
    const batches = readBatches(
      text,
      createLineSplitter(),
      nothingSettled,
      limits,
      (count) => {
        items += count;
      },
      Math.min(bytes, MIB / 2),
    );
    for await (const batch of batches) {
      await withTransaction(pool, async (client) => {
        await client.query('set local synchronous_commit = off');
        await saveChunk(client, source.source, batch.items);
      });
    }
  } finally {
    await source.close();
  }
  return items;
}
