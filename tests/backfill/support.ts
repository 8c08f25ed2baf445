import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeEach, expect } from 'vitest';
import { backfillFiles } from '../../apps/listener/backfill/backfill-files.ts';
import type { LoadResult } from '../../apps/listener/backfill/load-source.ts';
import { createProgress } from '../../apps/listener/backfill/progress.ts';
import { silentLog } from '../support/run-transform.ts';
import { emptyWarehouse, type TestDatabase, useTestDatabase } from '../support/test-database.ts';

export const silentProgress = createProgress(process.stderr, undefined);

export interface DeadLetter {
  position: string;
  raw: Buffer;
  error_code: string;
}

export interface Backfill {
  database: TestDatabase;
  folder: string;
  /** Writes a file into the suite's folder. @returns its path. */
  write: (name: string, content: string | Buffer) => string;
  /** Loads files as the command does. */
  load: (paths: string | string[], options?: LoadSettings) => Promise<LoadResult[]>;
  /** Ids in bronze, in order. */
  ids: () => Promise<string[]>;
  deadLetters: () => Promise<DeadLetter[]>;
  /** The row of a file in ops.source_files. */
  row: (source: string) => Promise<Record<string, unknown>>;
  /** Fails unless every row of the ledger conserves, and all of them together tell what is in bronze. */
  expectLedgerToBalance: () => Promise<void>;
}

interface LoadSettings {
  stdin?: Buffer;
  mapping?: Map<string, string>;
}

/** A warehouse, empty before each test, and a folder for files. */
export function useBackfill(): Backfill {
  const database = useTestDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'assay-backfill-'));
  beforeEach(async () => {
    await emptyWarehouse(database);
    await database.pool.query('truncate ops.source_files restart identity');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  return {
    database,
    folder,
    write: (name, content) => {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    },
    load: async (paths, { stdin, mapping } = {}) =>
      await backfillFiles({
        pool: database.pool,
        files: [paths].flat(),
        stdin: Readable.from(stdin === undefined ? [] : [stdin]),
        log: silentLog,
        signal: new AbortController().signal,
        concurrency: 2,
        progress: silentProgress,
        ...(mapping === undefined ? {} : { mapping }),
      }),
    ids: async () =>
      (
        await database.rows<{ event_id: string }>(
          'select event_id from bronze.raw_events order by length(event_id), event_id',
        )
      ).map(({ event_id }) => event_id),
    deadLetters: () =>
      database.rows<DeadLetter>(
        `select position, raw, error_code from bronze.dead_letter_queue
         order by split_part(position, ':', 1)::integer, nullif(split_part(position, ':', 2), '')::integer nulls first, dead_letter_id`,
      ),
    row: async (source) =>
      (await database.rows('select * from ops.source_files where source = $1', [source]))[0] ?? {},
    expectLedgerToBalance: async () => {
      const [sums] = await database.rows(`
        select
          (select count(*)::int from ops.source_files where fetched <> inserted + duplicates + dead_lettered) as unbalanced,
          (select coalesce(sum(inserted), 0)::int from ops.source_files) as inserted,
          (select count(*)::int from bronze.raw_events) as events,
          (select coalesce(sum(dead_lettered), 0)::int from ops.source_files) as dead_lettered,
          (select coalesce(sum(attempts), 0)::int from bronze.dead_letter_queue) as refusals`);
      expect(sums).toEqual({
        unbalanced: 0,
        inserted: sums?.events,
        events: sums?.events,
        dead_lettered: sums?.refusals,
        refusals: sums?.refusals,
      });
    },
  };
}

/** One line of NDJSON without its end. */
export function line(id: number | string, fields: Record<string, unknown> = {}): string {
  return JSON.stringify({
    id: String(id),
    type: 'WatchEvent',
    actor: { id: 10, login: 'ada' },
    repo: { id: 20, name: 'ada/engine' },
    payload: { action: 'started' },
    public: true,
    created_at: '2026-03-01T12:00:00Z',
    ...fields,
  });
}

export function lines(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => line(from + index));
}

/** As in the event timeline before 2015: no id, a repository, an actor that is a bare login, a zone. */
export function timelineLine(
  login: string | null,
  createdAt = '2012-04-01T00:00:00-07:00',
): string {
  return JSON.stringify({
    type: 'WatchEvent',
    actor: login,
    actor_attributes: { login, type: 'User' },
    repository: { name: 'engine', owner: 'ada', url: 'https://github.com/ada/engine' },
    payload: { action: 'started' },
    public: true,
    created_at: createdAt,
  });
}
