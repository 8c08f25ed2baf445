import { z } from 'zod';
import { bots, parameters, span, wholeNumber } from './parameters.ts';
import { count, id, isBot, share, time } from './values.ts';

export const activityQuery = parameters({
  ...span,
  bucket: z
    .enum(['hour', 'day'])
    .default('hour')
    .meta({ description: 'How wide a bucket is, in UTC' }),
  bots,
});

export const activity = z
  .object({
    bucket: z.enum(['hour', 'day']),
    since: time.meta({ description: 'Start of the first bucket' }),
    until: time.meta({ description: 'End of the last bucket' }),
    types: z.array(z.string()).meta({ description: 'The event types, most frequent first' }),
    series: z
      .array(
        z.object({
          time: time.meta({ description: 'Start of the bucket' }),
          total: count.meta({ description: 'Events the warehouse has of it' }),
          types: z.record(z.string(), count).meta({ description: 'The same, by event type' }),
          capture_rate: share.nullable().meta({
            description:
              'The share of all public events of the bucket that the warehouse has, by estimate; null where nothing can be said',
          }),
          capture_low: share.nullable().meta({ description: 'Lower end of its 95 % interval' }),
          capture_high: share.nullable().meta({ description: 'Upper end of its 95 % interval' }),
        }),
      )
      .meta({ description: 'One per bucket, oldest first, without gaps' }),
  })
  .meta({ id: 'Activity' });

export const topQuery = parameters({
  kind: z.enum(['repos', 'actors']).meta({ description: 'Repositories or accounts' }),
  ...span,
  bots,
  limit: wholeNumber(1, 100, 10),
});

export const top = z
  .object({
    kind: z.enum(['repos', 'actors']),
    since: time,
    until: time,
    items: z
      .array(z.object({ id, name: z.string(), events: count, is_bot: isBot }))
      .meta({ description: 'Those with the most events first' }),
  })
  .meta({ id: 'Top' });

export const typesQuery = parameters({ ...span, bots });

export const types = z
  .object({
    since: time,
    until: time,
    items: z
      .array(
        z.object({
          event_type: z.string(),
          category: z
            .string()
            .nullable()
            .meta({ description: 'null until somebody classified it' }),
          events: count,
          share: share.meta({ description: 'Of the events of the span' }),
        }),
      )
      .meta({ description: 'The most frequent first' }),
  })
  .meta({ id: 'Types' });
