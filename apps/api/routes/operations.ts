import type { z } from 'zod';
import { readCaptureRates, readStats } from '../read-stats.ts';
import {
  coverage,
  coverageQuery,
  deadLetters,
  deadLettersQuery,
  incidents,
  incidentsQuery,
  quality,
  qualityQuery,
  runs,
  runsQuery,
} from '../schemas/operations.ts';
import { stats, statsQuery } from '../schemas/stats.ts';
import { requireFewBuckets, wholeBuckets } from '../span.ts';
import { route } from './route.ts';

type Item<Schema extends z.ZodType<{ items: unknown[] }>> = z.infer<Schema>['items'][number];
type Check = z.infer<typeof quality>['checks'][number];
type Coverage = z.infer<typeof coverage>;

export const runsRoute = route({
  path: '/runs',
  tag: 'operations',
  summary: 'Runs of the pipelines',
  description: 'Those that began in the span; without since, from the first on.',
  query: runsQuery,
  response: runs,
  freshSeconds: 1,
  answer: async ({ warehouse, query: { since, until, limit } }) => ({
    items: await warehouse.rows<Item<typeof runs>>('api/runs', [since, until, limit]),
  }),
});

export const deadLettersRoute = route({
  path: '/dead-letters',
  tag: 'operations',
  summary: 'Items that could not be stored as events, and why',
  description:
    'Of items first refused in the span; without since, from the first on. What the items hold is shown by npm run dead-letters only.',
  query: deadLettersQuery,
  response: deadLetters,
  freshSeconds: 2,
  answer: async ({ warehouse, query: { since, until } }) => {
    const span = [since, until];
    const [counts, by_reason, latest] = await Promise.all([
      warehouse.row<{ open: number; resolved: number }>('api/dead-letters', span),
      warehouse.rows<z.infer<typeof deadLetters>['by_reason'][number]>(
        'api/dead-letters-by-reason',
        span,
      ),
      warehouse.rows<z.infer<typeof deadLetters>['latest'][number]>(
        'api/dead-letters-latest',
        span,
      ),
    ]);
    return { ...counts, by_reason, latest };
  },
});

export const incidentsRoute = route({
  path: '/incidents',
  tag: 'operations',
  summary: 'What went wrong: at GitHub, between GitHub and us, and here',
  description: 'Everything that touches the span; without since, from the first on.',
  query: incidentsQuery,
  response: incidents,
  freshSeconds: 2,
  answer: async ({ warehouse, query: { since, until } }) => ({
    items: await warehouse.rows<Item<typeof incidents>>('api/incidents', [since, until]),
  }),
});

export const qualityRoute = route({
  path: '/quality',
  tag: 'operations',
  summary: 'What the checks of the data found last',
  query: qualityQuery,
  response: quality,
  freshSeconds: 5,
  answer: async ({ warehouse }) => {
    const checks = await warehouse.rows<Check>('api/quality');
    const counts = { pass: 0, warn: 0, fail: 0, error: 0, skipped: 0 };
    for (const { status } of checks) counts[status] += 1;
    const newest = checks
      .map(({ checked_at }) => checked_at)
      .sort()
      .at(-1);
    return { checked_at: newest ?? null, counts, checks };
  },
});

export const coverageRoute = route({
  path: '/coverage',
  tag: 'operations',
  summary: 'What share of all public events the warehouse has, by estimate',
  description: 'The days of the span; without since, the last 30.',
  query: coverageQuery,
  response: coverage,
  freshSeconds: 5,
  answer: async ({ warehouse, query: { since, until }, now }) => {
    const span = wholeBuckets({ since, until }, 'day', 30, now);
    requireFewBuckets(span, 'day');
    const [current, gaps, days] = await Promise.all([
      readCaptureRates(warehouse),
      warehouse.row<Gaps>('coverage/gaps-and-healing'),
      warehouse.rows<Coverage['days'][number]>('api/coverage-days', [span.since, span.until]),
    ]);
    return {
      current,
      gaps: {
        open: gaps.open_count,
        oldest_open_at: gaps.open_since,
        last_healed_at: gaps.last_healed_at,
      },
      ...span,
      days,
    };
  },
});

export const statsRoute = route({
  path: '/stats',
  tag: 'operations',
  summary: 'What the warehouse holds, and how its pipelines do',
  query: statsQuery,
  response: stats,
  freshSeconds: 2,
  answer: ({ warehouse, now }) => readStats(warehouse, now),
});

interface Gaps {
  open_count: number;
  open_since: string | null;
  last_healed_at: string | null;
}
