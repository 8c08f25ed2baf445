import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { archiveName, listHours } from '../../apps/listener/backfill/archive-hours.ts';
import { parseMapping } from '../../apps/listener/backfill/csv-header.ts';
import { environmentSchema, loadConfig } from '../../apps/shared/config.ts';
import { UserError } from '../../apps/shared/errors.ts';
import { createRedactor } from '../../apps/shared/redact.ts';
import { matchPath } from '../../apps/simulator/match-path.ts';
import { readPageRequest } from '../../apps/simulator/page-items.ts';
import { readSettings, readTimeoutMs } from '../../scripts/sql/read-sql-options.ts';
import { splitStatements } from '../../scripts/sql/split-statements.ts';
import { anyText, textOf } from './support.ts';

/** What a function gives; undefined when it throws what a person can correct. Anything else it throws is a fault. */
function unlessRefused<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

const VARIABLES = Object.keys(environmentSchema.shape);
/** Values that one variable or another takes, and what nearly is one. */
const anyValue = fc.oneof(
  anyText,
  fc.constantFrom(
    ...[
      '',
      ' ',
      '0',
      '1',
      '-1',
      '1.5',
      '1e3',
      'NaN',
      'Infinity',
      'true',
      'maybe',
      'info',
      'public',
    ],
    ...[
      'postgres://u:p%40@h:1/d',
      'postgres://u:%@h/d',
      'postgres://',
      'http://h',
      'https://h/?k=v',
    ],
    ...[
      'https://u:p@h/',
      'A=https://h,https://i',
      'smtp://u:p@h:587',
      'smtps://',
      'a@b',
      'A <a@b>',
    ],
    ...['orgs/a,repos/a/b', 'orgs/a/b', ',', 'a,b', '::1', 'h', '%', '/run/secret', '*/5 * * * *'],
  ),
);
const anyEnvironment = fc.dictionary(
  fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...VARIABLES) },
    { weight: 1, arbitrary: fc.string() },
  ),
  anyValue,
  { maxKeys: 8 },
);

