import type { z } from 'zod';
import { top, topQuery } from '../schemas/activity.ts';
import { wholeHours } from '../span.ts';
import { route } from './route.ts';

export const topRoute = route({
  path: '/top',
  tag: 'events',
  summary: 'The repositories or accounts with the most events',
  description: 'The span is widened to whole hours. Without since: the last 24 hours.',
  query: topQuery,
  response: top,
  freshSeconds: 1,
  isOfGold: true,
  answer: async ({ warehouse, query: { kind, since, until, bots, limit }, now }) => {
    const span = wholeHours({ since, until }, now);
    const items = await warehouse.rows<z.infer<typeof top>['items'][number]>(`api/top-${kind}`, [
      span.since,
      span.until,
      bots,
      limit,
    ]);
    return { kind, ...span, items };
  },
});
