import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { LONGEST_ITEM } from '../../apps/listener/backfill/item.ts';
import { line, lines, timelineLine, useBackfill } from './support.ts';

const { database, write, load, ids, deadLetters, row, expectLedgerToBalance } = useBackfill();

const [one, two, three] = lines(1, 3) as [string, string, string];
const half = line(9).slice(0, 60);
const tail = line(9).slice(60);
const bad = (text: string) => `{"id":"9","type":"X","a":${text}}`;
const deep = bad(`${'['.repeat(20_000)}${']'.repeat(20_000)}`);
/** A pull request whose author looks like an event: it has an id and a type. */
const nested = line(9, {
  payload: { issue: { id: 5, user: { login: 'x', id: 6, type: 'User' } } },
});

type Letter = [position: string, raw: string | Buffer];

/** Content, ids that have to be in bronze, and what has to be in the dead letters. */
const BROKEN: [string, string | Buffer, string[], Letter[]][] = [
  ['a torn last line', `${one}\n${two}\n${half}`, ['1', '2'], [['3', half]]],
  ['a torn first line', `${tail}\n${one}\n${two}\n`, ['1', '2'], [['1', tail]]],
  ['a torn line in the middle', `${one}\n${half}\n${two}`, ['1', '2'], [['2', half]]],
  ['two events on a line', `${one}${two}\n${three}`, ['1', '2', '3'], []],
  ['two events on a line with a space', `${one} ${two}\n${three}`, ['1', '2', '3'], []],
  [
    'three events on a line, one of them no event',
    `${one}{"id":"8"}${two}\n${three}`,
    ['1', '2', '3'],
    [[`1:${one.length + 1}`, '{"id":"8"}']],
  ],
  [
    'a half line glued to a whole one',
    `${one}\n${half}${two}\n${three}`,
    ['1', '2', '3'],
    [['2', half]],
  ],
  [
    'a whole line with a half one glued to it',
    `${one}\n${two}${half}\n${three}`,
    ['1', '2', '3'],
    [[`2:${two.length + 1}`, half]],
  ],
  ['two halves glued', `${one}\n${half}${half}\n${two}`, ['1', '2'], [['2', half + half]]],
  [
    'a half line that holds what looks like an event but is an account',
    `${one}\n${nested.slice(30)}\n${nested.slice(0, -2)}\n${two}`,
    ['1', '2'],
    [
      ['2', nested.slice(30)],
      ['3', nested.slice(0, -2)],
    ],
  ],
  [
    'NUL bytes before an event',
    `${one}\n\0\0\0${two}\n${three}`,
    ['1', '2', '3'],
    [['2', '\0\0\0']],
  ],
  [
    'NUL bytes at the start of the file',
    Buffer.concat([Buffer.alloc(5000), Buffer.from(`${one}\n${two}`)]),
    ['1', '2'],
    [['1', Buffer.alloc(5000)]],
  ],
  [
    'NUL bytes inside an event',
    `${one}\n${half}\0\0${tail}\n${two}`,
    ['1', '2'],
    [['2', `${half}\0\0${tail}`]],
  ],
  ['a line of NUL bytes', `${one}\n\0\0\0\0\n${two}`, ['1', '2'], [['2', '\0\0\0\0']]],
  [
    'a line \\.',
    `${one}\n\\.\n${two}\n\\.\n${three}`,
    ['1', '2', '3'],
    [
      ['2', '\\.'],
      ['4', '\\.'],
    ],
  ],
  ['a line of HTML', `${one}\n<html></html>\n${two}`, ['1', '2'], [['2', '<html></html>']]],
  [
    'U+2028 and U+0085 inside an event',
    `${line(1, { a: '\u2028\u0085' })}\n${two}`,
    ['1', '2'],
    [],
  ],
  [
    'a record separator inside an event',
    `${one}\n${bad('"\x1e"')}\n${two}`,
    ['1', '2'],
    [['2', bad('"\x1e"')]],
  ],
  [
    'control characters inside an event',
    `${one}\n${bad('"\x01\x02"')}\n${two}`,
    ['1', '2'],
    [['2', bad('"\x01\x02"')]],
  ],
  ['a NUL escape', `${one}\n${bad('"\\u0000"')}\n${two}`, ['1', '2'], [['2', bad('"\\u0000"')]]],
  ['an escaped backslash before u0000', `${one}\n${line(2, { a: '\\u0000' })}`, ['1', '2'], []],
  [
    'a lone surrogate',
    `${one}\n${bad('"\\ud83d"')}\n${line(2, { a: '\ud83d\ude00' })}`,
    ['1', '2'],
    [['2', bad('"\\ud83d"')]],
  ],
  [
    'a number past numeric',
    `${one}\n${bad('1e400000')}\n${two}`,
    ['1', '2'],
    [['2', bad('1e400000')]],
  ],
  ['nesting past the stack', `${one}\n${deep}\n${two}`, ['1', '2'], [['2', deep]]],
  [
    'bad UTF-8',
    Buffer.concat([
      Buffer.from(`${one}\n{"id":"9","type":"X","a":"`),
      Buffer.from([0xff]),
      Buffer.from(`"}\n${two}`),
    ]),
    ['1', '2'],
    [
      [
        '2',
        Buffer.concat([
          Buffer.from('{"id":"9","type":"X","a":"'),
          Buffer.from([0xff]),
          Buffer.from('"}'),
        ]),
      ],
    ],
  ],
  ['an object that is no event', `${one}\n{"a":1}\n${two}`, ['1', '2'], [['2', '{"a":1}']]],
  [
    'JSON that is no object',
    `${one}\n17\n"x"\nnull\n${two}`,
    ['1', '2'],
    [
      ['2', '17'],
      ['3', '"x"'],
      ['4', 'null'],
    ],
  ],
  [
    'an id longer than an index takes',
    `${one}\n${line('1'.repeat(5000))}\n${two}`,
    ['1', '2'],
    [['2', line('1'.repeat(5000))]],
  ],
  ['an array that ends too early', `[${one},\n${two},\n${half}`, ['1', '2'], [['3', half]]],
  ['an array that ends between two items', `[${one},${two},`, ['1', '2'], []],
  [
    'an array with a torn item',
    `[\n${one},\n${half}\n,${two},\n${three}]`,
    ['1', '2', '3'],
    [['3', half]],
  ],
  [
    'an array with a half item glued to a whole one',
    `[${one},${half}${two},${three}]`,
    ['1', '2', '3'],
    [[`1:${one.length + 3}`, half]],
  ],
  [
    'an array with other things in it',
    `[${one},null,5,"x",[1],{"a":1},${two}]`,
    ['1', '2'],
    [
      [`1:${one.length + 3}`, 'null'],
      [`1:${one.length + 8}`, '5'],
      [`1:${one.length + 10}`, '"x"'],
      [`1:${one.length + 14}`, '[1]'],
      [`1:${one.length + 18}`, '{"a":1}'],
    ],
  ],
  [
    'an array with something behind it',
    `[${one},${two}]garbage`,
    ['1', '2'],
    [[`1:${one.length + two.length + 4}`, 'garbage']],
  ],
  [
    'a wrapper that ends too early',
    `{"value":[${one},${two},${half}`,
    ['1', '2'],
    [[`1:${one.length + two.length + 13}`, half]],
  ],
  [
    'half a character at the end of UTF-16',
    Buffer.concat([Buffer.from(`\ufeff${one}\n${two}\n`, 'utf16le'), Buffer.from('x')]),
    ['1', '2'],
    [['3', Buffer.from([0xff, 0x78])]],
  ],
  [
    'a lone surrogate in UTF-16',
    Buffer.from(`\ufeff${one}\n${bad('"\ud83d"')}\n${two}`, 'utf16le'),
    ['1', '2'],
    [
      [
        '2',
        Buffer.concat([
          Buffer.from('{"id":"9","type":"X","a":"'),
          Buffer.from([0xed, 0xa0, 0xbd]),
          Buffer.from('"}'),
        ]),
      ],
    ],
  ],
];

