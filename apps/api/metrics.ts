import type { FastifyInstance } from 'fastify';
import {
  collectDefaultMetrics,
  Gauge,
  Histogram,
  type MetricConfiguration,
  Registry,
} from 'prom-client';
import { z } from 'zod';
import { messageOf } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import { readHealth } from './health.ts';
import { readStats } from './read-stats.ts';
import type { Limits } from './routes/route.ts';
import type { Warehouse } from './warehouse.ts';

export interface MetricsOptions {
  warehouse: Warehouse;
  limits: Limits;
  now: () => Date;
  log: Logger;
}

/** Around the target of 50 ms. */
const BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Times every request of the server, by its route and status. To be called before there are routes. */
export function timeRequests(app: FastifyInstance): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const durations = new Histogram({
    name: 'assay_http_request_duration_seconds',
    help: 'From the first byte of a request to the last of its answer.',
    labelNames: ['route', 'status'],
    buckets: BUCKETS,
    registers: [registry],
  });
  app.addHook('onResponse', async (request, reply) => {
    durations.observe(
      { route: request.routeOptions.url ?? 'none', status: reply.statusCode },
      reply.elapsedTime / 1000,
    );
  });
  return registry;
}

/** /metrics for Prometheus: this process, its requests, and the warehouse as /health and /stats see it. */
export function addMetrics(
  app: FastifyInstance,
  registry: Registry,
  options: MetricsOptions,
): void {
  const gauges = createGauges(registry);
  // The gauges are one set: two who filled them at the same time would empty each other's.
  let making: Promise<string> | undefined;
  const make = () => {
    making ??= readInto(gauges, options)
      .then(() => registry.metrics())
      .finally(() => {
        making = undefined;
      });
    return making;
  };
  app.route({
    method: 'GET',
    url: '/metrics',
    schema: {
      tags: ['operations'],
      summary: 'Metrics for Prometheus',
      description:
        'Of the warehouse, and of this process. assay_database_up is 0 while the database does not answer; what is known of the warehouse only is left out then.',
      querystring: z.strictObject({}),
      response: {
        200: {
          description: "Prometheus's text format",
          content: { 'text/plain': { schema: z.string() } },
        },
      },
    },
    handler: async (_request, reply) => {
      const text = await make();
      return await reply
        .header('cache-control', 'no-store')
        .type(registry.contentType)
        .serializer((made: string) => made)
        .send(text);
    },
  });
}

function createGauges(registry: Registry) {
  const gauge = <Label extends string = never>(
    name: string,
    help: string,
    labelNames: MetricConfiguration<Label>['labelNames'] = [],
  ) => new Gauge<Label>({ name: `assay_${name}`, help, labelNames, registers: [registry] });
  return {
    databaseUp: gauge('database_up', 'Whether the database answers and holds a warehouse.'),
    componentStatus: gauge(
      'component_status',
      'Status of a component: 2 ok, 1 degraded, 0 failed.',
      ['component'],
    ),
    componentLag: gauge(
      'component_lag_seconds',
      'How far a component is behind: the listener since its last answer, silver and gold against the newest row before them.',
      ['component'],
    ),
    tableRows: gauge('table_rows', 'Rows of a table; of large ones an estimate.', ['table']),
    tableBytes: gauge('table_bytes', 'Bytes of a table on disk, indexes included.', ['table']),
    deadLetters: gauge('dead_letters', 'Items that could not be stored.', ['state']),
    runs: gauge('pipeline_runs', 'Runs of a pipeline in the last 30 days.', ['pipeline']),
    failedRuns: gauge('pipeline_failed_runs', 'Of them, those that failed.', ['pipeline']),
    lastSuccess: gauge(
      'pipeline_last_success_timestamp_seconds',
      'When the last run that succeeded began.',
      ['pipeline'],
    ),
    lastDuration: gauge('pipeline_last_duration_seconds', 'How long that run took.', ['pipeline']),
    rowsPerSecond: gauge(
      'pipeline_rows_per_second',
      'Rows written for each second of its runs, over 30 days.',
      ['pipeline'],
    ),
    lastPoll: gauge('feed_last_poll_timestamp_seconds', 'When a feed was last asked.', ['feed']),
    quotaRemaining: gauge('feed_quota_remaining', 'Requests left, as GitHub last said.', ['feed']),
    captureRate: gauge(
      'capture_rate',
      'Share of all public events that the warehouse has, by estimate: the estimate and the ends of its 95 % interval.',
      ['span', 'bound'],
    ),
  };
}

async function readInto(
  gauges: ReturnType<typeof createGauges>,
  { warehouse, limits, now, log }: MetricsOptions,
): Promise<void> {
  // Nothing stays from the last time: what is not known now is left out.
  for (const gauge of Object.values(gauges)) gauge.reset();
  const at = now().toISOString();
  const health = await readHealth(warehouse, limits, at, log);
  gauges.databaseUp.set(health.components.database.status === 'ok' ? 1 : 0);
  for (const [component, { status, lag_seconds }] of Object.entries(health.components)) {
    gauges.componentStatus.set({ component }, { ok: 2, degraded: 1, failed: 0 }[status]);
    if (lag_seconds !== null) gauges.componentLag.set({ component }, lag_seconds);
  }
  if (health.components.database.status !== 'ok') return;
  try {
    const stats = await readStats(warehouse, at);
    for (const { table, rows, bytes } of stats.tables) {
      gauges.tableRows.set({ table }, rows);
      gauges.tableBytes.set({ table }, bytes);
    }
    for (const [state, count] of Object.entries(stats.dead_letters))
      gauges.deadLetters.set({ state }, count);
    for (const pipeline of stats.pipelines) {
      const label = { pipeline: pipeline.pipeline };
      gauges.runs.set(label, pipeline.run_count);
      gauges.failedRuns.set(label, pipeline.failed_count);
      if (pipeline.last_success_at !== null)
        gauges.lastSuccess.set(label, Date.parse(pipeline.last_success_at) / 1000);
      if (pipeline.last_duration_ms !== null)
        gauges.lastDuration.set(label, pipeline.last_duration_ms / 1000);
      if (pipeline.rows_per_second !== null)
        gauges.rowsPerSecond.set(label, pipeline.rows_per_second);
    }
    for (const { feed, polled_at, quota_remaining } of stats.feeds) {
      gauges.lastPoll.set({ feed }, Date.parse(polled_at) / 1000);
      if (quota_remaining !== null) gauges.quotaRemaining.set({ feed }, quota_remaining);
    }
    for (const { span, capture_rate, capture_low, capture_high } of stats.coverage) {
      for (const [bound, rate] of Object.entries({
        estimate: capture_rate,
        low: capture_low,
        high: capture_high,
      }))
        if (rate !== null) gauges.captureRate.set({ span, bound }, rate);
    }
  } catch (error) {
    log.warn(`metrics: ${messageOf(error)}`);
    gauges.databaseUp.set(0);
  }
}