describe('loadConfig', () => {
  test('gives a configuration or names the faults, whatever the environment and the files are', () => {
    let loaded = 0;
    fc.assert(
      fc.property(anyEnvironment, fc.option(anyValue), (environment, file) => {
        const readText = () => {
          if (file === null) throw new Error('ENOENT');
          return file;
        };
        const config = unlessRefused(() => loadConfig(environment, readText));
        if (config === undefined) return;
        loaded++;
        for (const secret of config.secrets)
          expect(createRedactor(config.secrets)(`<${secret}>`)).not.toContain(`<${secret}>`);
      }),
      { numRuns: 2000 },
    );
    expect(loaded).toBeGreaterThan(100);
  });

  test('a fault never quotes a secret', () => {
    const secrets = ['GITHUB_TOKEN', 'DB_PASS', 'DATABASE_URL', 'ALERT_SLACK_WEBHOOK_URL'];
    const more = ['ALERT_WEBHOOK_URL', 'ALERT_WEBHOOK_TOKEN', 'ALERT_SMTP_URL'];
    fc.assert(
      fc.property(
        fc.constantFrom(...secrets, ...more),
        fc.constantFrom('', 'http://h/', 'postgres://u:', ' ', 'é'),
        (name, before) => {
          const load = () => loadConfig({ [name]: `${before}hunter2`, DB_PORT: 'x' });
          expect(load).toThrow(UserError);
          expect(load).not.toThrow(/hunter2/);
        },
      ),
    );
  });

  const anyName = fc.stringMatching(/^[\w.-]{1,12}$/);
  const anyFeed = fc.oneof(
    fc.constant('public'),
    anyName.map((name) => `orgs/${name}`),
    anyName.map((name) => `users/${name}[bot]`),
    fc.tuple(anyName, anyName).map((names) => `repos/${names.join('/')}`),
  );
  // A variable of nothing but white space counts as not set, and the system's environment holds no NUL.
  const anyWord = anyText.filter((text) => text.trim() !== '' && !text.includes('\0'));

  test('gives back what it was given', () => {
    fc.assert(
      fc.property(
        fc.record({
          feeds: fc.uniqueArray(anyFeed, { minLength: 1, maxLength: 5 }),
          tokens: fc.array(anyName, { maxLength: 3 }),
          seconds: fc.double({ min: 0.05, max: 86_400, noNaN: true }),
          batch: fc.integer({ min: 1, max: 1_000_000 }),
          host: fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6()),
          port: fc.integer({ min: 1, max: 65_535 }),
          user: anyWord,
          password: anyWord,
          database: anyWord,
        }),
        fc.boolean(),
        (given, fromFile) => {
          const config = loadConfig(
            {
              FEEDS: given.feeds.join(' , '),
              GITHUB_TOKEN: given.tokens.join(','),
              POLL_INTERVAL_SECONDS: String(given.seconds),
              SILVER_BATCH_SIZE: String(given.batch),
              DB_HOST: given.host,
              DB_PORT: String(given.port),
              DB_USER: given.user,
              [fromFile ? 'DB_PASS_FILE' : 'DB_PASS']: fromFile ? '/file' : given.password,
              DB_NAME: given.database,
            },
            () => given.password,
          );
          expect(config).toMatchObject({
            feeds: given.feeds,
            githubTokens: given.tokens,
            pollIntervalSeconds: given.seconds,
            silverBatchSize: given.batch,
          });
          if (config.database.kind !== 'server') throw new Error('It is not on a server.');
          const url = new URL(config.database.connectionString);
          const password = fromFile ? given.password.replace(/(\r?\n)+$/, '') : given.password;
          expect(decodeURIComponent(url.username)).toBe(given.user);
          expect(decodeURIComponent(url.password)).toBe(password);
          expect(decodeURIComponent(url.pathname.slice(1))).toBe(given.database);
          expect(Number(url.port)).toBe(given.port);
          expect(config.secrets).toContain(password);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('hours', () => {
  const anyHour = fc
    .date({
      min: new Date('0001-01-01'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    })
    .map((date) => date.toISOString().slice(0, 13));

  test('each is read as it is written', () => {
    fc.assert(
      fc.property(anyHour, fc.constantFrom('', 'Z', ':00', ':00Z', ':00:00Z'), (hour, end) => {
        expect(listHours(hour + end, hour)).toEqual([hour]);
        expect(archiveName(hour)).toMatch(/^\d{4}-\d\d-\d\d-(\d|1\d|2[0-3])$/);
      }),
    );
  });

  test('anything else is refused, and named', () => {
    const nearly = textOf('2026', '-', '0', '1', '3', 'T', '07', '24', ':00', 'Z', '+', ' ', '\n');
    fc.assert(
      fc.property(fc.oneof(nearly, anyText), (text) => {
        const hours = unlessRefused(() => listHours(text, text));
        if (hours !== undefined) expect(hours).toEqual([text.slice(0, 13)]);
      }),
      { numRuns: 2000 },
    );
  });

  test('a range holds each of its hours once, in order', () => {
    fc.assert(
      fc.property(anyHour, fc.integer({ min: 0, max: 200 }), (from, more) => {
        const last = new Date(Date.parse(`${from}:00:00Z`) + more * 3_600_000)
          .toISOString()
          .slice(0, 13);
        fc.pre(!last.startsWith('+'));
        const hours = listHours(from, last);
        expect(hours).toHaveLength(more + 1);
        expect([hours[0], hours.at(-1)]).toEqual([from, last]);
        expect([...new Set(hours)].sort()).toEqual(hours);
        if (more > 0) expect(() => listHours(last, from)).toThrow(UserError);
      }),
    );
  });
});

describe('npm run sql', () => {
  test('--set takes any value behind a name', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z_][a-z0-9_]{0,9}$/), anyText, (name, value) => {
        expect(Object.entries(readSettings([`${name}=${value}`]))).toEqual([[name, value]]);
      }),
    );
    fc.assert(fc.property(anyText, (text) => void unlessRefused(() => readSettings([text]))));
  });

  test('--timeout is a whole number of milliseconds that PostgreSQL takes, or refused', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.double().map(String), fc.integer().map(String)), (text) => {
        const ms = unlessRefused(() => readTimeoutMs(text));
        if (ms === undefined) return;
        expect(Number.isInteger(ms) && ms >= 1 && ms <= 2_147_483_647, `${text} is ${ms}`).toBe(
          true,
        );
      }),
      { numRuns: 1000 },
    );
  });

  const anyPiece = fc.oneof(
    fc.stringMatching(/^[a-z ]{1,9}$/),
    anyText.map((text) => `'${text.replaceAll("'", "''")}'`),
    anyText.map((text) => `"${text.replaceAll('"', '""')}"`),
    anyText.map((text) => `$q$${text.replaceAll('$', '')}$q$`),
    anyText.map((text) => `$$${text.replaceAll('$', '')}$$`),
    anyText.map((text) => `E'${text.replaceAll(/['\\]/g, '\\$&')}'`),
    anyText.map((text) => ` /*${text.replaceAll(/[*/]/g, '')}/* ; */*/ `),
    anyText.map((text) => ` --${text.replaceAll('\n', '')}\n`),
  );

  test('statements end at semicolons that stand outside of strings, names and comments', () => {
    // Begun and spaced by words, so that no piece runs into the next.
    const anyStatement = fc
      .array(anyPiece, { maxLength: 5 })
      .map((pieces) => ['select', ...pieces, 'x'].join(' '));
    fc.assert(
      fc.property(fc.array(anyStatement, { maxLength: 5 }), (statements) => {
        const found = splitStatements(statements.join(' ;\n'));
        expect(found.map(({ text }) => text)).toEqual(statements);
      }),
      { numRuns: 1000 },
    );
  });

  test('any text is split into parts of itself, in order', () => {
    const debris = textOf(
      ...[';', "'", '"', '$$', '$q$', 'E', '\\', '/*', '*/', '--', '\n', ' ', 'a', '1', 'é'],
    );
    fc.assert(
      fc.property(fc.oneof(debris, anyText), (sql) => {
        let at = 0;
        for (const { text, offset } of splitStatements(sql)) {
          expect(offset).toBeGreaterThanOrEqual(at);
          expect(sql.slice(offset, offset + text.length)).toBe(text);
          expect(text.trim()).not.toBe('');
          at = offset + text.length;
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('other options and query parameters', () => {
  test('--map is COLUMN=PATH, or refused', () => {
    fc.assert(
      fc.property(anyText, fc.stringMatching(/^[\w-]+(\.[\w-]+)*$/), (column, path) => {
        const mapping = unlessRefused(() => parseMapping([`${column}=${path}`]));
        if (mapping !== undefined)
          expect([...mapping.values()].at(0)).toMatch(/^[\w-]+(\.[\w-]+)*$/);
        unlessRefused(() => parseMapping([column]));
      }),
    );
  });

  test('any query gives a page that exists', () => {
    const anyQuery = fc.array(
      fc.tuple(
        fc.constantFrom('page', 'per_page', 'x'),
        fc.oneof(anyText, fc.integer().map(String), fc.double().map(String)),
      ),
    );
    fc.assert(
      fc.property(anyQuery, (query) => {
        const { page, perPage, from, to } = readPageRequest(new URLSearchParams(query));
        expect(Number.isSafeInteger(page) && page >= 1).toBe(true);
        expect(Number.isSafeInteger(perPage) && perPage >= 1 && perPage <= 100).toBe(true);
        expect(from).toBe((page - 1) * perPage);
        expect(to - from).toBeLessThanOrEqual(perPage);
      }),
      { numRuns: 1000 },
    );
  });

  test('any path is a feed or none', () => {
    const debris = textOf(
      ...['/', 'events', 'orgs', 'repos', 'users', 'repositories', '%', '%2F', '1', 'a', '..'],
    );
    fc.assert(
      fc.property(fc.oneof(debris, anyText), (path) => {
        const feed = matchPath(path);
        if (feed !== null) expect(path).toMatch(/\/events$|%/);
      }),
      { numRuns: 1000 },
    );
  });
});
