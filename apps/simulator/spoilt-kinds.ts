// The ways an event is wrong, by name. The rule they were cut to: an item is refused when it is
// not a JSON object that PostgreSQL jsonb accepts, or its id or type is missing, empty, or not a
// string or number; everything else must be accepted.
import type { Random } from './random.ts';

/** What must be refused. */
export const refusedKinds = [
  'nul_escape',
  'lone_surrogate',
  'huge_number',
  'too_deep',
  'raw_nul',
  'bad_utf8',
  'missing_id',
  'missing_type',
  'null_id',
  'empty_id',
  'empty_type',
  'object_id',
  'bare_string',
  'bare_number',
] as const;

/** What looks wrong and must be accepted all the same. */
export const oddKinds = [
  'created_at_missing',
  'created_at_text',
  'created_at_month_13',
  'actor_missing',
  'repo_missing',
  'payload_missing',
  'payload_not_object',
  'unknown_type',
  'actor_id_twenty_digits',
  'negative_repo_id',
  'text_id',
  'number_id',
  'number_above_2_53',
  'extra_fields',
  'escaped_backslash',
  'surrogate_pair',
] as const;

export type RefusedKind = (typeof refusedKinds)[number];
export type OddKind = (typeof oddKinds)[number];
export type SpoiltKind = RefusedKind | OddKind;

const refused: ReadonlySet<string> = new Set(refusedKinds);

/** The type that `unknown_type` events bear. */
export const unknownType = 'SparkleEvent';

export function isRefused(kind: SpoiltKind): kind is RefusedKind {
  return refused.has(kind);
}

// Half of the bad rows are refused. The 40 KB of `too_deep` are kept rare: one ticket, ten each
// for the others.
const tickets: SpoiltKind[] = [
  ...refusedKinds.flatMap((kind) => Array<SpoiltKind>(kind === 'too_deep' ? 1 : 10).fill(kind)),
  ...oddKinds.flatMap((kind) => Array<SpoiltKind>(8).fill(kind)),
];

/** Draws a kind, using one number. */
export function drawKind(random: Random): SpoiltKind {
  return tickets[Math.floor(random() * tickets.length)] as SpoiltKind;
}
