import { invalidParameter } from './problems.ts';

export interface Span {
  /** ISO 8601, UTC. */
  since: string;
  until: string;
}

const HOUR_MS = 3_600_000;
const WIDTHS = { hour: HOUR_MS, day: 24 * HOUR_MS } as const;
export type Bucket = keyof typeof WIDTHS;
/** More buckets than this are no picture any more. */
const MOST_BUCKETS = 3_000;
const LATEST = '9999-12-31T23:59:59.999Z';

/**
 * The span that was asked for, widened to whole buckets of UTC.
 *
 * @param defaultBuckets how many it has when its beginning is not given.
 * @throws ProblemError when there are too many buckets.
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
  if (end - start > MOST_BUCKETS * width)
    throw invalidParameter(
      'since',
      `makes more than ${MOST_BUCKETS} buckets; ask for a shorter span${bucket === 'hour' ? ', or for bucket=day' : ''}`,
    );
  return { since: isoOf(start), until: isoOf(end) };
}

/**
 * The span that was asked for, widened to whole hours of UTC, of any length: for what is told of it as a whole.
 *
 * @throws ProblemError when it ends before it begins.
 */
export function wholeHours(
  asked: { since?: string | undefined; until?: string | undefined },
  now: string,
): Span {
  const end = Math.ceil(Date.parse(asked.until ?? now) / HOUR_MS) * HOUR_MS;
  const start =
    asked.since === undefined
      ? end - 24 * HOUR_MS
      : Math.floor(Date.parse(asked.since) / HOUR_MS) * HOUR_MS;
  if (end <= start) throw invalidParameter('since', 'must be before until, which is now');
  return { since: isoOf(start), until: isoOf(end) };
}

/** The last moment there is ends a little before its bucket does. */
function isoOf(ms: number): string {
  const text = new Date(ms).toISOString();
  return text.startsWith('+') ? LATEST : text.startsWith('-') ? '0001-01-01T00:00:00.000Z' : text;
}
