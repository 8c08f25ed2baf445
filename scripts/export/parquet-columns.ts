import type { SchemaElement } from 'hyparquet-writer';
import pg from 'pg';
import { UserError } from '../../apps/shared/errors.ts';
import { TIME_TYPES } from './choose-time-column.ts';
import type { Column } from './export-types.ts';
import { toDays, toMicroseconds } from './parse-times.ts';

/** How a column of a result becomes one of a Parquet file. */
export interface ParquetColumn {
  element: SchemaElement;
  /** What to select for it. */
  expression: string;
  /** @throws UserError when Parquet has no way to write the value. */
  convert: (text: string) => unknown;
}

type Kind = Omit<SchemaElement, 'name' | 'repetition_type'>;

const STRING: Kind = {
  type: 'BYTE_ARRAY',
  converted_type: 'UTF8',
  logical_type: { type: 'STRING' },
};
const asItIs = (text: string): unknown => text;

/** By the numbers of PostgreSQL's types; all others are written as text, as PostgreSQL writes them. */
const KINDS = new Map<number, { kind: Kind; convert: (text: string) => unknown }>([
  [16, { kind: { type: 'BOOLEAN' }, convert: (text) => text === 't' }],
  [17, { kind: { type: 'BYTE_ARRAY' }, convert: (text) => fromHex(text) }],
  [20, { kind: { type: 'INT64' }, convert: BigInt }],
  [21, { kind: { type: 'INT32' }, convert: Number }],
  [23, { kind: { type: 'INT32' }, convert: Number }],
  [26, { kind: { type: 'INT64' }, convert: BigInt }],
  [700, { kind: { type: 'FLOAT' }, convert: Number }],
  [701, { kind: { type: 'DOUBLE' }, convert: Number }],
  [
    TIME_TYPES.date,
    {
      kind: { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } },
      convert: toDays,
    },
  ],
  [TIME_TYPES.timestamp, { kind: timestampKind(false), convert: toMicroseconds }],
  [TIME_TYPES.timestamptz, { kind: timestampKind(true), convert: toMicroseconds }],
  [
    2950,
    {
      kind: { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, logical_type: { type: 'UUID' } },
      convert: asItIs,
    },
  ],
]);
const NUMERIC = 1700;
/** The most digits of a decimal that an INT64 holds, and that readers know. */
const INT64_DIGITS = 18;
const MOST_DIGITS = 38;

export function toParquetColumn(column: Column): ParquetColumn {
  const { name, typeId, modifier, isNested } = column;
  const value = `exported.${pg.escapeIdentifier(name)}`;
  const { kind, convert } = KINDS.get(typeId) ??
    (typeId === NUMERIC ? decimalOf(modifier) : undefined) ?? { kind: STRING, convert: asItIs };
  return {
    element: { name, repetition_type: 'OPTIONAL', ...kind },
    expression: isNested ? `to_json(${value})::text` : value,
    convert: (text) => {
      const converted = convert(text);
      if (converted !== undefined) return converted;
      throw new UserError(
        `The column "${name}" holds ${text}, which Parquet has no way to write. Export csv or ndjson, or choose the rows with --query.`,
      );
    },
  };
}

/** A decimal of fixed digits; a numeric without them has no counterpart, and stays text to the last digit. */
function decimalOf(modifier: number) {
  if (modifier < 0) return undefined;
  const precision = ((modifier - 4) >> 16) & 0xffff;
  // Eleven bits with a sign.
  const scale = (((modifier - 4) & 0x7ff) ^ 1024) - 1024;
  if (precision > MOST_DIGITS || scale < 0 || scale > precision) return undefined;
  const digits: Kind = {
    converted_type: 'DECIMAL',
    precision,
    scale,
    logical_type: { type: 'DECIMAL', precision, scale },
  };
  const kind: Kind =
    precision <= INT64_DIGITS
      ? { type: 'INT64', ...digits }
      : { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, ...digits };
  return {
    kind,
    convert: (text: string) => (text === 'NaN' ? undefined : BigInt(text.replace('.', ''))),
  };
}

function timestampKind(isAdjustedToUTC: boolean): Kind {
  return {
    type: 'INT64',
    ...(isAdjustedToUTC ? { converted_type: 'TIMESTAMP_MICROS' as const } : {}),
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC, unit: 'MICROS' },
  };
}

/** bytea as PostgreSQL writes it: \x and two digits a byte. */
function fromHex(text: string): Uint8Array {
  return Buffer.from(text.slice(2), 'hex');
}
