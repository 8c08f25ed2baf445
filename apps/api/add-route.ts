import type { FastifyInstance } from 'fastify';
import type { ResponseCache } from './response-cache.ts';
import type { Limits, Route } from './routes/route.ts';
import { problem } from './schemas/problem.ts';
import type { Warehouse } from './warehouse.ts';

export interface RouteOptions {
  warehouse: Warehouse;
  limits: Limits;
  now: () => Date;
  cache: ResponseCache;
}

/** What any route may answer besides 200, for the documentation. */
export const problems = Object.fromEntries(
  (
    [
      ['400', 'A parameter was refused'],
      ['401', 'A key is needed'],
      ['404', 'Not known'],
      ['414', 'The URL is too long'],
      ['429', 'Too many requests'],
      ['503', 'The database does not answer'],
      ['504', 'The query took too long'],
    ] as const
  ).map(([status, description]) => [
    status,
    { description, content: { 'application/problem+json': { schema: problem } } },
  ]),
);

/** Facts may be dropped or erased without a load; then, and when an hour has passed, answers are to follow soon. */
const GOLD_FRESH_MS = 30_000;
const VERSION_FRESH_MS = 1_000;

/** What changes whenever gold does. */
async function goldVersion(warehouse: Warehouse, cache: ResponseCache): Promise<string> {
  const version = await cache.get('gold version', VERSION_FRESH_MS, async () => {
    const row = await warehouse.row<{ version: string }>('api/gold-version');
    return Buffer.from(row.version);
  });
  return version.toString();
}

/** Puts a route into the server: validation, answer, a moment of caching. */
export function addRoute(
  app: FastifyInstance,
  route: Route,
  { warehouse, limits, now, cache }: RouteOptions,
): void {
  app.route({
    method: 'GET',
    url: route.path,
    schema: {
      tags: [route.tag],
      summary: route.summary,
      ...(route.description === undefined ? {} : { description: route.description }),
      querystring: route.query,
      ...(route.params === undefined ? {} : { params: route.params }),
      response: { 200: route.response, ...problems },
    },
    handler: async (request, reply) => {
      // By what was understood, so that the same question in other words is the same. A body as bytes is not
      // checked and written again each time it is given.
      const question = `${route.path}\n${JSON.stringify([request.params, request.query])}`;
      const version = route.isOfGold ? await goldVersion(warehouse, cache) : '';
      const freshMs = route.isOfGold ? GOLD_FRESH_MS : route.freshSeconds * 1000;
      const body = await cache.get(`${question}\n${version}`, freshMs, async () => {
        const answer = await route.answer({
          warehouse,
          limits,
          now: now().toISOString(),
          query: request.query,
          params: request.params,
          remember: async (what, make) => {
            const part = `${route.path} ${JSON.stringify(what)}\n${version}`;
            const made = async () => Buffer.from(JSON.stringify(await make()));
            return JSON.parse((await cache.get(part, freshMs, made)).toString());
          },
        });
        return Buffer.from(reply.code(200).serialize(answer as object) as string);
      });
      return await reply
        .header('cache-control', `private, max-age=${route.freshSeconds}`)
        .type('application/json; charset=utf-8')
        .send(body);
    },
  });
}
