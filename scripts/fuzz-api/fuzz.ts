import { Validator } from '@seriousme/openapi-schema-validator';
import fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

export interface FuzzOptions {
  /** Requests at most. */
  runs: number;
  /** Milliseconds at most. */
  timeLimitMs: number;
  /** Draws the same requests again. Default: others each time. */
  seed?: number | undefined;
  signal?: AbortSignal;
  /** Told of each request. */
  onRequest?: (url: string, status: number) => void;
}

export interface FuzzResult {
  requests: number;
  /** How often each status was answered. */
  statuses: Record<string, number>;
  /** The smallest request found that was answered wrongly, and how; null when none was. */
  fault: { url: string; what: string; seed: number } | null;
}

interface Parameter {
  name: string;
  in: string;
  schema: Schema;
}
interface Schema {
  type?: string;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  examples?: unknown[];
}
interface Operation {
  parameters?: Parameter[];
  responses: Record<string, { content?: Record<string, { schema?: object }> }>;
}
interface Target {
  path: string;
  operation: Operation;
}

/** What has broken others. */
const HOSTILE = [
  '',
  ' ',
  '\0',
  'null',
  'undefined',
  'NaN',
  '-0',
  '1e309',
  '9223372036854775808',
  '-9223372036854775809',
  '99999999999999999999999999',
  '0x10',
  '1.0000000000000000001',
  '-1',
  '٣',
  '[]',
  '{}',
  '{1,2}',
  '%',
  '_',
  '\\',
  "'",
  '"',
  "'; drop table gold.fact_events; --",
  "' or 1 = 1 --",
  '$1',
  '$$',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  '[bot]',
  '\u202e',
  '\ufeff',
  '\ud83d',
  '🚀',
  'İ',
  'ß',
  'a'.repeat(1500),
  '0001-01-01',
  '0000-01-01',
  '9999-12-31T23:59:59.999999Z',
  '10000-01-01',
  '+010000-01-01T00:00:00Z',
  '2026-02-29',
  '2026-01-01T24:00:00Z',
  '2026-01-01T00:00:00+99:99',
  '2016-12-31T23:59:60Z',
  'infinity',
  'WyIyMDI2LTAzLTAxVDAwOjAwOjAwWiIsIjEiLCJQdXNoRXZlbnQiXQ',
  'WyI5OTk5OTktMTItMzFUMjM6NTk6NTlaIiwiMSIsIjIiXQ',
  'WyIyMDI2LTEzLTQxVDI1OjYxOjYxWiIsIjEiLCIyIl0',
];

/**
 * Asks the API what its own OpenAPI document says can be asked, and what it cannot, in ever new ways. Every answer has to be
 * below 500, be one that the document names, and have the form the document gives it.
 */
export async function fuzzApi(app: FastifyInstance, options: FuzzOptions): Promise<FuzzResult> {
  const document = (await app.inject('/openapi.json')).json();
  const validator = new Validator();
  const { valid, errors } = await validator.validate(document);
  if (!valid) throw new Error(`The OpenAPI document is not valid: ${JSON.stringify(errors)}`);
  const { paths } = validator.resolveRefs() as { paths: Record<string, { get: Operation }> };
  const targets = Object.entries(paths).map(([path, { get }]) => ({ path, operation: get }));
  const known = await knownValues(app);
  const checkBody = createBodyCheck();

  const statuses: Record<string, number> = {};
  let requests = 0;
  const property = fc.asyncProperty(
    fc.constantFrom(...targets).chain((target) => requestTo(target, known)),
    async ({ target, url }) => {
      options.signal?.throwIfAborted();
      const { statusCode, headers, body } = await app.inject(url);
      requests += 1;
      statuses[statusCode] = (statuses[statusCode] ?? 0) + 1;
      options.onRequest?.(url, statusCode);
      checkBody(target, statusCode, String(headers['content-type']), body);
    },
  );
  const details = await fc.check(property, {
    numRuns: options.runs,
    interruptAfterTimeLimit: options.timeLimitMs,
    // Interrupted is not failed.
    markInterruptAsFailure: false,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  });
  const [smallest] = details.counterexample ?? [];
  return {
    requests,
    statuses,
    fault:
      smallest === undefined || !details.failed
        ? null
        : {
            url: smallest.url,
            what:
              details.errorInstance instanceof Error
                ? details.errorInstance.message
                : String(details.errorInstance),
            seed: details.seed,
          },
  };
}

