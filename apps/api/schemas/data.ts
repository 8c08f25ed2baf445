import { z } from 'zod';
import { parameters, span, text, wholeNumber } from './parameters.ts';
import { count, id, isBot, time } from './values.ts';

/** Deeper than this, pages cost what all before them cost; a cursor costs the same anywhere. */
export const DEEPEST_ROW = 10_000;
/** Up to so many events are counted. */
export const COUNTED_ROWS = 10_000;

export const dataQuery = parameters({
  page: wholeNumber(1, DEEPEST_ROW, 1).meta({
    description: `From 1; page × page_size may not go beyond ${DEEPEST_ROW}`,
  }),
  page_size: wholeNumber(1, 100, 50),
  cursor: text(300)
    .optional()
    .meta({ description: 'next_cursor of the page before; takes the place of page' }),
  type: text(200)
    .optional()
    .meta({ description: 'Event type', examples: ['PushEvent'] }),
  repo: text(200)
    .optional()
    .meta({ description: 'Latest name of the repository, owner/project, in any case' }),
  actor: text(200).optional().meta({ description: 'Latest login of the account, in any case' }),
  source: text(500)
    .optional()
    .meta({
      description: 'What showed the event first',
      examples: ['api:public', 'gharchive:2026-01-31-7'],
    }),
  search: text(200).min(3).optional().meta({
    description: 'Beginning of owner/project, of a project, or of a login, in any case',
  }),
  ...span,
});

const unknown = 'null when GitHub did not say';

export const data = z
  .object({
    items: z
      .array(
        z.object({
          id: id.meta({ description: 'Unique only together with type and time' }),
          type: z.string(),
          time,
          actor_id: id.nullable().meta({ description: unknown }),
          actor_login: z.string().nullable().meta({ description: 'The latest known' }),
          is_bot: isBot,
          repo_id: id.nullable().meta({ description: unknown }),
          repo_name: z.string().nullable().meta({ description: 'The latest known' }),
          org_login: z.string().nullable(),
          action: z.string().nullable().meta({ description: 'opened, closed, …' }),
          ref: z.string().nullable().meta({ description: 'Branch or tag' }),
          number: id.nullable().meta({ description: 'Of the issue or pull request' }),
          title: z.string().nullable(),
          source: z.string().nullable(),
        }),
      )
      .meta({ description: 'The newest first' }),
    page: count.nullable().meta({ description: 'null when a cursor was given' }),
    page_size: count,
    total: count.meta({ description: 'Events that fit' }),
    is_total_exact: z.boolean().meta({
      description: `Whether they were counted; beyond ${COUNTED_ROWS} it is an estimate: from counts by the hour, or the planner's`,
    }),
    is_search_complete: z.boolean().nullable().meta({
      description:
        'Whether all names that begin so were looked at; of more than 200 repositories or accounts, 200 are. null without search',
    }),
    has_more: z.boolean(),
    next_cursor: z
      .string()
      .nullable()
      .meta({ description: 'For the next page, in the order of time; null on the last' }),
  })
  .meta({ id: 'Data' });
