import fc from 'fast-check';
import { expect, test } from 'vitest';
import { useTestDatabase } from '../support/test-database.ts';
import { anyText } from './support.ts';

const database = useTestDatabase();

/** PostgreSQL's text holds no NUL. */
const anyPgText = anyText.map((text) => text.replaceAll('\0', ''));
const ZONES = ['UTC', 'America/New_York', 'Asia/Kathmandu'];

/** What a function of the database gives for each text, as text. */
async function call(
  name: string,
  texts: readonly string[],
  zone = 'UTC',
): Promise<(string | null)[]> {
  const client = await database.pool.connect();
  try {
    await client.query(`set timezone = '${zone}'`);
    const { rows } = await client.query<{ value: string | null }>(
      `select (${name.replace('?', 'written')})::text as value from unnest($1::text[]) with ordinality as given (written, position) order by position`,
      [texts],
    );
    return rows.map(({ value }) => value);
  } finally {
    await client.query('reset timezone');
    client.release();
  }
}

const anyNumber = fc.oneof(
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
  fc.bigInt({ min: 2n ** 63n - 3n, max: 2n ** 63n + 3n }).map(String),
  fc
    .tuple(fc.nat(), fc.constantFrom('0', '00', '+', '-', ' ', '\n', '.0', 'e1', '٣', ''))
    .map(([number, more]) => more + number + more),
  fc.stringMatching(/^[0-9]{17,21}$/),
  anyPgText,
);

test.each([
  ['silver.to_bigint(?)', 2n ** 63n - 1n, 19],
  ['silver.to_integer(?)', 999_999_999n, 9],
])('%s takes whole numbers up to its limit, and nothing else', async (name, most, digits) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyNumber, { minLength: 1, maxLength: 60, size: 'max' }),
      async (texts) => {
        const expected = texts.map((text) => {
          const isNumber = /^[0-9]+$/.test(text) && text.length <= digits;
          return isNumber && BigInt(text) <= most ? String(BigInt(text)) : null;
        });
        expect(await call(name, texts)).toEqual(expected);
      },
    ),
    { numRuns: 60 },
  );
});

test('silver.to_boolean takes true and false, and nothing else', async () => {
  const anyWord = fc.oneof(
    fc.constantFrom('true', 'false', 'TRUE', 't', '1', ' true', 'true\n'),
    anyPgText,
  );
  await fc.assert(
    fc.asyncProperty(fc.array(anyWord, { minLength: 20 }), async (texts) => {
      const expected = texts.map((text) => (text === 'true' || text === 'false' ? text : null));
      expect(await call('silver.to_boolean(?)', texts)).toEqual(expected);
    }),
    { numRuns: 30 },
  );
});

const pad = (number: number, length = 2) => String(number).padStart(length, '0');
const anyTime = fc
  .record({
    year: fc.oneof(fc.integer({ min: 1000, max: 9999 }), fc.integer({ min: 1999, max: 2027 })),
    month: fc.integer({ min: 0, max: 13 }),
    day: fc.integer({ min: 0, max: 32 }),
    hour: fc.integer({ min: 0, max: 25 }),
    minute: fc.integer({ min: 0, max: 61 }),
    second: fc.integer({ min: 0, max: 61 }),
    fraction: fc.option(fc.stringMatching(/^[0-9]{1,6}$/), { nil: '' }),
    between: fc.constantFrom('T', ' '),
    zone: fc.oneof(
      fc.constantFrom('', 'Z', ' UTC', ' Z', '+00', '-00:00'),
      fc
        .tuple(
          fc.constantFrom('+', '-'),
          fc.integer({ min: 0, max: 17 }),
          fc.integer({ min: 0, max: 61 }),
          fc.constantFrom(':', '', 'none'),
          fc.constantFrom('', ' '),
        )
        .map(([sign, hours, minutes, colon, space]) =>
          colon === 'none'
            ? space + sign + pad(hours)
            : space + sign + pad(hours) + colon + pad(minutes),
        ),
    ),
  })
  .map((time) => {
    const { year, month, day, hour, minute, second, fraction, between, zone } = time;
    const clock = `${pad(hour)}:${pad(minute)}:${pad(second)}${fraction === '' ? '' : `.${fraction}`}`;
    return { ...time, text: `${pad(year, 4)}-${pad(month)}-${pad(day)}${between}${clock}${zone}` };
  });

type Time = typeof anyTime extends fc.Arbitrary<infer T> ? T : never;

/**
 * Microseconds since 1970; null when there is no such time. As ISO 8601 has it: 24:00 ends the day and :60 the minute;
 * nothing comes after the day's end.
 */
function microsecondsOf({
  year,
  month,
  day,
  hour,
  minute,
  second,
  fraction,
  zone,
}: Time): string | null {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  const micros = Number(fraction.padEnd(6, '0'));
  if (hour > 24 || minute > 59 || second > 60) return null;
  const ofDay = hour * 3600 + minute * 60 + second;
  if (ofDay > 86_400 || (ofDay === 86_400 && micros > 0)) return null;
  const [, sign, hours = '0', minutes = '0'] = /([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  if (Number(hours) > 15 || Number(minutes) > 59) return null;
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
  const seconds = ofDay - offset;
  return String((BigInt(date.getTime()) / 1000n + BigInt(seconds)) * 1_000_000n + BigInt(micros));
}

const MICROSECONDS = '(extract(epoch from bronze.readable_time(?)) * 1000000)::bigint';

test('bronze.readable_time reads times as they are meant, in every session', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyTime, { minLength: 1, maxLength: 150, size: 'max' }),
      fc.constantFrom(...ZONES),
      async (times, zone) => {
        const read = await call(
          MICROSECONDS,
          times.map(({ text }) => text),
          zone,
        );
        const told = (values: (string | null)[]) =>
          values.map((value, index) => `${times[index]?.text} is ${value}`);
        expect(told(read)).toEqual(told(times.map(microsecondsOf)));
      },
    ),
    { numRuns: 60 },
  );
});

test('bronze.readable_time takes any text without failing, and reads nothing into it', async () => {
  const nearly = fc
    .tuple(anyTime, fc.nat(30), fc.constantFrom('', 'x', ' ', '\n', '0', ':', 'BC', ' now', '+'))
    .map(
      ([{ text }, at, more]) =>
        text.slice(0, at % text.length) + more + text.slice(at % text.length),
    );
  const words = fc.constantFrom(
    'now',
    'today',
    'infinity',
    '-infinity',
    'epoch',
    'J2451187',
    '2026-01-31',
    '',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(anyPgText, nearly, words), { minLength: 1, maxLength: 150, size: 'max' }),
      async (texts) => {
        const read = await call(MICROSECONDS, texts);
        for (const [index, text] of texts.entries()) {
          if (read[index] === null) continue;
          expect(text).toMatch(
            /^[1-9]\d{3}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})?( ?(Z|UTC|[+-]\d\d(:?\d\d)?))?$/,
          );
        }
      },
    ),
    { numRuns: 60 },
  );
});