function requestTo(
  target: Target,
  known: readonly string[],
): fc.Arbitrary<{ target: Target; url: string }> {
  const { parameters = [] } = target.operation;
  const given = fc.record(
    Object.fromEntries(parameters.map((one) => [one.name, anyValue(one.schema, known)])),
    { requiredKeys: parameters.filter((one) => one.in === 'path').map(({ name }) => name) },
  );
  const others = fc.dictionary(anyText(known), anyText(known), { maxKeys: 1 });
  return fc
    .tuple(given, fc.oneof({ weight: 9, arbitrary: fc.constant({}) }, others))
    .map(([values, extra]) => {
      const query = new URLSearchParams();
      let path = target.path;
      for (const { name, in: place } of parameters) {
        const value = values[name];
        if (value === undefined) continue;
        if (place === 'path') path = path.replace(`{${name}}`, () => encode(value));
        else query.set(name, value.toWellFormed());
      }
      for (const [name, value] of Object.entries(extra)) query.append(name, String(value));
      return { target, url: `${path}?${query}` };
    });
}

/** Half surrogates cannot be sent. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function anyValue(schema: Schema, known: readonly string[]): fc.Arbitrary<string> {
  const examples = [...(schema.enum ?? []), ...(schema.examples ?? [])].map(String);
  const good: fc.Arbitrary<string>[] = [];
  if (examples.length > 0) good.push(fc.constantFrom(...examples));
  if (schema.type === 'integer' || schema.type === 'number')
    good.push(
      fc
        .integer({ min: schema.minimum ?? -5, max: Math.min(schema.maximum ?? 200, 200) })
        .map(String),
    );
  if (examples.some((example) => /^\d{4}-\d\d-\d\d/.test(example)))
    good.push(
      fc
        .date({ min: new Date('2010-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
        .map((date) => date.toISOString()),
    );
  if (good.length === 0) good.push(fc.constantFrom(...known));
  return fc.oneof({ weight: 3, arbitrary: fc.oneof(...good) }, anyText(known));
}

function anyText(known: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom(...HOSTILE),
    fc.constantFrom(...known),
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({ maxLength: 20 }),
  );
}

/** Names, sources and cursors that the warehouse knows, and beginnings of them. */
async function knownValues(app: FastifyInstance): Promise<string[]> {
  const page = (await app.inject('/data?page_size=20')).json() as {
    items?: Record<string, string | null>[];
    next_cursor?: string | null;
  };
  const values = (page.items ?? []).flatMap((item) => [
    item.repo_name,
    ...(item.repo_name?.split('/') ?? []),
    item.repo_name?.slice(0, 4),
    item.actor_login,
    item.source,
    item.type,
    item.time,
  ]);
  return [
    ...new Set(
      [...values, page.next_cursor, 'nobody'].filter((value) => typeof value === 'string'),
    ),
  ];
}

function createBodyCheck() {
  const schemas = new Map<string, z.ZodType>();
  return (target: Target, status: number, contentType: string, body: string): void => {
    if (status >= 500) throw new Error(`answered ${status}: ${body}`);
    const described = target.operation.responses[status];
    // Where the values of the path led to no route of it.
    const isNoRoute = status === 404 || status === 400;
    if (described === undefined && !isNoRoute)
      throw new Error(`answered ${status}, which the document does not name`);
    const mediaType = contentType.split(';')[0] ?? '';
    if (status >= 400 && mediaType !== 'application/problem+json')
      throw new Error(`answered ${status} as ${contentType}`);
    const schema = described?.content?.[mediaType]?.schema;
    if (schema === undefined) {
      if (described !== undefined) throw new Error(`answered ${status} as ${contentType}`);
      return;
    }
    const key = `${target.path} ${status}`;
    const checked = schemas.get(key) ?? z.fromJSONSchema(schema as never);
    schemas.set(key, checked);
    const { error } = checked.safeParse(mediaType.endsWith('json') ? JSON.parse(body) : body);
    if (error !== undefined)
      throw new Error(`answered ${status} in another form: ${z.prettifyError(error)}`);
  };
}