describe('what is good in a broken file comes in, the rest is in the dead letters, byte for byte', () => {
  test.each(BROKEN)('%s', async (_name, content, expected, letters) => {
    const path = write('broken', content);
    const isPartial = letters.length > 0 || /ends/.test(_name);
    for (const attempt of [1, 2]) {
      const [result] = await load(path);
      expect(result).toMatchObject({
        items: expected.length + letters.length,
        inserted: attempt === 1 ? expected.length : 0,
        deadLettered: attempt === 1 ? letters.length : 0,
        status: isPartial ? 'partial' : 'complete',
      });
      expect(await ids()).toEqual(expected);
      expect((await deadLetters()).map(({ position, raw }) => [position, raw])).toEqual(
        letters.map(([position, raw]) => [position, Buffer.from(raw as string)]),
      );
      await expectLedgerToBalance();
    }
    // As another file: every event is known, every letter is another one.
    const [copy] = await load(write('broken.copy', content));
    expect(copy).toMatchObject({ inserted: 0, deadLettered: letters.length });
    await expectLedgerToBalance();
  });

  test('timeline events are found among debris as well', async () => {
    const event = timelineLine('ada');
    await load(write('broken', `${timelineLine('eve')}\n${event.slice(0, 50)}${event}\n`));
    expect(await ids()).toHaveLength(2);
    expect((await deadLetters())[0]?.raw.toString()).toBe(event.slice(0, 50));
  });

  test('a line longer than the limit is kept in pieces, and what follows is loaded', async () => {
    const long = `{"id":"9","a":"${'x'.repeat(2 * LONGEST_ITEM)}"}`;
    const [result] = await load(write('long', `${one}\n${long}\n${two}\n`));
    expect(result).toMatchObject({ inserted: 2, deadLettered: 3, status: 'partial' });
    const letters = await deadLetters();
    expect(letters.map(({ position }) => position)).toEqual([
      '2',
      `2:${LONGEST_ITEM + 1}`,
      `2:${2 * LONGEST_ITEM + 1}`,
    ]);
    expect(Buffer.concat(letters.map(({ raw }) => raw)).equals(Buffer.from(long))).toBe(true);
  });

  test('one bad line among ten thousand costs the others nothing', async () => {
    const all = lines(1, 10_000);
    all[7777] = bad('1e400000');
    expect((await load(write('many', all.join('\n'))))[0]).toMatchObject({
      items: 10_000,
      inserted: 9999,
      deadLettered: 1,
    });
  });

  test('a file of little but garbage', async () => {
    const garbage = Array.from(
      { length: 3000 },
      (_, index) => `{"${'{['.repeat(index % 9)} ${index}`,
    );
    const content = [one, ...garbage, two].join('\n');
    expect((await load(write('garbage', content)))[0]).toMatchObject({
      inserted: 2,
      deadLettered: 3000,
      status: 'partial',
    });
    expect((await deadLetters()).map(({ raw }) => raw.toString())).toEqual(garbage);
  });
});

