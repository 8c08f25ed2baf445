import type { z } from 'zod';
import { invalidParameter } from '../problems.ts';
import { COUNTED_ROWS, DEEPEST_ROW, data, dataQuery } from '../schemas/data.ts';
import type { Warehouse } from '../warehouse.ts';
import { type Cursor, readCursor, writeCursor } from './cursor.ts';
import { type AnswerContext, route } from './route.ts';

type Query = z.infer<typeof dataQuery>;
type Event = z.infer<typeof data>['items'][number];

/** Of more repositories or accounts whose name begins as asked, no more are looked at. */
const SEARCHED_NAMES = 200;
/** So many events are read at most where the newest of each of several names are looked for. */
const MOST_READ_OF_EACH = 50_000;

export const dataRoute = route({
  path: '/data',
  tag: 'events',
  summary: 'Events, the newest first',
  description: `Pages are for people; whoever reads on follows next_cursor, which costs the same at any depth and neither repeats nor skips an event when new ones come in. Names find events by id: those that came without one (old timelines, CSV files) are found by time, type and source.`,
  query: dataQuery,
  response: data,
  freshSeconds: 1,
  isOfGold: true,
  answer: async ({ warehouse, query, remember }) => {
    const { page, page_size } = query;
    if (query.cursor === undefined && page * page_size > DEEPEST_ROW)
      throw invalidParameter(
        'page',
        `page × page_size may not go beyond ${DEEPEST_ROW}; go on by next_cursor`,
      );
    const cursor = query.cursor === undefined ? undefined : readCursor(query.cursor);
    const { values, isSearchComplete, hasNone } = await findNames(warehouse, query, remember);
    const frame = {
      page: cursor === undefined ? page : null,
      page_size,
      is_search_complete: isSearchComplete,
    };
    if (hasNone)
      return {
        ...frame,
        items: [],
        total: 0,
        is_total_exact: true,
        has_more: false,
        next_cursor: null,
      };
    const [found, total] = await Promise.all([
      readPage(warehouse, values, cursor, page_size + 1, (page - 1) * page_size),
      // The same on all pages.
      remember(['total', values], () => countEvents(warehouse, values)),
    ]);
    const items = found.slice(0, page_size);
    const last = items.at(-1);
    const has_more = found.length > page_size;
    return {
      ...frame,
      ...total,
      items,
      has_more,
      next_cursor: has_more && last !== undefined ? writeCursor(last) : null,
    };
  },
});

function readPage(
  warehouse: Warehouse,
  values: readonly unknown[],
  cursor: Cursor | undefined,
  limit: number,
  offset: number,
): Promise<Event[]> {
  const leftOut = cursor === undefined ? offset : 0;
  return warehouse.rows<Event>('api/data', [
    ...values,
    cursor?.time,
    cursor?.id,
    cursor?.type,
    limit,
    leftOut,
    isOfEach(values, leftOut + limit) ? true : undefined,
  ]);
}

/** Whether one list of ids is all that is asked for besides a span and a type, and not too deep to read so much of each. */
function isOfEach(values: readonly unknown[], most: number): boolean {
  const [, , , repoId, repoIds, actorId, actorIds, foundRepos, foundActors, source] = values;
  const isGiven = (...some: unknown[]) => some.some((value) => value !== undefined);
  const lists = [isGiven(repoIds), isGiven(actorIds), isGiven(foundRepos, foundActors)];
  const ids = [repoIds, actorIds, foundRepos, foundActors].flatMap((list) => list ?? []);
  return (
    !isGiven(repoId, actorId, source) &&
    lists.filter(Boolean).length === 1 &&
    ids.length * most <= MOST_READ_OF_EACH
  );
}

/** Counts no more events than need be: where marts say that there are many, they say how many as well. */
async function countEvents(
  warehouse: Warehouse,
  values: readonly unknown[],
): Promise<{ total: number; is_total_exact: boolean }> {
  const [since, until, type, ...others] = values;
  if (others.every((value) => value === undefined)) {
    const { at_least, about } = await warehouse.row<{ at_least: number; about: number }>(
      'api/data-counted',
      [since, until, type],
    );
    if (at_least > COUNTED_ROWS) return { total: about, is_total_exact: false };
  }
  const { event_count } = await warehouse.row<{ event_count: number }>('api/data-count', [
    ...values,
    COUNTED_ROWS + 1,
  ]);
  if (event_count <= COUNTED_ROWS) return { total: event_count, is_total_exact: true };
  const expected = await warehouse.expectedRows('api/data-matching', values);
  return { total: Math.max(event_count, Math.round(expected)), is_total_exact: false };
}

/** The parameters that all queries of the route have in common; hasNone when a name is not known. */
async function findNames(
  warehouse: Warehouse,
  { since, until, type, repo, actor, source, search }: Query,
  remember: AnswerContext<unknown, unknown>['remember'],
): Promise<{ values: unknown[]; isSearchComplete: boolean | null; hasNone: boolean }> {
  const idsOf = async (name: string, text: string | undefined): Promise<string[] | undefined> =>
    text === undefined
      ? undefined
      : await remember([name, text], async () =>
          (await warehouse.rows<{ id: string }>(name, [text])).map(({ id }) => id),
        );
  const [repoIds, actorIds, found] = await Promise.all([
    idsOf('api/find-repos', repo),
    idsOf('api/find-actors', actor),
    search === undefined ? undefined : warehouse.row<Found>('api/search', [search, SEARCHED_NAMES]),
  ]);
  return {
    values: [
      since,
      until,
      type,
      ...oneOrSeveral(repoIds),
      ...oneOrSeveral(actorIds),
      someOf(found?.repo_ids),
      someOf(found?.actor_ids),
      source,
    ],
    isSearchComplete: found?.is_complete ?? null,
    hasNone:
      repoIds?.length === 0 ||
      actorIds?.length === 0 ||
      (found !== undefined && found.repo_ids.length + found.actor_ids.length === 0),
  };
}

/** One id apart: whose events are in order. */
function oneOrSeveral(ids: readonly string[] | undefined): [string | undefined, unknown] {
  return ids?.length === 1 ? [ids[0], undefined] : [undefined, ids];
}

/** Nothing rather than none: the other half of a search is then all there is to look for. */
function someOf(ids: readonly string[] | undefined): readonly string[] | undefined {
  return ids?.length === 0 ? undefined : ids;
}

interface Found {
  repo_ids: string[];
  actor_ids: string[];
  is_complete: boolean;
}
