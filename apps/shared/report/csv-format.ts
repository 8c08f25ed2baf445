import type { Column, RawRow, RowFormat } from './row-format.ts';
import { toShown } from './sql-values.ts';

/** CSV by RFC 4180, with a header line. NULL is an empty field, empty text a quoted one, as PostgreSQL's COPY does it. */
export function createCsvFormat(): RowFormat {
  let columns: readonly Column[] = [];
  return {
    begin: (given) => {
      columns = given;
      return line(columns.map((column) => column.name));
    },
    row: (values) => line(shownValues(values, columns)),
    end: () => '',
    between: '\r\n',
  };
}

function shownValues(values: RawRow, columns: readonly Column[]): RawRow {
  return values.map((value, index) =>
    value === null ? null : toShown(value, columns[index]?.typeId ?? 0),
  );
}

function line(fields: RawRow): string {
  return `${fields.map(field).join(',')}\r\n`;
}

function field(value: string | null): string {
  if (value === null) return '';
  return value === '' || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
