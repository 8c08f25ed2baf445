import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCsvHeader } from '../../apps/listener/backfill/csv-header.ts';
import { parseCsvRecord } from '../../apps/listener/backfill/parse-csv-record.ts';
import { createCsvSplitter } from '../../apps/listener/backfill/split-csv.ts';
import { createCsvFormat } from '../../apps/shared/report/csv-format.ts';
import { anyCuts, anyText, cutAt, textOf } from './support.ts';

const TEXT_TYPE = 25;
const anyDelimiter = fc.constantFrom(',', ';', '\t', '|');
const anyField = fc.oneof(anyText, textOf('"', ',', ';', '\t', '|', '\n', '\r', ' ', 'a', '""'));

/** As RFC 4180 has it: quotes where they are needed, and elsewhere where `quotes` says. */
function write(fields: readonly string[], delimiter: string, quotes: readonly boolean[]): string {
  return fields
    .map((field, index) => {
      const mustQuote = [...field].some((character) => `"\r\n${delimiter}`.includes(character));
      return mustQuote || quotes[index] ? `"${field.split('"').join('""')}"` : field;
    })
    .join(delimiter);
}

const anyRecord = fc.record({
  fields: fc.array(anyField, { minLength: 1, maxLength: 6 }),
  delimiter: anyDelimiter,
  quotes: fc.array(fc.boolean(), { maxLength: 6 }),
});

describe('CSV', () => {
  test('a record is read as another writer wrote it', () => {
    fc.assert(
      fc.property(anyRecord, ({ fields, delimiter, quotes }) => {
        const record = Buffer.from(write(fields, delimiter, quotes));
        expect(parseCsvRecord(record, delimiter)).toEqual(fields);
      }),
      { numRuns: 1000 },
    );
  });

  test('what npm run sql -- --csv writes is read again', () => {
    fc.assert(
      fc.property(fc.array(anyField, { minLength: 1, maxLength: 6 }), (fields) => {
        const format = createCsvFormat();
        format.begin(fields.map((_, index) => ({ name: `c${index}`, typeId: TEXT_TYPE })));
        const line = format.row(fields);
        expect(line.endsWith('\r\n')).toBe(true);
        expect(parseCsvRecord(Buffer.from(line.slice(0, -2)), ',')).toEqual(fields);
      }),
      { numRuns: 1000 },
    );
  });

  test('a file gives its events wherever it is cut', () => {
    const anyLogin = anyField.filter((text) => text !== '' && text !== '\\N');
    const anyRow = fc.record({ id: fc.nat(), login: anyLogin, quotes: fc.array(fc.boolean()) });
    fc.assert(
      fc.property(
        fc.array(anyRow, { maxLength: 6 }),
        anyDelimiter,
        fc.constantFrom('\n', '\r\n'),
        anyCuts,
        (rows, delimiter, end, cuts) => {
          const records = rows.map(({ id, login, quotes }) =>
            write([String(id), 'X', login], delimiter, quotes),
          );
          const head = ['id', 'type', 'user'].join(delimiter);
          const bytes = Buffer.from([head, ...records, ''].join(end));
          const header = readCsvHeader(bytes, new Map());
          if (header === undefined) throw new Error('The header was not recognised.');
          const splitter = createCsvSplitter(header);
          const events: unknown[] = [];
          const pieces = cutAt(bytes, cuts);
          let rest: Buffer = Buffer.alloc(0);
          for (const [index, piece] of pieces.entries()) {
            const window = Buffer.concat([rest, piece]);
            const { items, consumed } = splitter.split(window, index === pieces.length - 1);
            events.push(...items.map((item) => item.fault ?? JSON.parse(item.bytes.toString())));
            rest = window.subarray(consumed);
          }
          expect(events).toEqual(
            rows.map(({ id, login }) => ({ id: String(id), type: 'X', actor: { login } })),
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  test('anything is a record or none, and never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array().map((bytes) => Buffer.from(bytes)),
          anyField.map((text) => Buffer.from(text)),
        ),
        anyDelimiter,
        (bytes, delimiter) => {
          const fields = parseCsvRecord(bytes, delimiter);
          if (fields !== undefined) expect(fields.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
