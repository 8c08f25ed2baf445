import { z } from 'zod';

/** A time as GitHub writes it, in UTC. Not checked further: events may carry any year that PostgreSQL can hold. */
export const time = z
  .string()
  .meta({ format: 'date-time', description: 'ISO 8601, UTC', examples: ['2026-01-31T07:00:00Z'] });

/** Ids go beyond what a JSON number holds safely. */
export const id = z.string().meta({ description: 'Number, as a string', examples: ['10247393'] });

/** Of things: far below 2^53. */
export const count = z.int().min(0);

/** From 0 to 1. */
export const share = z.number().min(0).max(1);

export const isBot = z
  .boolean()
  .nullable()
  .meta({ description: 'Whether the login ends in [bot]; null when no login is known' });
