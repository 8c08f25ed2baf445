// Decides which request fails and how: first what was asked for, then the seeded rate.

import { createRandom, mix, pick } from './random.ts';
import type { Reply } from './reply.ts';
import { jsonReply } from './reply.ts';
import type { FailurePlan } from './simulator-types.ts';

/**
 * `403` and `429` are secondary limits with retry-after, `suspended` a 403 without any rate-limit
 * header, `html` an error page with status 200, `timeout` no answer at all, `reset` a connection
 * torn down, `cut` half of the true body and then a connection torn down.
 */
export const failureKinds = [
  '500',
  '502',
  '503',
  '403',
  '429',
  'suspended',
  'html',
  'timeout',
  'reset',
  'cut',
] as const;

export type FailureKind = (typeof failureKinds)[number];

/** A failure asked for: either a kind or an answer of one's own, which goes out as it is. */
export type FailureRequest = (
  | { kind: FailureKind; retryAfterSeconds?: number }
  | { status: number; headers?: Record<string, string>; body?: string | Buffer }
) & {
  /** Only requests whose path and query contain it. */
  match?: string;
  /** How many requests; default 1. */
  times?: number;
};

/** What is to happen to a request instead of its true answer. */
export type Failure =
  | { kind: 'timeout' | 'reset' | 'cut' }
  /** `limited`: whether the rate-limit headers go with it. */
  | { kind: 'answer'; reply: Reply; limited: boolean };

export interface Failures {
  failNext(request: FailureRequest): void;
  /** The failure for a request to this path, if there is to be one; takes it off the queue. */
  take(path: string): Failure | null;
}

const quickKinds = failureKinds.filter((kind) => kind !== 'timeout');

/** Builds the decision for a plan; `rate: 0` leaves only what `failNext` asks for. */
export function createFailures(seed: number, plan: FailurePlan): Failures {
  const random = createRandom(mix(seed, 6));
  const queue: { request: FailureRequest; left: number }[] = [];

  function take(path: string): Failure | null {
    // Drawn for each request, so that a queued failure does not shift those at a rate.
    const fails = random() < plan.rate;
    const kind = pick(random, plan.kinds ?? quickKinds);
    const found = queue.find(({ request }) => path.includes(request.match ?? ''));
    if (found !== undefined) {
      found.left -= 1;
      if (found.left <= 0) queue.splice(queue.indexOf(found), 1);
      return asFailure(found.request, plan.retryAfterSeconds ?? 60);
    }
    return fails ? asFailure({ kind }, plan.retryAfterSeconds ?? 60) : null;
  }

  return {
    take,
    failNext: (request) => queue.push({ request, left: request.times ?? 1 }),
  };
}

function asFailure(request: FailureRequest, defaultRetryAfter: number): Failure {
  if ('status' in request) {
    const { status, headers = {}, body = '' } = request;
    const reply = { status, headers, body: Buffer.from(body), items: [] };
    return { kind: 'answer', reply, limited: false };
  }
  const { kind } = request;
  if (kind === 'timeout' || kind === 'reset' || kind === 'cut') return { kind };
  const retryAfter = request.retryAfterSeconds ?? defaultRetryAfter;
  const limited = kind !== 'suspended' && kind !== 'html';
  return { kind: 'answer', reply: replyFor(kind, retryAfter), limited };
}

function replyFor(kind: Exclude<FailureKind, 'timeout' | 'reset' | 'cut'>, after: number): Reply {
  switch (kind) {
    case 'html': {
      const body = Buffer.from('<!DOCTYPE html><html><body><h1>Unicorn!</h1></body></html>');
      return { status: 200, headers: { 'content-type': 'text/html' }, body, items: [] };
    }
    case 'suspended':
      return suspendedReply();
    case '403':
    case '429': {
      const message = 'You have exceeded a secondary rate limit. Please wait a few minutes.';
      return jsonReply(Number(kind), { message }, { 'retry-after': String(after) });
    }
    default:
      return jsonReply(Number(kind), { message: 'Server Error' });
  }
}

/** What a suspended account's token gets: nothing in the headers tells it from a limit. */
export function suspendedReply(): Reply {
  return jsonReply(403, { message: 'Sorry. Your account was suspended.' });
}
