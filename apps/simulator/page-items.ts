// Pages of a timeline as GitHub cuts and links them.
import { createHash } from 'node:crypto';
import { jsonReply, type Reply } from './reply.ts';
import type { Item } from './simulator-types.ts';

/** A timeline holds no more than this. */
export const timelineLimit = 300;
const largestPage = 100;
const defaultPage = 30;

/** Which part of a timeline is asked for; `from` ≤ index < `to`. */
export interface PageRequest {
  page: number;
  perPage: number;
  from: number;
  to: number;
}

/** Reads page and per_page; what cannot be read counts as left out, more than 100 as 100. */
export function readPageRequest(query: URLSearchParams): PageRequest {
  const perPage = Math.min(positive(query.get('per_page'), defaultPage), largestPage);
  const page = positive(query.get('page'), 1);
  const from = (page - 1) * perPage;
  return { page, perPage, from, to: Math.min(from + perPage, timelineLimit) };
}

// What GitHub says past the end of a timeline.
function paginationLimited(): Reply {
  return jsonReply(422, {
    message:
      'In order to keep the API fast for everyone, pagination is limited for this resource. ' +
      'Check the rel=last link relation in the Link response header to see how far back you ' +
      'can traverse.',
    documentation_url: 'https://docs.github.com/v3/#pagination',
  });
}

/**
 * Builds the answer for a page. The body is the items' own bytes between brackets and commas:
 * no serializer touches them.
 * @param url what was asked for, absolute; the Link header varies its `page`
 * @param count how many items the whole timeline has, at most 300
 */
export function pageReply(
  items: readonly Item[],
  url: URL,
  { page, perPage, from }: PageRequest,
  count: number,
): Reply {
  if (from >= timelineLimit) return paginationLimited();
  const parts = items.flatMap((item, index) => [index === 0 ? open : comma, item.raw]);
  const body = Buffer.concat(items.length === 0 ? [open, close] : [...parts, close]);
  const hash = createHash('sha1').update(body).digest('hex');
  const headers: Record<string, string> = {
    'content-type': 'application/json; charset=utf-8',
    etag: `W/"${hash}"`,
  };
  const link = linkHeader(url, page, Math.ceil(Math.min(count, timelineLimit) / perPage));
  if (link !== '') headers.link = link;
  return { status: 200, headers, body, items };
}

/** Whether the client holds what this ETag names; weak and strong forms are the same here. */
export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const bare = (tag: string) => tag.trim().replace(/^W\//, '');
  return ifNoneMatch.split(',').some((tag) => bare(tag) === bare(etag) || tag.trim() === '*');
}

const open = Buffer.from('[');
const comma = Buffer.from(',');
const close = Buffer.from(']');

function linkHeader(url: URL, page: number, last: number): string {
  const links: string[] = [];
  const add = (rel: string, to: number) => {
    const target = new URL(url);
    target.searchParams.set('page', String(to));
    links.push(`<${target.href}>; rel="${rel}"`);
  };
  if (page > 1) add('prev', Math.min(page - 1, Math.max(last, 1)));
  if (page < last) {
    add('next', page + 1);
    add('last', last);
  }
  if (page > 1) add('first', 1);
  return links.join(', ');
}

function positive(text: string | null, otherwise: number): number {
  return text !== null && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : otherwise;
}
