import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { RawRow } from '../../apps/shared/report/row-format.ts';
import type { Sink } from './open-sink.ts';
import type { ParquetColumn } from './parquet-columns.ts';

/** One Parquet file in the making. */
export interface ParquetPart {
  /** Adds a row; its values begin at `from`. */
  add: (row: RawRow, from: number) => Promise<void>;
  finish: () => Promise<void>;
}

/** A row group is in memory until it is written: it ends with so many rows, or so many characters, whichever comes first. */
const ROWS_PER_GROUP = 25_000;
const CHARACTERS_PER_GROUP = 32_000_000;

export function openParquetPart(sink: Sink, columns: readonly ParquetColumn[]): ParquetPart {
  const bytes = new ByteWriter();
  const flush = async () => {
    // A copy: the writer goes on in the same memory while the sink may still hold this.
    await sink.write(Buffer.from(bytes.getBytes()));
    bytes.index = 0;
  };
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [
      { name: 'root', num_children: columns.length },
      ...columns.map(({ element }) => element),
    ],
    createdBy: 'assay',
  });
  let group = columns.map((): unknown[] => []);
  let rows = 0;
  let characters = 0;

  async function writeGroup(): Promise<void> {
    writer.write({
      columnData: columns.map(({ element }, index) => ({
        name: element.name,
        data: group[index] ?? [],
        // Where pages begin is of use only with an index of what they hold.
        offsetIndex: false,
      })),
      rowGroupSize: rows,
    });
    group = columns.map(() => []);
    rows = 0;
    characters = 0;
    await flush();
  }

  return {
    add: async (row, from) => {
      for (const [index, { convert }] of columns.entries()) {
        const text = row[from + index] ?? null;
        group[index]?.push(text === null ? null : convert(text));
        characters += text?.length ?? 0;
      }
      rows++;
      if (rows >= ROWS_PER_GROUP || characters >= CHARACTERS_PER_GROUP) await writeGroup();
    },
    finish: async () => {
      if (rows > 0) await writeGroup();
      writer.finish();
      await flush();
      await sink.close();
    },
  };
}
