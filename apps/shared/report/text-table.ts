import type { Column } from './row-format.ts';
import { createTableFormat, type TableOptions } from './table-format.ts';

const TEXT = 25;
const NUMBER = 23;

/** Rows of text as an aligned table. A header that ends with a colon is that of a column aligned to the right. */
export function textTable(
  headers: readonly string[],
  rows: readonly string[][],
  options: TableOptions = {},
): string {
  const format = createTableFormat(options);
  const columns: Column[] = headers.map((header) =>
    header.endsWith(':')
      ? { name: header.slice(0, -1), typeId: NUMBER }
      : { name: header, typeId: TEXT },
  );
  return [format.begin(columns), ...rows.map(format.row), format.end()].join('');
}
