import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { createPool } from '../../apps/shared/database.ts';
import { installWarehouse } from '../../apps/shared/install-warehouse.ts';
import type { Bench, BenchDatabase, Sizes } from './bench-types.ts';
import { measureFloor } from './measure-floor.ts';
import { writeData } from './write-data.ts';

export interface BenchOptions {
  /** Any database of the server to work on; ours are made beside it. */
  serverUrl: string;
  workDir: string;
  sizes: Sizes;
  seed: number;
  signal: AbortSignal;
  progress: (text: string) => void;
}

export interface OpenBench extends Bench {
  /** Bytes of JSON in the files; null when no part needed files. */
  dataBytes: () => Promise<number | null>;
  close: () => Promise<void>;
}

/** Prepares what the parts share, each thing when it is first asked for. Close it to drop the databases that are left. */
export function openBench(options: BenchOptions): OpenBench {
  const { serverUrl, workDir, sizes, seed, signal, progress } = options;
  const template = `assay_bench_${process.pid}`;
  const left = new Set<string>();
  let creating: Promise<unknown> = Promise.resolve();
  let made = 0;

  const prepareTemplate = once(async () => {
    progress('preparing an empty warehouse');
    left.add(template);
    await installWarehouse(urlOf(serverUrl, template));
  });
  let isDataWritten = false;
  const data = once(async () => {
    isDataWritten = true;
    progress(`making ${sizes.events.toLocaleString('en-US')} events`);
    const folder = join(workDir, 'data');
    await mkdir(folder, { recursive: true });
    return await writeData(folder, seed, sizes.events, sizes.payloads, signal);
  });

  async function create(from: string): Promise<BenchDatabase> {
    signal.throwIfAborted();
    const name = `${template}_${++made}`;
    left.add(name);
    creating = onServer(serverUrl, async (client) => {
      await client.query(
        `create database ${pg.escapeIdentifier(name)} template ${pg.escapeIdentifier(from)}`,
      );
      await settle(client);
    });
    await creating;
    const connectionString = urlOf(serverUrl, name);
    const pool = createPool({ connectionString, applicationName: 'bench' });
    // When we are stopped the database goes while it is worked on; whoever does hears of it by the failing statement.
    pool.on('connect', (client) => client.on('error', () => {}));
    return {
      pool,
      connectionString,
      drop: async () => {
        await pool.end();
        await drop(name);
      },
    };
  }

  async function drop(name: string): Promise<void> {
    await onServer(serverUrl, (client) =>
      client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`),
    );
    left.delete(name);
  }

  const bench: Bench = {
    sizes,
    seed,
    signal,
    workDir,
    data,
    progress,
    emptyDatabase: () => create('template0'),
    warehouse: async () => {
      await prepareTemplate();
      return await create(template);
    },
    floorMs: once(() => measureFloor(bench)),
  };
  return {
    ...bench,
    dataBytes: async () => (isDataWritten ? (await data()).bytes : null),
    close: async () => {
      // A database that is just being made could not be dropped.
      await creating.catch(() => {});
      for (const name of left) await drop(name);
    },
  };
}

/** Has the server write out what earlier work left, so that what is measured next does not pay for it. */
export async function settle(client: Pick<pg.ClientBase, 'query'>): Promise<void> {
  // Only some roles may; without it the figures are less even.
  await client.query('checkpoint').catch(() => {});
}

async function onServer<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: urlOf(url, 'postgres') });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}
