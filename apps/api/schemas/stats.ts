import { z } from 'zod';
import { coverage } from './operations.ts';
import { count, time } from './values.ts';

export const statsQuery = z.strictObject({});

export const stats = z
  .object({
    read_at: time,
    tables: z.array(
      z.object({
        table: z.string(),
        rows: count,
        is_estimate: z.boolean().meta({ description: 'Of large tables: the planner keeps it' }),
        bytes: count.meta({ description: 'On disk, indexes included' }),
        months: count.meta({ description: 'Partitions; 0 of a table that has none' }),
      }),
    ),
    dead_letters: z.object({ open: count, resolved: count }),
    pipelines: z
      .array(
        z.object({
          pipeline: z.string(),
          run_count: count,
          failed_count: count,
          rows_out: count,
          mean_duration_ms: count.nullable(),
          max_duration_ms: count.nullable(),
          rows_per_second: z.number().nullable().meta({ description: 'Throughput of its runs' }),
          last_success_at: time.nullable(),
          last_duration_ms: count.nullable().meta({ description: 'Of the last success' }),
          last_failure_at: time.nullable(),
          last_failure_reason: z.string().nullable(),
        }),
      )
      .meta({ description: 'Counts and durations of the last 30 days' }),
    feeds: z
      .array(
        z.object({
          feed: z.string(),
          polled_at: time,
          outcome: z.string(),
          quota_remaining: count.nullable(),
          quota_limit: count.nullable(),
        }),
      )
      .meta({ description: 'The newest poll of each feed of the last seven days' }),
    coverage: coverage.shape.current,
  })
  .meta({ id: 'Stats' });
