import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { isTransient, messageOf } from '../../apps/shared/errors.ts';

function withCode(code: string): Error {
  return Object.assign(new Error('refused'), { code });
}

describe('errors', () => {
  test.each(['22P02', '22P05', '23502', '23514', '54001'])(
    '%s, the data’s fault, does not pass',
    (code) => {
      expect(isTransient(withCode(code))).toBe(false);
    },
  );

  test.each(['40001', '40P01', '57P01', '53100', '08006', 'ECONNREFUSED', 'ECONNRESET', '25P03'])(
    '%s passes',
    (code) => {
      expect(isTransient(withCode(code))).toBe(true);
    },
  );

  test.each(['42P01', '42501', '28P01', 'EACCES'])('%s does not pass', (code) => {
    expect(isTransient(withCode(code))).toBe(false);
  });

  test('a refused connection is recognised as pg really throws it', async () => {
    const client = new pg.Client({ connectionString: 'postgres://nobody@localhost:1/none' });
    const error = await client.connect().catch((reason: unknown) => reason);
    expect(isTransient(error)).toBe(true);
    expect(messageOf(error)).toMatch(/ECONNREFUSED/);
  });

  test('a message includes its causes, once', () => {
    expect(messageOf(new Error('outer', { cause: new Error('inner') }))).toBe('outer (inner)');
    expect(messageOf(new Error('outer: inner', { cause: new Error('inner') }))).toBe(
      'outer: inner',
    );
  });
});
