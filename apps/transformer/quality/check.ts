/** fail: the warehouse is wrong. warn: the data is odd. */
export type Severity = 'fail' | 'warn';
export const LAYERS = ['ops', 'bronze', 'silver', 'gold'] as const;
export type Layer = (typeof LAYERS)[number];

/** A number or word that a check reads as assay.NAME. */
export interface Setting {
  name: string;
  /** Unless somebody sets another. */
  value: string;
  meaning: string;
}

/** A claim about the warehouse, and the query that gives the rows against it. */
export interface Check {
  /** The claim, with underscores; the name of the file. */
  name: string;
  severity: Severity;
  path: string;
  /** What a row of it is: the first line of the file. */
  grain: string;
  layer: Layer;
  /** Which pipeline has to have brought a row before the check can be done with it. */
  behind: 'silver' | 'gold' | undefined;
  category: string;
  why: string;
  settings: readonly Setting[];
  sql: string;
}

/** A file that is no check. */
export interface CheckFault {
  name: string;
  severity: Severity;
  path: string;
  message: string;
}

/** `fact_events_are_unique` → `Fact events are unique` */
export function claimOf(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
