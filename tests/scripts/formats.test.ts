import { describe, expect, test } from 'vitest';
import { createCsvFormat } from '../../apps/shared/report/csv-format.ts';
import { cutToWidth, displayWidth } from '../../apps/shared/report/display-width.ts';
import { createJsonFormat } from '../../apps/shared/report/json-format.ts';
import { formatBytes, formatDuration, formatSpan } from '../../apps/shared/report/quantities.ts';
import type { Column, RawRow, RowFormat } from '../../apps/shared/report/row-format.ts';
import { createTableFormat } from '../../apps/shared/report/table-format.ts';

const TEXT = 25;
const BIGINT = 20;

function print(format: RowFormat, columns: Column[], rows: RawRow[]): string {
  return [format.begin(columns), ...rows.map(format.row), format.end()].join('');
}

const COLUMNS = [
  { name: 'id', typeId: BIGINT },
  { name: 'name', typeId: TEXT },
  { name: 'note', typeId: TEXT },
];

describe('table', () => {
  test('aligns numbers to the right and tells NULL from empty text', () => {
    const rows = [
      ['7', 'ada', null],
      ['12345', '', 'x'],
    ];
    expect(print(createTableFormat(), COLUMNS, rows)).toBe(
      ['   id  name  note', '-----  ----  ----', '    7  ada   NULL', '12345        x', ''].join(
        '\n',
      ),
    );
  });

  test('shows the columns of a result without rows', () => {
    expect(print(createTableFormat(), COLUMNS, [])).toBe('id  name  note\n--  ----  ----\n');
  });

  test('keeps its columns in line under wide, combined and invisible characters', () => {
    const lines = print(createTableFormat(), COLUMNS, [
      ['1', '日本', 'x'],
      ['2', 'e\u0301', 'x'],
      ['3', '👩‍👩‍👧', 'x'],
    ]).split('\n');
    expect(lines.slice(2, 5).map((line) => displayWidth(line.slice(0, line.indexOf('x'))))).toEqual(
      [10, 10, 10],
    );
  });

  test('shows what would move the cursor or turn the writing as escapes', () => {
    const text = print(createTableFormat(), COLUMNS, [['1', 'a\nb\t\u001b[31m', '\u202egpj']]);
    expect(text).toContain('a\\nb\\t\\u001b[31m');
    expect(text).toContain('\\u202egpj');
  });

  test('cuts long text to the width of the terminal, never numbers', () => {
    const rows = [['123456789012', 'x'.repeat(50), 'y'.repeat(90)]];
    const lines = print(createTableFormat({ width: 60 }), COLUMNS, rows)
      .trimEnd()
      .split('\n');
    expect(lines.map(displayWidth)).toEqual([42, 60, 60]);
    expect(lines[2]).toMatch(/^123456789012 {2}x{21}… {2}y{21}…$/);
    expect(print(createTableFormat(), COLUMNS, rows)).toContain('y'.repeat(90));
  });

  test('does not squeeze columns into nothing on a narrow terminal', () => {
    const lines = print(createTableFormat({ width: 10 }), COLUMNS, [
      ['1', 'abcdefghijk', 'short'],
    ]).split('\n');
    expect(lines[2]).toBe(' 1  abcdefg…  short');
  });

  test('prints a long result as it arrives', () => {
    const format = createTableFormat();
    format.begin([{ name: 'n', typeId: BIGINT }]);
    for (let row = 1; row < 1000; row++) expect(format.row([String(row)])).toBe('');
    expect(format.row(['1000']).split('\n')).toHaveLength(1003);
    expect(format.row(['100000'])).toBe('100000\n');
    expect(format.end()).toBe('');
  });
});

describe('csv', () => {
  test('quotes by RFC 4180; NULL is nothing, empty text is quoted', () => {
    const rows = [
      ['1', 'a,b', 'say "x"'],
      ['2', 'line\nbreak', null],
      ['3', '', ' plain '],
    ];
    expect(print(createCsvFormat(), COLUMNS, rows)).toBe(
      'id,name,note\r\n1,"a,b","say ""x"""\r\n2,"line\nbreak",\r\n3,"", plain \r\n',
    );
  });
});

describe('json', () => {
  const row = (typeId: number, text: string | null) =>
    print(createJsonFormat(), [{ name: 'v', typeId }], [[text]]);

  test.each([
    ['bigint', 20, '9007199254740993', '9007199254740993'],
    ['numeric', 1700, '54046002696123456789.10', '54046002696123456789.10'],
    ['a number that is none', 701, 'NaN', '"NaN"'],
    ['boolean', 16, 't', 'true'],
    ['text', 25, 'a"b\n', '"a\\"b\\n"'],
    [
      'jsonb',
      3802,
      '{"a": 12345678901234567890, "b": " x : y \\" , z"}',
      '{"a":12345678901234567890,"b":" x : y \\" , z"}',
    ],
    ['timestamptz', 1184, '2026-03-01 12:00:00.123456+00', '"2026-03-01T12:00:00.123456Z"'],
    [
      'timestamptz of another zone',
      1184,
      '2026-03-01 12:00:00-03:30',
      '"2026-03-01T12:00:00-03:30"',
    ],
    ['timestamptz before Christ', 1184, '0001-12-31 10:00:00+00 BC', '"0001-12-31 10:00:00+00 BC"'],
    ['timestamptz without an end', 1184, 'infinity', '"infinity"'],
    ['timestamp', 1114, '2026-03-01 12:00:00', '"2026-03-01T12:00:00"'],
    ['text[]', 1009, '{a,"b,c",NULL}', '["a","b,c",null]'],
    ['bigint[]', 1016, '{{1,2},{9007199254740993,NULL}}', '[[1,2],[9007199254740993,null]]'],
    ['NULL', 25, null, 'null'],
  ])('writes %s without loss', (_, typeId, text, expected) => {
    expect(row(typeId, text)).toBe(`[\n{"v":${expected}}\n]\n`);
  });

  test('gives columns of one name different keys', () => {
    const columns = ['a', 'a', 'a_2', 'a'].map((name) => ({ name, typeId: BIGINT }));
    expect(JSON.parse(print(createJsonFormat(), columns, [['1', '2', '3', '4']]))).toEqual([
      { a: 1, a_3: 2, a_2: 3, a_4: 4 },
    ]);
  });

  test('is an array also of several rows and of none', () => {
    expect(JSON.parse(print(createJsonFormat(), COLUMNS, []))).toEqual([]);
    const rows = [
      ['1', 'a', null],
      ['2', 'b', null],
    ];
    expect(JSON.parse(print(createJsonFormat(), COLUMNS, rows))).toHaveLength(2);
  });
});

test('text is cut between characters, not inside them', () => {
  expect(cutToWidth('日本語', 4)).toBe('日…');
  expect(cutToWidth('👩‍👩‍👧👩‍👩‍👧', 3)).toBe('👩‍👩‍👧…');
  expect(cutToWidth('abc', 3)).toBe('abc');
});

test('quantities are in the unit they fill', () => {
  expect([0.4, 59, 60, 3599, 3600, 90_000, -3].map(formatSpan)).toEqual([
    '0 s',
    '59 s',
    '1 min',
    '59 min',
    '1 h',
    '1 d',
    '0 s',
  ]);
  expect([87, 3210, 300_000].map(formatDuration)).toEqual(['87 ms', '3.2 s', '5 min']);
  expect([0, 999, 11_400_000, 212_000_000_000].map(formatBytes)).toEqual([
    '0 bytes',
    '999 bytes',
    '11.4 MB',
    '212 GB',
  ]);
});
