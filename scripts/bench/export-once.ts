import { createWriteStream } from 'node:fs';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { to } from 'pg-copy-streams';
import { settleSession } from '../../apps/shared/database.ts';
import type { Format } from '../export/export-types.ts';
import { readExportOptions } from '../export/read-export-options.ts';
import { runExport } from '../export/run-export.ts';
import { time } from './measure.ts';

/**
 * Writes a table to a file as `npm run export` does, or with `copy` as PostgreSQL's COPY gives it, with nothing done to it.
 *
 * @returns milliseconds, and the rows written.
 */
export async function exportOnce(given: {
  connectionString: string;
  table: string;
  format: Format | 'copy';
  out: string;
}): Promise<{ ms: number; rows: number }> {
  const { connectionString, table, format, out } = given;
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await settleSession(client);
    if (format === 'copy') {
      const copy = client.query(to(`copy ${table} to stdout (format csv, header)`));
      const { ms } = await time(() => pipeline(copy, createWriteStream(out, { flush: true })));
      return { ms, rows: copy.rowCount };
    }
    const tally = { rows: 0, files: 0, bytes: 0 };
    const { ms } = await time(() =>
      runExport({
        reader: { client, hasWarehouse: false, cancel: async () => {} },
        options: readExportOptions({ out, format }, [table]),
        tally,
        signal: new AbortController().signal,
        stdout: new PassThrough(),
      }),
    );
    return { ms, rows: tally.rows };
  } finally {
    await client.end();
  }
}
