import { z } from 'zod';
import { parameters, span, wholeNumber } from './parameters.ts';
import { count, id, share, time } from './values.ts';

export const runsQuery = parameters({ ...span, limit: wholeNumber(1, 500, 100) });

export const runs = z
  .object({
    items: z
      .array(
        z.object({
          id,
          pipeline: z.string(),
          status: z.enum(['running', 'success', 'failed']),
          started_at: time,
          finished_at: time.nullable().meta({ description: 'null while it runs' }),
          duration_ms: count.nullable(),
          rows_in: count.nullable(),
          rows_out: count.nullable(),
          error: z.string().nullable().meta({ description: 'Why it failed, in one line' }),
        }),
      )
      .meta({ description: 'The newest first' }),
  })
  .meta({ id: 'Runs' });

export const deadLettersQuery = parameters(span);

export const deadLetters = z
  .object({
    open: count.meta({ description: 'Items of the span that wait for somebody' }),
    resolved: count.meta({ description: 'Items of the span that were replayed or discarded' }),
    by_reason: z
      .array(
        z.object({
          error_code: z.string(),
          error_message: z.string().meta({ description: 'The newest one of this code' }),
          count,
          last_failed_at: time,
        }),
      )
      .meta({ description: 'Of the open ones, the most frequent code first' }),
    latest: z
      .array(
        z.object({
          id,
          source: z.string(),
          position: z.string().nullable(),
          error_code: z.string(),
          error_message: z.string(),
          failed_at: time,
          attempts: count,
        }),
      )
      .meta({ description: 'The twenty newest open ones, without what they hold' }),
  })
  .meta({ id: 'DeadLetters' });

export const incidentsQuery = parameters(span);

export const incidents = z
  .object({
    items: z
      .array(
        z.object({
          kind: z.enum(['feed_incident', 'feed_gap', 'failed_run']).meta({
            description:
              'Something known of GitHub or its archives; a span in which a feed was not seen; a run that failed',
          }),
          started_at: time,
          ended_at: time.nullable().meta({ description: 'null when it lasts, or nobody knows' }),
          title: z.string(),
          detail: z.string().nullable(),
        }),
      )
      .meta({ description: 'The newest first, at most 500' }),
  })
  .meta({ id: 'Incidents' });

const state = z.enum(['ok', 'degraded', 'failed']);

const component = z.object({
  status: state,
  reason: z.string().nullable().meta({ description: 'Why it is not ok' }),
  last_run_at: time.nullable(),
  last_success_at: time.nullable(),
  lag_seconds: z
    .number()
    .nullable()
    .meta({ description: 'How far it is behind; null when nothing can be said' }),
});

export const health = z
  .object({
    status: state.meta({ description: 'The worst of the components' }),
    checked_at: time,
    components: z.object({
      database: component,
      listener: component,
      silver: component,
      gold: component,
      quality: component,
    }),
  })
  .meta({ id: 'Health' });

export const qualityQuery = z.strictObject({});

export const quality = z
  .object({
    checked_at: time.nullable().meta({ description: 'When the checks last ran' }),
    counts: z
      .object({ pass: count, warn: count, fail: count, error: count, skipped: count })
      .meta({ description: 'Checks by their last result' }),
    checks: z
      .array(
        z.object({
          name: z.string().meta({ description: 'What it claims' }),
          severity: z.enum(['fail', 'warn']),
          layer: z.string().nullable(),
          category: z.string().nullable(),
          status: z.enum(['pass', 'warn', 'fail', 'error', 'skipped']),
          row_count: count.nullable().meta({ description: 'Offending rows' }),
          is_row_count_exact: z.boolean(),
          message: z.string().nullable(),
          duration_ms: count,
          checked_at: time,
        }),
      )
      .meta({ description: 'The worst first' }),
  })
  .meta({ id: 'Quality' });

export const coverageQuery = parameters(span);

const rate = {
  captured: count.meta({ description: 'Events the warehouse has' }),
  unestimated: count.meta({ description: 'Of them, those that are in no rate' }),
  capture_rate: share.nullable(),
  capture_low: share.nullable().meta({ description: 'Lower end of the 95 % interval' }),
  capture_high: share.nullable().meta({ description: 'Upper end of the 95 % interval' }),
};

export const coverage = z
  .object({
    current: z
      .array(z.object({ span: z.string(), since: time, ...rate }))
      .meta({ description: 'Now, today and this month, as far as there is anything' }),
    gaps: z.object({
      open: count,
      oldest_open_at: time.nullable(),
      last_healed_at: time.nullable(),
    }),
    since: time,
    until: time,
    days: z
      .array(
        z.object({
          day: z.iso.date(),
          hours: count.meta({ description: 'Hours of which anything was captured' }),
          ...rate,
          estimated_total: count.nullable().meta({ description: 'Events that happened' }),
          is_final: z.boolean().nullable().meta({
            description: 'Whether nothing more is expected; null before the first count',
          }),
          incidents: z.array(z.string()),
        }),
      )
      .meta({ description: 'UTC days of the span of which anything was captured, oldest first' }),
  })
  .meta({ id: 'Coverage' });
