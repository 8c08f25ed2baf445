import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { expandPaths } from '../../apps/listener/backfill/expand-paths.ts';
import { createProgress, describeProgress } from '../../apps/listener/backfill/progress.ts';
import { projectRoot } from '../../apps/shared/project-root.ts';
import { useProcesses } from '../support/spawn-process.ts';
import { line, lines, useBackfill } from './support.ts';

const { database, folder, write, load, ids, expectLedgerToBalance } = useBackfill();
const start = useProcesses();

async function backfill(...args: string[]): Promise<{ exitCode: number | null; output: string }> {
  const child = start('scripts/backfill.ts', args, { DATABASE_URL: database.connectionString });
  return { exitCode: await child.exited, output: child.output() };
}

describe('npm run backfill', () => {
  test('says what each file was taken for and what came of it, one line a file and a table', async () => {
    const files = [
      write('a.json.gz', gzipSync(lines(1, 1200).join('\n'))),
      write('b.json', `[${lines(1199, 1201).join(',')}]`),
    ];
    const { exitCode, output } = await backfill('--file', ...files, '--concurrency', '1');
    expect(exitCode).toBe(0);
    expect(output).toBe(`\
a.json.gz: NDJSON in gzip · 1,200 events, 1,200 new, 0 known, 0 dead letters · complete
b.json: JSON array · 3 events, 1 new, 2 known, 0 dead letters · complete

file       taken for       events    new  known  dead letters  status
a.json.gz  NDJSON in gzip   1,200  1,200      0             0  complete
b.json     JSON array           3      1      2             0  complete
2 files                     1,203  1,201      2             0
`);
  });

  test('ends with 2 when a file is partial, with 1 when one failed', async () => {
    const partial = write('partial.json', `${line(1)}\ntorn`);
    expect(await backfill('--file', partial)).toMatchObject({ exitCode: 2 });
    const { exitCode, output } = await backfill('--file', partial, write('junk', 'junk'));
    expect(exitCode).toBe(1);
    expect(output).toContain(
      'partial.json: NDJSON · 2 events, 0 new, 2 known, 0 dead letters · partial',
    );
    expect(output).toContain('junk: failed (it holds no events');
  });

  test.each([
    [[], 'Say what to load: --file, --from or --due.'],
    [['--from', 'yesterday'], '"yesterday" is no hour; write it in UTC, as 2026-01-31T07.'],
    [['--file', '/nowhere/*.json'], 'No file fits /nowhere/*.json.'],
    [['a.json'], 'What is "a.json"? Files come after --file.'],
    [['--file', '/x', '--concurrency', '0'], '--concurrency is "0"; it must be a whole number'],
    [['--file', '/x', '--map', 'a'], '--map is "a"; write COLUMN=PATH'],
    [['--wrong'], "Unknown option '--wrong'"],
  ])('%j ends with 1 and says why', async (args, message) => {
    const { exitCode, output } = await backfill(...args);
    expect(exitCode).toBe(1);
    expect(output).toContain(message);
    expect(output).not.toContain('    at ');
  });

  test('--due says when nothing is', async () => {
    expect(await backfill('--due')).toEqual({ exitCode: 0, output: 'No archive hour is due.\n' });
  });

  test('--help tells all options', async () => {
    const { exitCode, output } = await backfill('--help');
    expect(exitCode).toBe(0);
    for (const option of ['--file', '--map', '--from', '--to', '--due', '--concurrency'])
      expect(output).toContain(option);
  });
});

