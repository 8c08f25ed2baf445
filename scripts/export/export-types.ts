// What the parts of an export hand to each other.

export const FORMATS = ['csv', 'ndjson', 'parquet'] as const;
export type Format = (typeof FORMATS)[number];

/** Into which folders rows go: one a UTC day, or one a UTC month. */
export type Period = 'day' | 'month';

/** A column of a result: its type and type modifier as in pg_attribute. */
export interface Column {
  name: string;
  typeId: number;
  modifier: number;
  /** Whether its values hold others: arrays and rows. */
  isNested: boolean;
}

/** What is exported, all checked. */
export interface Selection {
  /** One SELECT statement. */
  sql: string;
  columns: readonly Column[];
  /** The column that `since`, `until` and `period` go by; undefined when none of them is given. */
  timeColumn: Column | undefined;
  /** First moment of the rows, and the first after them, as PostgreSQL writes a timestamptz. */
  since: string | undefined;
  until: string | undefined;
  period: Period | undefined;
}

/** What has been written so far. */
export interface Tally {
  rows: number;
  files: number;
  /** As they lie on the disk: compressed, where they are. */
  bytes: number;
}
