import { z } from 'zod';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const TIME = z.union([z.iso.datetime({ offset: true, local: false }), z.iso.date()]);
/** PostgreSQL counts years from 1, and JavaScript writes those after 9999 with a sign. */
const EARLIEST = Date.parse('0001-01-01T00:00:00Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/** A time with its zone, or a day, which stands for its first moment in UTC. Gives ISO 8601 in UTC. */
function moment(description: string) {
  return z
    .string()
    .max(40)
    .refine((text) => isMoment(text), {
      error: 'must be a day (2026-01-31) or a time with its zone (2026-01-31T07:00:00Z)',
    })
    .transform((text) => new Date(DAY.test(text) ? `${text}T00:00:00Z` : text).toISOString())
    .optional()
    .meta({
      description,
      examples: ['2026-01-31', '2026-01-31T07:00:00Z'],
      anyOf: [{ format: 'date' }, { format: 'date-time' }],
    });
}

function isMoment(text: string): boolean {
  if (!TIME.safeParse(text).success) return false;
  const at = Date.parse(DAY.test(text) ? `${text}T00:00:00Z` : text);
  return at >= EARLIEST && at <= LATEST;
}

/** PostgreSQL's texts hold no NUL. */
export function text(maxLength: number) {
  return z
    .string()
    .min(1)
    .max(maxLength)
    .refine((given) => !given.includes('\0'), { error: 'must be text without NUL' });
}

/** A whole number within bounds, as it stands in a URL. */
export function wholeNumber(min: number, max: number, fallback: number) {
  return z.coerce.number().int().min(min).max(max).default(fallback);
}

/** A span of time. Without `until` it ends now; where it begins without `since`, each route says. */
export const span = {
  since: moment('First moment: a day or a time. Inclusive'),
  until: moment('First moment after: a day or a time. Exclusive'),
};

export const bots = z
  .enum(['include', 'exclude', 'only'])
  .default('include')
  .meta({ description: 'What to do with accounts whose login ends in [bot]' });

/** An object of parameters: what is not in it is refused, so that a misspelt filter is not taken for none. */
export function parameters<T extends z.core.$ZodLooseShape>(shape: T) {
  return z.strictObject(shape).refine(
    (given) => {
      const { since, until } = given as { since?: string; until?: string };
      return since === undefined || until === undefined || since < until;
    },
    { error: 'since must be before until', path: ['since'] },
  );
}
