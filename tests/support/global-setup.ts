import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedServer } from '../../apps/shared/embedded/server.ts';
import { installWarehouse } from '../../apps/shared/install-warehouse.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Connection string of the test server's maintenance database. */
    serverUrl: string;
    /** Name of the database that holds an empty warehouse, to be cloned. */
    templateName: string;
  }
}

interface TestServer {
  url: string;
  stop: () => Promise<unknown>;
}

/**
 * One PostgreSQL for the whole run: with TEST_DATABASE=testcontainers a container (TEST_POSTGRES_IMAGE, postgres:18),
 * with TEST_DATABASE=postgres://… that server, else the embedded one on a folder of its own. In it, a template
 * database with an empty warehouse, which each suite clones.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestServer();
  const templateName = `assay_template_${process.pid}`;
  const template = new URL(server.url);
  template.pathname = `/${templateName}`;
  try {
    await installWarehouse(template.href);
  } catch (error) {
    await server.stop();
    throw error;
  }
  project.provide('serverUrl', server.url);
  project.provide('templateName', templateName);
  return async () => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query(`drop database if exists ${pg.escapeIdentifier(templateName)} with (force)`);
    await client.end();
    await server.stop();
  };
}

async function startTestServer(): Promise<TestServer> {
  const wanted = process.env.TEST_DATABASE ?? 'embedded';
  if (wanted.startsWith('postgres')) return { url: wanted, stop: async () => {} };
  if (wanted === 'testcontainers') {
    const { PostgreSqlContainer } = await import('@testcontainers/postgresql');
    const container = await new PostgreSqlContainer(
      process.env.TEST_POSTGRES_IMAGE ?? 'postgres:18',
    ).start();
    return { url: container.getConnectionUri(), stop: () => container.stop() };
  }
  if (wanted !== 'embedded')
    throw new Error(
      `TEST_DATABASE is "${wanted}"; it may be embedded, testcontainers or postgres://…`,
    );
  const folder = await mkdtemp(join(tmpdir(), 'assay-test-'));
  // Root hands PostgreSQL to another user, who has to get in.
  await chmod(folder, 0o755);
  // Nobody needs this data after a crash.
  const embedded = await startEmbeddedServer(join(folder, 'postgres'), {
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    max_connections: '200',
  });
  const url = new URL(embedded.connectionString);
  url.pathname = '/postgres';
  return {
    url: url.href,
    stop: async () => {
      await embedded.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
