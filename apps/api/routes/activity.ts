import type { z } from 'zod';
import { activity, activityQuery } from '../schemas/activity.ts';
import { requireFewBuckets, wholeBuckets } from '../span.ts';
import { route } from './route.ts';

const DEFAULT_BUCKETS = { hour: 24, day: 30 } as const;
type Bucket = z.infer<typeof activity>['series'][number];

export const activityRoute = route({
  path: '/activity',
  tag: 'events',
  summary: 'Events over time, by type, with the share that the warehouse has',
  description:
    'The span is widened to whole buckets. Without since: the last 24 hours, or 30 days. The capture rate is of all events, whatever bots says.',
  query: activityQuery,
  response: activity,
  freshSeconds: 1,
  isOfGold: true,
  answer: async ({ warehouse, query: { since, until, bucket, bots }, now }) => {
    const span = wholeBuckets({ since, until }, bucket, DEFAULT_BUCKETS[bucket], now);
    requireFewBuckets(span, bucket);
    const series = await warehouse.rows<Bucket>('api/activity', [
      span.since,
      span.until,
      bucket,
      bots,
    ]);
    return { bucket, ...span, types: byVolume(series), series };
  },
});

function byVolume(series: readonly Bucket[]): string[] {
  const totals = new Map<string, number>();
  for (const { types } of series)
    for (const [type, count] of Object.entries(types))
      totals.set(type, (totals.get(type) ?? 0) + count);
  return [...totals].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([type]) => type);
}
