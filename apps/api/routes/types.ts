import type { z } from 'zod';
import { types, typesQuery } from '../schemas/activity.ts';
import { wholeHours } from '../span.ts';
import { route } from './route.ts';

export const typesRoute = route({
  path: '/types',
  tag: 'events',
  summary: 'Event types and their share',
  description: 'The span is widened to whole hours. Without since: the last 24 hours.',
  query: typesQuery,
  response: types,
  freshSeconds: 1,
  isOfGold: true,
  answer: async ({ warehouse, query: { since, until, bots }, now }) => {
    const span = wholeHours({ since, until }, now);
    const items = await warehouse.rows<z.infer<typeof types>['items'][number]>('api/types', [
      span.since,
      span.until,
      bots,
    ]);
    return { ...span, items };
  },
});
