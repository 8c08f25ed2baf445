import cors from '@fastify/cors';
import etag from '@fastify/etag';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastify, { type FastifyInstance, type FastifyRequest, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Logger } from '../shared/logger.ts';
import { addRoute } from './add-route.ts';
import { createApiKeys } from './api-keys.ts';
import { addDashboard } from './dashboard.ts';
import { addDocumentation } from './documentation.ts';
import { addMetrics, timeRequests } from './metrics.ts';
import { ProblemError, sendError, sendProblem, statusProblem } from './problems.ts';
import { createResponseCache } from './response-cache.ts';
import { routes } from './routes/all-routes.ts';
import { addHealth } from './routes/health.ts';
import type { Limits } from './routes/route.ts';
import type { Warehouse } from './warehouse.ts';

export interface ApiOptions {
  warehouse: Warehouse;
  log: Logger;
  /** Whoever brings one of them is let in; none: everybody is. */
  keys: readonly string[];
  /** Whose pages may read answers in a browser, such as https://example.org. */
  corsOrigins: readonly string[];
  /** Requests a minute of one client; 0 for no limit. */
  rateLimit: number;
  limits: Limits;
  now?: () => Date;
}

/** Longer URLs are refused: no list of filters needs as much. */
const MOST_URL_LENGTH = 2_048;
/** OPTIONS is for browsers that ask whether they may. */
const METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
const CACHE_BYTES = 32 * 1024 * 1024;
/** From the first byte of a request to its last: requests are short. */
const REQUEST_TIMEOUT_MS = 10_000;
/** How often Node.js looks for those that took longer. */
const REQUEST_CHECK_MS = 1_000;
const KEEP_ALIVE_MS = 72_000;
/** Closing waits so long for answers, which is less than the process may take to stop; then for nobody. */
const CLOSE_MS = 5_500;

/** Nothing from elsewhere, no script or style that is not a file of ours; images may stand in the page. */
const CONTENT_SECURITY_POLICY = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    fontSrc: ["'self'"],
    connectSrc: ["'self'"],
    manifestSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
};

/**
 * Builds the API. It listens nowhere yet: `listen` does that, `inject` answers without.
 *
 * @returns the server; its close waits for what is under way.
 */
export async function createApi(options: ApiOptions): Promise<FastifyInstance> {
  const { warehouse, log, limits, now = () => new Date() } = options;
  const app = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { connectionsCheckingInterval: REQUEST_CHECK_MS, headersTimeout: REQUEST_TIMEOUT_MS },
    keepAliveTimeout: KEEP_ALIVE_MS,
    bodyLimit: 1024,
    exposeHeadRoutes: true,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: MOST_URL_LENGTH },
    // A URL that cannot be decoded.
    frameworkErrors: (error, request, reply) => void sendError(error, request, reply),
  }) as unknown as FastifyInstance;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(sendError);
  app.addHook('preClose', async () => {
    // A request that never comes whole would hold it up.
    setTimeout(() => app.server.closeAllConnections(), CLOSE_MS).unref();
  });
  const registry = timeRequests(app);

  const keys = createApiKeys(options.keys);
  app.addHook('onRequest', async (request, reply) => {
    if (!METHODS.has(request.method)) {
      reply.header('allow', 'GET, HEAD');
      throw new ProblemError(statusProblem(405, 'The API only reads: send GET.'));
    }
    if (request.url.length > MOST_URL_LENGTH)
      throw new ProblemError(
        statusProblem(414, `A URL may have ${MOST_URL_LENGTH} characters at most.`),
      );
  });
  await app.register(helmet, {
    contentSecurityPolicy: CONTENT_SECURITY_POLICY,
    referrerPolicy: { policy: 'no-referrer' },
  });
  await app.register(cors, {
    origin: [...options.corsOrigins],
    methods: ['GET', 'HEAD'],
    allowedHeaders: ['Authorization', 'X-API-Key', 'If-None-Match'],
    exposedHeaders: ['ETag', 'Retry-After', 'X-RateLimit-Limit', 'X-RateLimit-Remaining'],
    maxAge: 600,
    // OPTIONS that is no preflight is answered as one, rather than by a text that says it is none.
    strictPreflight: false,
  });
  if (options.rateLimit > 0)
    await app.register(rateLimit, {
      max: options.rateLimit,
      timeWindow: 60_000,
      keyGenerator: (request: FastifyRequest) =>
        `${keys.find(request.headers) ?? ''} ${request.ip}`,
      errorResponseBuilder: (_request, { after, ttl }) =>
        new ProblemError(
          statusProblem(
            429,
            `More than ${options.rateLimit} requests a minute. Go on in ${after}.`,
          ),
          Math.ceil(ttl / 1000),
        ),
    });
  // RFC 9110, 13.2.1: only what would be answered 200 can be unchanged. Before the hook of the plugin, which asks nothing else.
  app.addHook('onSend', async (request, reply) => {
    if (reply.statusCode !== 200) delete request.headers['if-none-match'];
  });
  await app.register(etag);
  await addDocumentation(app);

  await app.register(async (open) => {
    addHealth(open, { warehouse, limits, now, log });
    await addDashboard(open);
  });
  const cache = createResponseCache(CACHE_BYTES, () => now().getTime());
  await app.register(async (closed) => {
    // After the limit of requests, so that keys cannot be tried without end.
    closed.addHook('preValidation', async (request, reply) => {
      if (!keys.areNeeded || keys.find(request.headers) !== undefined) return;
      reply.header('www-authenticate', 'Bearer');
      throw new ProblemError(
        statusProblem(401, 'Send a key as "Authorization: Bearer KEY" or "X-API-Key: KEY".'),
      );
    });
    addMetrics(closed, registry, { warehouse, limits, now, log });
    for (const route of routes) addRoute(closed, route, { warehouse, limits, now, cache });
  });

  const limited = options.rateLimit > 0 ? { preHandler: app.rateLimit() } : {};
  app.setNotFoundHandler(limited, (request, reply) => {
    sendProblem(reply, statusProblem(404, `There is nothing at ${request.url.split('?')[0]}.`));
  });
  return app;
}
