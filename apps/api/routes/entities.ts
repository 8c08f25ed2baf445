import type { z } from 'zod';
import { invalidParameter, notFound } from '../problems.ts';
import { actor, actorParams, entityQuery, repo, repoParams } from '../schemas/entities.ts';
import { type Span, wholeBuckets } from '../span.ts';
import { route } from './route.ts';

const DEFAULT_DAYS = 30;
const MOST_DAYS = 366;
const DAY_MS = 86_400_000;

type Repo = z.infer<typeof repo>;
type Actor = z.infer<typeof actor>;

const SPAN = `The span is widened to whole days and may be ${MOST_DAYS} of them. Without since: the last ${DEFAULT_DAYS}.`;

export const repoRoute = route({
  path: '/repos/:owner/:name',
  tag: 'events',
  summary: 'What happened in a repository',
  description: `By its latest known name. ${SPAN}`,
  params: repoParams,
  query: entityQuery,
  response: repo,
  freshSeconds: 1,
  isOfGold: true,
  answer: async ({ warehouse, params: { owner, name }, query, now }) => {
    const span = daysOf(query, now);
    const [first, ...others] = await warehouse.rows<
      Pick<Repo, 'id' | 'name' | 'owner' | 'project' | 'org_login' | 'last_event_at'>
    >('api/find-repos', [`${owner}/${name}`]);
    if (first === undefined) throw notFound(`No repository ${owner}/${name} is known.`);
    const activity = await warehouse.row<
      Pick<Repo, 'events' | 'actors' | 'by_type' | 'days' | 'top_actors'>
    >('api/repo', [first.id, span.since, span.until]);
    return { ...first, other_ids: others.map(({ id }) => id), ...span, ...activity };
  },
});

export const actorRoute = route({
  path: '/actors/:login',
  tag: 'events',
  summary: 'What an account did',
  description: `By its latest known login. ${SPAN}`,
  params: actorParams,
  query: entityQuery,
  response: actor,
  freshSeconds: 1,
  isOfGold: true,
  answer: async ({ warehouse, params: { login }, query, now }) => {
    const span = daysOf(query, now);
    const [first, ...others] = await warehouse.rows<
      Pick<Actor, 'id' | 'login' | 'is_bot' | 'last_event_at'>
    >('api/find-actors', [login]);
    if (first === undefined) throw notFound(`No account ${login} is known.`);
    const activity = await warehouse.row<
      Pick<Actor, 'events' | 'repos' | 'by_type' | 'days' | 'top_repos'>
    >('api/actor', [first.id, span.since, span.until]);
    return { ...first, other_ids: others.map(({ id }) => id), ...span, ...activity };
  },
});

function daysOf(query: z.infer<typeof entityQuery>, now: string): Span {
  const span = wholeBuckets(query, 'day', DEFAULT_DAYS, now);
  if (Date.parse(span.until) - Date.parse(span.since) > MOST_DAYS * DAY_MS)
    throw invalidParameter('since', `makes more than ${MOST_DAYS} days`);
  return span;
}
