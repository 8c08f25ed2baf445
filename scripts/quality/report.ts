import type { Severity } from '../../apps/transformer/quality/check.ts';
import type { Status } from '../../apps/transformer/quality/run-check.ts';

/** What a report says, as JSON and as a page. Times are ISO 8601 in UTC; unknown is null. */
export interface Report {
  made_at: string;
  warehouse: { name: string; fed_by: string | null; server_version: string };
  totals: Record<Status, number>;
  checks: CheckReport[];
  changes: FieldChange[];
  profiles: ColumnProfile[];
  volume: DayVolume[];
  types: TypeVolume[];
  tables: { table_name: string; row_count: number; is_estimate: boolean }[];
}

export interface CheckReport {
  name: string;
  claim: string;
  severity: Severity;
  layer: string | null;
  category: string;
  why: string;
  grain: string;
  status: Status;
  row_count: number | null;
  is_row_count_exact: boolean;
  columns: string[];
  sample: Record<string, unknown>[];
  message: string | null;
  duration_ms: number;
  checked_at: string;
  /** null when everything was looked at. */
  checked_since: string | null;
  /** Oldest first. */
  history: { checked_at: string; status: Status; row_count: number | null }[];
}

export interface FieldChange {
  kind: 'new' | 'vanished' | 'retyped';
  event_type: string;
  path: string;
  json_type: string;
  earlier_type: string | null;
  since: string;
  last_before: string | null;
  count_before: number;
  count_after: number;
  example_event_id: string;
  example: string | null;
  /** An incident of the feed that began between the two events. */
  known_incident: string | null;
  found_at: string;
}

export interface ColumnProfile {
  table_name: string;
  column_name: string;
  profiled_at: string;
  sampled_count: number;
  null_count: number;
  distinct_count: number;
  min_value: string | null;
  max_value: string | null;
  mean_value: number | null;
}

export interface DayVolume {
  day: string;
  event_count: number;
}

export interface TypeVolume {
  event_type: string;
  event_count: number;
}
