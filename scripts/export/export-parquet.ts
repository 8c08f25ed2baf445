import type pg from 'pg';
import type { RawRow } from '../../apps/shared/report/row-format.ts';
import { rawTypes } from '../../apps/shared/report/sql-values.ts';
import { buildSelect } from './build-select.ts';
import type { ExportJob } from './export-text.ts';
import { toParquetColumn } from './parquet-columns.ts';
import { openParquetPart, type ParquetPart } from './parquet-part.ts';
import { partFolder } from './part-folder.ts';

/** So many rows are in memory twice, as they came and as columns. */
const ROWS_PER_FETCH = 1000;

/** Writes rows as Parquet, row group by row group, with types that follow from those of the result. */
export async function exportParquet(job: ExportJob): Promise<void> {
  const { reader, selection, destination, tally, signal } = job;
  const { period } = selection;
  const { folderKey, from } = buildSelect(selection);
  const columns = selection.columns.map(toParquetColumn);
  const list = columns.map(({ expression }) => expression).join(', ');
  const open = async (folder: string | undefined) =>
    openParquetPart(await destination.open(folder), columns);
  // All rows are wanted, not the first few soon.
  await reader.client.query('set local cursor_tuple_fraction = 1');
  await reader.client.query(
    `declare exported_rows no scroll cursor for select ${folderKey ?? 'null'}, ${list} ${from}`,
  );

  let part: { key: string | null; file: ParquetPart } | undefined;
  if (period === undefined) part = { key: null, file: await open(undefined) };
  for (;;) {
    signal.throwIfAborted();
    const rows = await fetchRows(reader.client);
    for (const row of rows) {
      const key = row[0] ?? null;
      if (period !== undefined && (part === undefined || key !== part.key)) {
        await part?.file.finish();
        part = { key, file: await open(partFolder(key, period)) };
      }
      await part?.file.add(row, 1);
    }
    tally.rows += rows.length;
    if (rows.length < ROWS_PER_FETCH) break;
  }
  await part?.file.finish();
}

async function fetchRows(client: pg.Client): Promise<RawRow[]> {
  const { rows } = await client.query<(string | null)[]>({
    text: `fetch ${ROWS_PER_FETCH} from exported_rows`,
    rowMode: 'array',
    types: rawTypes,
  });
  return rows;
}
