import type { Bench } from './bench-types.ts';
import { AS_LINES, copyIn } from './copy-in.ts';
import { expectRows, takeTurns, time, type Way } from './measure.ts';
import { KEY_SEPARATOR, readFiles } from './write-data.ts';

/** A way of COPY: a table, and what is copied into it. */
export interface CopyWay {
  name: string;
  table: string;
  format: string;
  files: 'plain' | 'keyed';
}

export const COPY_TEXT: CopyWay = {
  name: 'COPY text',
  table: 'create table target (line text not null)',
  format: AS_LINES,
  files: 'plain',
};

/** What everything is measured by: the same bytes, parsed and stored by PostgreSQL, and nothing else done. */
export const COPY_JSONB: CopyWay = {
  name: 'COPY jsonb',
  table: 'create table target (event jsonb not null)',
  format: AS_LINES,
  files: 'plain',
};

/** What keeping every event once costs PostgreSQL even when it is told the key. */
export const COPY_KEYED: CopyWay = {
  name: 'COPY jsonb with key',
  table: `create table target (
    event_id text not null,
    event_type text not null,
    created_at timestamptz,
    event jsonb not null,
    unique nulls not distinct (event_id, event_type, created_at)
  )`,
  format: `format csv, quote e'\\x01', delimiter e'\\x0${KEY_SEPARATOR.charCodeAt(0)}'`,
  files: 'keyed',
};

/** The way as one to take turns with others: into a table of a new database. It gives the rows stored. */
export function createCopyWay(bench: Bench, way: CopyWay): Way<{ rows: number }> {
  return {
    name: way.name,
    run: async () => {
      const data = await bench.data();
      const database = await bench.emptyDatabase();
      await database.pool.query(way.table);
      const client = await database.pool.connect();
      const { ms } = await time(() =>
        copyIn(client, `copy target from stdin (${way.format})`, readFiles(data[way.files])),
      );
      const { rows } = await client.query<{ count: number }>(
        'select count(*)::integer as count from target',
      );
      client.release();
      await database.drop();
      const count = rows[0]?.count ?? 0;
      expectRows(way.name, count, data.events);
      return { ms, result: { rows: count } };
    },
  };
}

/** Milliseconds of COPY into a bare jsonb table, the median of the rounds. */
export async function measureFloor(bench: Bench): Promise<number> {
  const [measured] = await takeTurns(
    [createCopyWay(bench, COPY_JSONB)],
    bench.sizes.rounds,
    bench.signal,
    (name, round) => bench.progress(`floor: ${name}, ${round}`),
  );
  return measured?.ms ?? Number.NaN;
}

/** How a way compares with COPY into a bare jsonb table, by events a second. */
export async function ratioToFloor(bench: Bench, events: number, ms: number): Promise<number> {
  const data = await bench.data();
  return events / ms / (data.events / (await bench.floorMs()));
}
