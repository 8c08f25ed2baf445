import type { z } from 'zod';
import type { Warehouse } from '../warehouse.ts';

/** What a route needs to answer. */
export interface AnswerContext<Query, Params> {
  warehouse: Warehouse;
  query: Query;
  params: Params;
  /** ISO 8601, UTC: one time for all of an answer. */
  now: string;
  limits: Limits;
  /**
   * A part of an answer that others share, such as the total of all pages: made once, for as long as an answer may be
   * given again.
   *
   * @param what it is, with all that it depends on; goes through JSON, as the part does.
   */
  remember: <Part>(what: readonly unknown[], make: () => Promise<Part>) => Promise<Part>;
}

/** When a component of the warehouse counts as late. */
export interface Limits {
  /** Seconds without a poll until the listener is degraded. */
  silentSeconds: number;
  /** Seconds without a poll until it has failed. */
  longSilentSeconds: number;
  /** Seconds without a good run until silver and gold have failed. */
  staleSeconds: number;
}

/** One path of the API. All are read with GET. */
export interface Route {
  path: string;
  tag: 'events' | 'operations';
  summary: string;
  description?: string;
  query: z.ZodType;
  params?: z.ZodType;
  response: z.ZodType;
  /** For so many seconds an answer may be given again, by us and by whoever asked. */
  freshSeconds: number;
  /** Whether it is made of gold and its coverage alone: then we may give it again until these are loaded again. */
  isOfGold?: boolean;
  answer: (context: AnswerContext<unknown, unknown>) => Promise<unknown>;
}

/** A route whose answer is checked against its schemas as it is written. */
export function route<
  Q extends z.ZodType,
  R extends z.ZodType,
  P extends z.ZodType = z.ZodUndefined,
>(
  described: Omit<Route, 'query' | 'params' | 'response' | 'answer'> & {
    query: Q;
    params?: P;
    response: R;
    answer: (context: AnswerContext<z.output<Q>, z.output<P>>) => Promise<z.output<R>>;
  },
): Route {
  return described as Route;
}
