import { expect, test } from 'vitest';
import { useProcesses } from '../support/spawn-process.ts';

const start = useProcesses();

test.each([
  ['scripts/dead-letters.ts', ['list', '--limit', 'abc'], '--limit is "abc"; it must be a whole'],
  ['scripts/watermarks.ts', ['show', '--limit', ''], '--limit is ""; it must be a whole number'],
  ['scripts/heal.ts', ['--max-files', ' '], '--max-files is " "; it must be a whole number'],
  ['scripts/coverage-worlds.ts', ['--worlds', '1.5'], '--worlds is "1.5"; it must be a whole'],
  ['scripts/demo.ts', ['--seed', ' '], '--seed is " "; it must be a whole number'],
  ['scripts/sql.ts', ['select 1', '--timeout', 'soon'], '--timeout takes a number of seconds'],
])('%s %j is told before the database is asked', async (file, args, message) => {
  // Nobody answers there.
  const command = start(file, args, { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
  expect(await command.exited).toBe(1);
  expect(command.output()).toContain(`error: ${message}`);
});