describe('paths', () => {
  test('with patterns are expanded, each file once', async () => {
    for (const path of [
      'p/a.json',
      'p/b.json.gz',
      'p/q/c.json',
      'p/q/.hidden.json',
      'p/[x].json',
    ]) {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), '');
    }
    const expand = async (...patterns: string[]) =>
      (await expandPaths(patterns.map((pattern) => join(folder, pattern))))
        .map((path) => basename(path))
        .sort();
    expect(await expand('p/*.json')).toEqual(['[x].json', 'a.json']);
    expect(await expand('p/?.json*')).toEqual(['a.json', 'b.json.gz']);
    expect(await expand('p/[ac].json', 'p/a.*')).toEqual(['a.json']);
    expect(await expand('p/{a.json,b.json.gz}')).toEqual(['a.json', 'b.json.gz']);
    expect(await expand('p/**/*.json')).toEqual(['[x].json', 'a.json', 'c.json']);
    expect(await expand('p/**')).toEqual(['[x].json', 'a.json', 'b.json.gz', 'c.json']);
    expect(await expand('*/q/c.json')).toEqual(['c.json']);
    // A file that is really called like this.
    expect(await expand('p/[x].json')).toEqual(['[x].json']);
    expect(await expandPaths(['-'])).toEqual(['-']);
  });
});

describe('the progress bar', () => {
  test('tells how far, how fast and how long still', () => {
    const state = { share: 0.25, bytes: 50e6, items: 120_000, seconds: 10, running: ['a.json.gz'] };
    expect(describeProgress(state)).toBe(
      '█████░░░░░░░░░░░░░░░ 25% · 120,000 events · 12,000 events/s · 5.0 MB/s · 30 s left · a.json.gz',
    );
    expect(describeProgress({ ...state, share: undefined })).toBe(
      '120,000 events · 12,000 events/s · 5.0 MB/s · a.json.gz',
    );
    expect(describeProgress({ ...state, share: 0.02, seconds: 300 })).toContain('2% · ');
    expect(describeProgress({ ...state, share: 0.02, seconds: 300 })).toContain('4.1 h left');
  });

  test('is drawn on a terminal only', async () => {
    for (const isTTY of [true, false]) {
      const written: string[] = [];
      const output = { isTTY, columns: 120, write: (text: string) => written.push(text) };
      const progress = createProgress(output as unknown as NodeJS.WriteStream, 100);
      const file = progress.start('a', 100, 1000);
      file.read(500);
      await new Promise((go) => setTimeout(go, 450));
      progress.finish('a');
      progress.stop();
      expect(written.some((text) => text.includes('50%'))).toBe(isTTY);
      expect(written.length > 0).toBe(isTTY);
    }
  });
});

const realEvents = join(projectRoot, '..', 'shared', 'real-events');
const REAL = {
  '2015-01-01-1.json.gz': 7427,
  '2021-07-21.part.json.gz': 800,
  '2025-01-01-15.part.json.gz': 2048,
  'api-2023-04.json.gz': 100,
  'api-2026-01.json': 40,
  'api-2026-08.json': 110,
  'push-2024-05-before-trimming.json': 1,
  'push-2025-12-after-trimming.json': 1,
  'timeline-2014.ndjson': 35,
  'export-2024-08.csv': 575,
};

test.skipIf(!existsSync(realEvents))(
  'real events load with one command, a second run adds nothing',
  {
    timeout: 360_000,
  },
  async () => {
    const files = Object.keys(REAL).map((name) => join(realEvents, name));
    const first = await backfill('--file', ...files);
    expect(first.exitCode, first.output).toBe(0);
    for (const [name, count] of Object.entries(REAL)) {
      const shown = count.toLocaleString('en');
      expect(first.output).toMatch(
        new RegExp(
          `^${name}: .* · ${shown} events?, ${shown} new, 0 known, 0 dead letters · complete$`,
          'm',
        ),
      );
    }
    const total = Object.values(REAL).reduce((sum, count) => sum + count, 0);
    expect(await ids()).toHaveLength(total);
    const second = await backfill('--file', join(realEvents, '*.[cjn]*'));
    expect(second.exitCode).toBe(0);
    expect(await ids()).toHaveLength(total);
    // Read through again, without the help of the ledger.
    await database.pool.query('truncate ops.source_files');
    for (const result of await load(files))
      expect(result).toMatchObject({ inserted: 0, deadLettered: 0 });
    expect(await ids()).toHaveLength(total);
    expect(await database.value('select count(*)::int from bronze.dead_letter_queue')).toBe(0);
    await database.pool.query('truncate ops.source_files, bronze.raw_events');
    await load(files);
    await expectLedgerToBalance();
  },
);
