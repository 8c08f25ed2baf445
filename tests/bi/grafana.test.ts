// The Grafana dashboard against what the API's /metrics really gives.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createApi } from '../../apps/api/create-api.ts';
import { openWarehouse } from '../../apps/api/warehouse.ts';
import { projectRoot } from '../../apps/shared/project-root.ts';
import { makeEvent, store } from '../support/events.ts';
import { runTransform, silentLog } from '../support/run-transform.ts';
import { useTestDatabase } from '../support/test-database.ts';

interface Target {
  expr: string;
  legendFormat: string;
  datasource: { uid: string };
}
interface Panel {
  id: number;
  title: string;
  type: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: Target[];
}
interface Sample {
  name: string;
  labels: Record<string, string>;
}

const read = (path: string) => readFileSync(join(projectRoot, 'grafana', path), 'utf8');
const dashboard = JSON.parse(read('assay.json')) as {
  uid: string;
  panels: Panel[];
  templating: { list: { name: string; query: unknown }[] };
};
const targets = dashboard.panels.flatMap(({ title, targets: all = [] }) =>
  all.map((target) => ({ ...target, title })),
);
/** What a panel selects: a metric with its matchers. */
const SELECTOR = /([a-z_][a-z0-9_]*)\{([^}]*)\}/g;
const MATCHER = /(\w+)(=~|!=|!~|=)"([^"]*)"/g;

const database = useTestDatabase();
let samples: Sample[] = [];
let app: Awaited<ReturnType<typeof createApi>>;
afterAll(() => app?.close());

beforeAll(async () => {
  await store(database.pool, [makeEvent(), 'no event']);
  await database.pool.query(`
    insert into ops.polls (poll_id, walk_id, feed, page, polled_at, duration_ms, outcome, quota_remaining)
    values (gen_random_uuid(), gen_random_uuid(), 'public', 1, now(), 1, 'not-modified', 4999)`);
  await runTransform(database.connectionString);
  // Of every hour of two days, so that now, today and this month have an estimate whatever the time is.
  await database.pool.query(`
    insert into gold.feed_coverage (hour, event_type, captured_count, own_count, archive_count, counts_by_source, counts_by_history, estimated_total, estimated_low, estimated_high, method)
    select hour, 'PushEvent', 40, 40, 0, '{}', '{}', 80, 60, 100, 'poll-overlap'
    from generate_series(date_trunc('hour', now() - interval '2 days'), date_trunc('hour', now()), interval '1 hour') as hour`);
  app = await createApi({
    warehouse: openWarehouse(database.pool),
    log: silentLog,
    keys: [],
    corsOrigins: [],
    rateLimit: 0,
    limits: { silentSeconds: 180, longSilentSeconds: 7200, staleSeconds: 93_600 },
  });
  // Requests are counted once they are answered.
  await app.inject('/health');
  const { body, statusCode } = await app.inject('/metrics');
  expect(statusCode).toBe(200);
  samples = body
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', labels = ''] = /^(\w+)(?:\{(.*)\})? /.exec(line) ?? [];
      return {
        name,
        labels: Object.fromEntries(
          [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
        ),
      };
    });
});

test('every panel asks for metrics that there are, by labels that they have', () => {
  expect(targets.length).toBeGreaterThan(20);
  for (const { title, expr, legendFormat } of targets) {
    const selectors = [...expr.matchAll(SELECTOR)];
    expect(selectors.length, `${title}: ${expr}`).toBeGreaterThan(0);
    const found = selectors.map(([, name, matchers = '']) => {
      const of = samples.filter((sample) => sample.name === name);
      expect(of.length, `${title} asks for ${name}`).toBeGreaterThan(0);
      const wanted = [...matchers.matchAll(MATCHER)];
      expect(wanted[0]?.slice(1), title).toEqual(['job', '=', '$job']);
      const fits = of.filter(({ labels }) =>
        wanted.slice(1).every(([, label = '', how, value]) =>
          // No server error happened here; that there is the label is what can be seen.
          how === '=' ? labels[label] === value : label in labels,
        ),
      );
      expect(fits.length, `${title}: ${name}{${matchers}}`).toBeGreaterThan(0);
      return fits;
    });
    const used = [
      ...[...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label),
      ...[...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/, */)),
    ];
    for (const label of used)
      expect(
        found[0]?.every(({ labels }) => label !== undefined && label in labels),
        `${title}: ${label}`,
      ).toBe(true);
  }
});

test('every metric of the project is on it', () => {
  const own = new Set(
    samples
      .filter(({ name }) => name.startsWith('assay_'))
      .map(({ name }) => name.replace(/_(bucket|sum|count)$/, '')),
  );
  expect(own.size).toBeGreaterThan(10);
  const shown = targets.map(({ expr }) => expr).join('\n');
  expect([...own].filter((name) => !shown.includes(name))).toEqual([]);
});

describe('the dashboard', () => {
  test('fits the grid of 24, and no panel lies on another', () => {
    const taken = new Set<string>();
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    for (const { title, gridPos } of dashboard.panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++)
        for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
          expect(taken.has(`${x}/${y}`), title).toBe(false);
          taken.add(`${x}/${y}`);
        }
    }
  });

  test('takes its source and its job from variables, so that it can be imported anywhere', () => {
    expect(dashboard.templating.list.map(({ name }) => name)).toEqual(['source', 'job']);
    for (const { datasource, title } of targets)
      expect(datasource.uid, title).toMatch(/^\$\{source\}$/);
  });
});

test('the examples of provisioning hold no secret, and Prometheus asks where the API answers', () => {
  const { datasources } = parse(read('provisioning/datasources/assay.yaml'));
  expect(datasources.map(({ type }: { type: string }) => type)).toEqual(['prometheus', 'postgres']);
  expect(datasources[1].secureJsonData).toEqual({ password: '$ASSAY_DB_PASS' });
  expect(parse(read('provisioning/dashboards/assay.yaml')).providers).toHaveLength(1);
  const [scrape] = parse(read('prometheus.yml')).scrape_configs;
  expect(scrape).toMatchObject({ metrics_path: '/metrics' });
  expect(scrape.static_configs[0].targets).toEqual(['127.0.0.1:8080']);
});
