// From a request to its answer: failures first, then tokens and quota, then what was asked for.
import type { IncomingMessage } from 'node:http';
import type { Archive } from './create-archive.ts';
import { type Failures, suspendedReply } from './create-failures.ts';
import type { Quota } from './create-quota.ts';
import { matchesEtag } from './page-items.ts';
import { jsonReply, notFound, type Reply } from './reply.ts';

/** What is to happen to a request; `reply` of `cut` is sent only by half. */
export type Answer =
  | { kind: 'timeout' }
  | { kind: 'reset' }
  | { kind: 'reply' | 'cut'; reply: Reply };

/** Whatever serves the events API: made-up events or real ones. */
export interface EventSource {
  reply(url: URL, ifNoneMatch: string | undefined): Reply | Promise<Reply>;
}

export interface Parts {
  failures: Failures;
  quota: Quota;
  events: EventSource;
  archive: Archive;
  suspendedTokens: readonly string[];
  pollIntervalSeconds: number;
}

/** The token of an authorization header, whatever its scheme; null without one. */
export function tokenOf(request: IncomingMessage): string | null {
  return request.headers.authorization?.split(' ').at(-1) ?? null;
}

/** Decides the answer to a request for an absolute url. */
export async function answerRequest(
  parts: Parts,
  request: IncomingMessage,
  url: URL,
): Promise<Answer> {
  const failure = parts.failures.take(url.pathname + url.search);
  const token = tokenOf(request);
  if (failure?.kind === 'timeout' || failure?.kind === 'reset') return { kind: failure.kind };
  if (failure?.kind === 'answer') {
    const { reply, limited } = failure;
    return {
      kind: 'reply',
      reply: limited ? withHeaders(reply, parts.quota.headers(token)) : reply,
    };
  }
  const reply = await trueReply(parts, request, url, token);
  return { kind: failure?.kind ?? 'reply', reply };
}

async function trueReply(
  parts: Parts,
  request: IncomingMessage,
  url: URL,
  token: string | null,
): Promise<Reply> {
  if (request.method !== 'GET') return notFound();
  const hour = parts.archive(url.pathname);
  if (hour !== null) return hour;
  if (token !== null && parts.suspendedTokens.includes(token)) return suspendedReply();

  const { quota } = parts;
  if (quota.isExhausted(token)) return withHeaders(exhaustedReply(), quota.headers(token));
  const ifNoneMatch = request.headers['if-none-match'];
  const full = await parts.events.reply(url, ifNoneMatch);
  const isKnown = full.status === 200 && matchesEtag(ifNoneMatch, full.headers.etag ?? '');
  const reply = isKnown ? notModified(full) : full;
  // A 304 costs nothing, but only those who say who they are.
  if (!isKnown || token === null) quota.spend(token);
  const interval = { 'x-poll-interval': String(parts.pollIntervalSeconds) };
  return withHeaders(reply, { ...interval, ...quota.headers(token) });
}

function notModified({ headers }: Reply): Reply {
  const { 'content-type': _, ...kept } = headers;
  return { status: 304, headers: kept, body: Buffer.alloc(0), items: [] };
}

function exhaustedReply(): Reply {
  return jsonReply(403, {
    message: 'API rate limit exceeded.',
    documentation_url: 'https://docs.github.com/rest/rate-limit',
  });
}

function withHeaders(reply: Reply, headers: Record<string, string>): Reply {
  return { ...reply, headers: { ...reply.headers, ...headers } };
}
