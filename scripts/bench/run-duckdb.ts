import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../apps/shared/project-root.ts';

const SCRIPT = join(projectRoot, 'scripts', 'bench', 'duckdb.sql');

export interface DuckdbResult {
  /** Milliseconds of each step, in order. */
  steps: { step: string; ms: number }[];
  facts: number;
}

/**
 * Brings files to a star schema in a DuckDB database file, step by step.
 *
 * @throws when DuckDB, a development dependency, cannot be loaded.
 */
export async function runDuckdb(given: { files: string[]; path: string }): Promise<DuckdbResult> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(given.path);
  const connection = await instance.connect();
  const list = given.files.map((file) => `'${file.replaceAll("'", "''")}'`).join(', ');
  const steps: DuckdbResult['steps'] = [];
  for (const { step, sql } of splitSteps(await readFile(SCRIPT, 'utf8'))) {
    const startedAt = performance.now();
    await connection.run(sql.replace(/'FILES'/g, list));
    steps.push({ step, ms: performance.now() - startedAt });
  }
  const counted = await connection.runAndReadAll('select count(*) from fact_events');
  connection.closeSync();
  instance.closeSync();
  return { steps, facts: Number(counted.getRows()[0]?.[0]) };
}

/** Lines `-- step: NAME` begin a step. */
function splitSteps(script: string): { step: string; sql: string }[] {
  return script
    .split(/^-- step: /m)
    .slice(1)
    .map((text) => {
      const end = text.indexOf('\n');
      return { step: text.slice(0, end).trim(), sql: text.slice(end) };
    });
}
