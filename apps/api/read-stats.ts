import type { z } from 'zod';
import type { coverage } from './schemas/operations.ts';
import type { stats } from './schemas/stats.ts';
import type { Warehouse } from './warehouse.ts';

export type Stats = z.infer<typeof stats>;

/** What the warehouse holds, how its pipelines and feeds do, and how complete it is. */
export async function readStats(warehouse: Warehouse, now: string): Promise<Stats> {
  const [tables, dead_letters, pipelines, feeds, current] = await Promise.all([
    warehouse.rows<TableRow>('status/row-counts'),
    warehouse.row<Stats['dead_letters']>('api/dead-letters', [null, null]),
    warehouse.rows<Stats['pipelines'][number]>('api/pipelines'),
    warehouse.rows<Stats['feeds'][number]>('api/feeds'),
    readCaptureRates(warehouse),
  ]);
  return {
    read_at: now,
    tables: tables.map((table) => ({
      table: table.table_name,
      rows: table.row_count,
      is_estimate: table.is_estimate,
      bytes: table.size_bytes,
      months: table.month_count,
    })),
    dead_letters,
    pipelines,
    feeds,
    coverage: current,
  };
}

/** The capture rate now, today and this month. */
export async function readCaptureRates(
  warehouse: Warehouse,
): Promise<z.infer<typeof coverage>['current']> {
  const rates = await warehouse.rows<CaptureRateRow>('coverage/capture-rate');
  return rates.map((rate) => ({
    span: rate.span,
    since: rate.span_from,
    captured: rate.captured_count,
    unestimated: rate.unestimated_count,
    capture_rate: rate.capture_rate,
    capture_low: rate.capture_rate_low,
    capture_high: rate.capture_rate_high,
  }));
}

interface TableRow {
  table_name: string;
  row_count: number;
  is_estimate: boolean;
  size_bytes: number;
  month_count: number;
}

interface CaptureRateRow {
  span: string;
  span_from: string;
  captured_count: number;
  unestimated_count: number;
  capture_rate: number | null;
  capture_rate_low: number | null;
  capture_rate_high: number | null;
}
