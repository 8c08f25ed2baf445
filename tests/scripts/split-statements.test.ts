import { expect, test } from 'vitest';
import { splitStatements } from '../../scripts/sql/split-statements.ts';

const texts = (sql: string) => splitStatements(sql).map((statement) => statement.text);

test.each([
  ['one', 'select 1', ['select 1']],
  ['a semicolon at the end', 'select 1;', ['select 1']],
  ['two', 'select 1; select 2', ['select 1', 'select 2']],
  ['none', ' ; -- nothing\n ;/* nor here; */', []],
  ['a string', `select ';''; '; select 2`, [`select ';''; '`, 'select 2']],
  ['an escape string', `select e'\\'; '; select 2`, [`select e'\\'; '`, 'select 2']],
  ['a backslash in a plain string', `select '\\'; select 2`, [`select '\\'`, 'select 2']],
  [
    'a name that ends in e before a string',
    `select date'2026-01-01'; select 2`,
    [`select date'2026-01-01'`, 'select 2'],
  ],
  ['a quoted name', 'select 1 as "a;""b"; select 2', ['select 1 as "a;""b"', 'select 2']],
  [
    'a line comment',
    'select 1 -- ; not yet\n+ 1; select 2',
    ['select 1 -- ; not yet\n+ 1', 'select 2'],
  ],
  [
    'a nested comment',
    'select /* a; /* b; */ c; */ 1; select 2',
    ['select /* a; /* b; */ c; */ 1', 'select 2'],
  ],
  ['a dollar quote', 'do $$ begin; end $$; select 2', ['do $$ begin; end $$', 'select 2']],
  ['a named dollar quote', 'do $a$ $$; $b$; $a$; select 2', ['do $a$ $$; $b$; $a$', 'select 2']],
  [
    'a dollar inside a name',
    'select a$b$ from c; select d$b$',
    ['select a$b$ from c', 'select d$b$'],
  ],
  ['a parameter', 'select $1; select 2', ['select $1', 'select 2']],
  ['an unfinished string', `select 'a; b`, [`select 'a; b`]],
  ['an unfinished dollar quote', 'select $$a; b', ['select $$a; b']],
  ['an unfinished comment', 'select 1 /* a; b', ['select 1 /* a; b']],
])('splits %s', (_, sql, expected) => {
  expect(texts(sql)).toEqual(expected);
});

test('says where each statement begins', () => {
  const sql = '-- first\nselect 1;\n\n  /* then */ select 2;';
  for (const { text, offset } of splitStatements(sql))
    expect(sql.slice(offset, offset + text.length)).toBe(text);
});
