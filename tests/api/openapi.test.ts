import { Validator } from '@seriousme/openapi-schema-validator';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { routes } from '../../apps/api/routes/all-routes.ts';
import { health } from '../../apps/api/schemas/operations.ts';
import { problem } from '../../apps/api/schemas/problem.ts';
import { time } from '../../apps/api/schemas/values.ts';
import { makeEvent, store } from '../support/events.ts';
import { runTransform } from '../support/run-transform.ts';
import { useTestDatabase } from '../support/test-database.ts';
import { closeApisAfterwards, openApi, type TestApi } from './support.ts';

const database = useTestDatabase();
closeApisAfterwards();
let api: TestApi;
interface Operation {
  summary?: string;
  tags?: string[];
  parameters?: { name: string; in: string; required?: boolean; schema: Record<string, unknown> }[];
  responses: Record<string, { content?: Record<string, { schema: unknown }> }>;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
}
let document: Document;

beforeAll(async () => {
  await store(database.pool, [makeEvent(), makeEvent({ id: '2', type: 'WatchEvent' }), 'no event']);
  await runTransform(database.connectionString);
  api = await openApi(database.connectionString);
  document = (await api.get<Document>('/openapi.json')).body;
});

test('/openapi.json is a valid OpenAPI 3.1 document', async () => {
  expect(document.openapi).toMatch(/^3\.1\./);
  const { valid, errors } = await new Validator().validate(structuredClone(document) as never);
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
});

test('it describes every path, its parameters and its errors', () => {
  expect(Object.keys(document.paths).sort()).toEqual(
    [
      ...routes.map(({ path }) => path.replace(/:(\w+)/g, '{$1}')),
      '/health',
      '/health/live',
      '/metrics',
    ].sort(),
  );
  for (const [path, { get }] of Object.entries(document.paths)) {
    expect([path, typeof get?.summary, get?.tags?.length]).toEqual([path, 'string', 1]);
    const placeholders = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const inPath = get?.parameters?.filter((one) => one.in === 'path').map(({ name }) => name);
    expect(inPath ?? []).toEqual(placeholders);
  }
  const data = document.paths['/data']?.get;
  expect(data?.parameters?.map(({ name }) => name)).toEqual([
    'page',
    'page_size',
    'cursor',
    'type',
    'repo',
    'actor',
    'source',
    'search',
    'since',
    'until',
  ]);
  expect(data?.parameters?.every(({ required = false }) => !required)).toBe(true);
  expect(Object.keys(data?.responses ?? {})).toEqual([
    '200',
    '400',
    '401',
    '404',
    '414',
    '429',
    '503',
    '504',
  ]);
  expect(Object.keys(data?.responses['400']?.content ?? {})).toEqual(['application/problem+json']);
});

/** As the document has it: nothing but what is named. The schema itself would leave other fields out without a word. */
function strict(schema: z.ZodType): z.ZodType {
  return z.fromJSONSchema(z.toJSONSchema(schema, { io: 'output' }) as never);
}

test('answers are as it says, with nothing more', async () => {
  const paths: Record<string, string> = {
    '/top': '/top?kind=actors&since=2026-03-01',
    '/repos/:owner/:name': '/repos/ada/engine?since=2026-02-20',
    '/actors/:login': '/actors/ada?since=2026-02-20',
    '/activity': '/activity?since=2026-03-01&until=2026-03-02',
    '/types': '/types?since=2026-03-01',
    '/coverage': '/coverage?since=2026-02-20',
  };
  for (const { path, response } of routes) {
    const { status, body } = await api.get<unknown>(paths[path] ?? path);
    expect([path, status]).toEqual([path, 200]);
    const checked = strict(response).safeParse(body);
    expect([path, checked.error?.issues]).toEqual([path, undefined]);
  }
  expect(strict(health).safeParse((await api.get<unknown>('/health')).body).success).toBe(true);
  expect(strict(problem).safeParse((await api.get<unknown>('/data?page=0')).body).success).toBe(
    true,
  );
  // The check itself notices.
  const [first] = routes;
  const { body } = await api.get<object>('/data');
  for (const [extra, isGood] of [
    [{}, true],
    [{ secret: 1 }, false],
    [{ total: '1' }, false],
  ] as const)
    expect(strict(first?.response ?? time).safeParse({ ...body, ...extra }).success).toBe(isGood);
});

test('times are as ISO 8601 has them', async () => {
  const { body } = await api.get<{ items: { started_at: string; finished_at: string | null }[] }>(
    '/runs',
  );
  expect(body.items.length).toBeGreaterThan(1);
  for (const { started_at, finished_at } of body.items) {
    expect(z.iso.datetime().safeParse(started_at).success).toBe(true);
    expect(z.iso.datetime().nullable().safeParse(finished_at).success).toBe(true);
  }
});
