import { invalidParameter } from './problems.ts';

export interface Span {
  /** ISO 8601, UTC. */
  since: string;
  until: string;
}

const HOUR_MS = 3_600_000;
const WIDTHS = { hour: HOUR_MS, day: 24 * HOUR_MS } as const;
export type Bucket = keyof typeof WIDTHS;
/** More are no picture any more. */
const MOST_BUCKETS = { hour: 3_000, day: 10_000 } as const;
/** What JavaScript and PostgreSQL write alike: the years 1 to 9999. */
const EARLIEST = Date.parse('0001-01-01T00:00:00Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * The span that was asked for, widened to whole buckets of UTC.
 *
 * @param defaultBuckets how many it has when its beginning is not given.
 * @throws ProblemError when it ends before it begins.
 */
export function wholeBuckets(
  asked: { since?: string | undefined; until?: string | undefined },
  bucket: Bucket,
  defaultBuckets: number,
  now: string,
): Span {
  const width = WIDTHS[bucket];
  const end = Math.ceil(Date.parse(asked.until ?? now) / width) * width;
  const start =
    asked.since === undefined
      ? end - defaultBuckets * width
      : Math.floor(Date.parse(asked.since) / width) * width;
  if (end <= start) throw invalidParameter('since', 'must be before until, which is now');
  return { since: isoOf(start), until: isoOf(end) };
}

/** @throws ProblemError when a span has more buckets than can be shown. */
export function requireFewBuckets({ since, until }: Span, bucket: Bucket): void {
  if (Date.parse(until) - Date.parse(since) <= MOST_BUCKETS[bucket] * WIDTHS[bucket]) return;
  throw invalidParameter(
    'since',
    `makes more than ${MOST_BUCKETS[bucket]} buckets; ask for a shorter span${bucket === 'hour' ? ', or for bucket=day' : ''}`,
  );
}

function isoOf(ms: number): string {
  return new Date(Math.min(LATEST, Math.max(EARLIEST, ms))).toISOString();
}