describe('gzip', () => {
  const text = Array.from({ length: 400 }, (_, index) =>
    line(index + 1, { payload: { noise: randomBytes(90).toString('base64') } }),
  );
  const whole = gzipSync(`${text.join('\n')}\n`);

  test('that is cut: every line before the cut', async () => {
    const [result] = await load(write('cut.gz', whole.subarray(0, whole.length >> 1)));
    expect(result).toMatchObject({ deadLettered: 1, status: 'partial' });
    expect(result?.note).toContain(`the gzip ends too early, after ${whole.length >> 1} bytes`);
    const stored = await ids();
    expect(stored.length).toBeGreaterThan(150);
    const [letter] = await deadLetters();
    // The letter is the beginning of the very next line.
    expect(letter?.position).toBe(String(stored.length + 1));
    expect(text[stored.length]?.startsWith(letter?.raw.toString() ?? '?')).toBe(true);
    expect(await row('file:cut.gz')).toMatchObject({ was_read_whole: false, status: 'partial' });
    // It arrives whole after all.
    const [second] = await load(write('cut.gz', whole));
    expect(second).toMatchObject({
      items: 400,
      inserted: 400 - stored.length,
      deadLettered: 0,
      status: 'complete',
    });
    expect(await database.value('select resolution from bronze.dead_letter_queue')).toBe(
      'replayed',
    );
    expect(await row('file:cut.gz')).toMatchObject({
      was_read_whole: true,
      items_refused: '0',
      items_read: '400',
    });
    await expectLedgerToBalance();
  });

  test('whose check sum is wrong: everything, and said so', async () => {
    const corrupt = Buffer.from(whole);
    corrupt[whole.length - 8] = (corrupt[whole.length - 8] ?? 0) ^ 1;
    const [result] = await load(write('sum.gz', corrupt));
    expect(result).toMatchObject({ items: 400, inserted: 400, deadLettered: 0, status: 'partial' });
    expect(result?.note).toMatch(/the gzip is corrupt at byte \d+: incorrect data check/);
  });

  test('that holds altered events: partial, and said which part of it is unchecked', async () => {
    const packed = gzipSync(lines(1, 50).join('\n'), { level: 0 });
    const altered = Buffer.from(packed);
    altered.write('eve', packed.indexOf('ada'));
    const [result] = await load(write('altered.gz', altered));
    expect(
      await database.value(
        `select payload #>> '{actor,login}' from bronze.raw_events where event_id = '1'`,
      ),
    ).toBe('eve');
    expect(result).toMatchObject({ inserted: 50, deadLettered: 0, status: 'partial' });
    const length = lines(1, 50).join('\n').length;
    expect(result?.note).toContain(
      `incorrect data check; bytes 0 to ${length} of its content are unchecked`,
    );
    expect(await row('file:altered.gz')).toMatchObject({
      was_read_whole: false,
      error: result?.note,
    });
  });

  test('that is corrupt in the middle: up to the fault, and on from the next member', async () => {
    const members = [text.slice(0, 100), text.slice(100, 300), text.slice(300)].map((part) =>
      gzipSync(`${part.join('\n')}\n`),
    ) as [Buffer, Buffer, Buffer];
    members[1].fill(0xff, members[1].length >> 1, (members[1].length >> 1) + 40);
    const path = write('corrupt.gz', Buffer.concat(members));
    const [result] = await load(path);
    expect(result).toMatchObject({ status: 'partial' });
    expect(result?.note).toMatch(/the gzip is corrupt at byte \d+/);
    const stored = new Set((await ids()).map(Number));
    // The fault lies behind line 190; what zlib unpacks between it and its being noticed may be anything.
    for (let id = 1; id <= 400; id++) {
      if (id <= 180 || id > 300) expect(stored.has(id), `event ${id}`).toBe(true);
    }
    expect((await load(path))[0]).toMatchObject({
      inserted: 0,
      deadLettered: 0,
      status: 'partial',
    });
    await expectLedgerToBalance();
  });

  test('with something else behind it: said so', async () => {
    const [result] = await load(write('behind.gz', Buffer.concat([whole, Buffer.from('garbage')])));
    expect(result).toMatchObject({ inserted: 400, status: 'partial' });
  });

  test('cut before its first line is whole is refused', async () => {
    const [result] = await load(write('stub.gz', whole.subarray(0, 40)));
    expect(result).toMatchObject({ status: 'failed' });
    expect(result?.note).toContain('the gzip ends too early');
    expect(await deadLetters()).toEqual([]);
  });
});
