import { z } from 'zod';
import { parameters, span, text } from './parameters.ts';
import { count, id, isBot, time } from './values.ts';

export const entityQuery = parameters(span);

export const repoParams = z.object({
  owner: text(200).meta({ description: 'In any case' }),
  name: text(200).meta({ description: 'In any case' }),
});

export const actorParams = z.object({ login: text(200).meta({ description: 'In any case' }) });

const byType = z
  .array(z.object({ event_type: z.string(), events: count }))
  .meta({ description: 'The most frequent first' });

const otherIds = z
  .array(id)
  .meta({ description: 'Of others that had the name before, and no newer one is known of' });

export const repo = z
  .object({
    id,
    name: z.string().meta({ description: 'The latest known' }),
    owner: z.string().nullable(),
    project: z.string().nullable(),
    org_login: z.string().nullable(),
    last_event_at: time.nullable(),
    other_ids: otherIds,
    since: time,
    until: time,
    events: count,
    actors: count.meta({ description: 'Distinct accounts' }),
    by_type: byType,
    days: z
      .array(z.object({ day: z.iso.date(), events: count, actors: count }))
      .meta({ description: 'UTC days with events, oldest first' }),
    top_actors: z.array(z.object({ id, login: z.string(), is_bot: isBot, events: count })),
  })
  .meta({ id: 'Repository' });

export const actor = z
  .object({
    id,
    login: z.string().meta({ description: 'The latest known' }),
    is_bot: isBot,
    last_event_at: time.nullable(),
    other_ids: otherIds,
    since: time,
    until: time,
    events: count,
    repos: count.meta({ description: 'Distinct repositories' }),
    by_type: byType,
    days: z
      .array(z.object({ day: z.iso.date(), events: count, repos: count }))
      .meta({ description: 'UTC days with events, oldest first' }),
    top_repos: z.array(z.object({ id, name: z.string(), events: count })),
  })
  .meta({ id: 'Account' });
