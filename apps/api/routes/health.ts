import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Logger } from '../../shared/logger.ts';
import { type Health, readHealth } from '../health.ts';
import { health } from '../schemas/operations.ts';
import type { Warehouse } from '../warehouse.ts';
import type { Limits } from './route.ts';

export interface HealthOptions {
  warehouse: Warehouse;
  limits: Limits;
  now: () => Date;
  log: Logger;
}

/** /health, for people, load balancers and monitors: without a key, without a limit, never from a cache. */
export function addHealth(
  app: FastifyInstance,
  { warehouse, limits, now, log }: HealthOptions,
): void {
  // Whoever comes while it is looked at gets the same: nobody, without a key and without a limit, can take more than one
  // connection to the database from the others.
  let looking: Promise<Health> | undefined;
  const look = () => {
    looking ??= readHealth(warehouse, limits, now().toISOString(), log).finally(() => {
      looking = undefined;
    });
    return looking;
  };

  app.route({
    method: 'GET',
    url: '/health',
    config: { rateLimit: false },
    schema: {
      tags: ['operations'],
      summary: 'How each component of the warehouse does',
      description: '200 when all are ok or degraded, 503 when one has failed. Needs no key.',
      security: [],
      querystring: z.strictObject({}),
      response: { 200: health, 503: health },
    },
    handler: async (_request, reply) => {
      const found = await look();
      return await reply
        .code(found.status === 'failed' ? 503 : 200)
        .header('cache-control', 'no-store')
        .send(found);
    },
  });
  app.route({
    method: 'GET',
    url: '/health/live',
    config: { rateLimit: false },
    schema: {
      tags: ['operations'],
      summary: 'Whether the API itself answers, whatever the warehouse does',
      security: [],
      querystring: z.strictObject({}),
      response: { 200: z.object({ status: z.literal('ok') }) },
    },
    handler: async (_request, reply) =>
      await reply.header('cache-control', 'no-store').send({ status: 'ok' }),
  });
}
