/** A column of a result, with the number of its type in pg_type. */
export interface Column {
  name: string;
  typeId: number;
}

/** A row as PostgreSQL writes its values; null is SQL's NULL. */
export type RawRow = readonly (string | null)[];

/**
 * Turns the rows of one result into text piece by piece, so that a result of any size takes little memory. Each
 * function gives what can be printed by now, which may be nothing.
 */
export interface RowFormat {
  begin: (columns: readonly Column[]) => string;
  row: (values: RawRow) => string;
  end: () => string;
  /** Stands between two results. */
  between: string;
}
