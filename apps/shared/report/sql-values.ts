import pg from 'pg';

/** Numbers of types in pg_type, which are the same on every server. */
const TYPE = {
  boolean: 16,
  bigint: 20,
  smallint: 21,
  integer: 23,
  oid: 26,
  json: 114,
  real: 700,
  double: 701,
  timestamp: 1114,
  timestamptz: 1184,
  numeric: 1700,
  jsonb: 3802,
} as const;

const NUMBERS = new Set<number>([
  TYPE.bigint,
  TYPE.smallint,
  TYPE.integer,
  TYPE.oid,
  TYPE.real,
  TYPE.double,
  TYPE.numeric,
]);

/** Array types and the types of their elements. */
const ELEMENT_TYPES = new Map<number, number>([
  [199, TYPE.json],
  [1000, TYPE.boolean],
  [1005, TYPE.smallint],
  [1007, TYPE.integer],
  [1009, 25], // text
  [1015, 1043], // character varying
  [1016, TYPE.bigint],
  [1021, TYPE.real],
  [1022, TYPE.double],
  [1028, TYPE.oid],
  [1115, TYPE.timestamp],
  [1182, 1082], // date
  [1185, TYPE.timestamptz],
  [1231, TYPE.numeric],
  [2951, 2950], // uuid
  [3807, TYPE.jsonb],
]);
/** pg knows how to take PostgreSQL's array syntax apart; its type names no arrays. */
const parseTextArray = pg.types.getTypeParser(1009 as never, 'text') as (text: string) => Nested;

/** Gives every value as the text PostgreSQL sent, exact to the last digit and microsecond. */
export const rawTypes = { getTypeParser: () => (text: string) => text } as unknown as NonNullable<
  pg.QueryConfig['types']
>;

export function isNumberType(typeId: number): boolean {
  return NUMBERS.has(typeId);
}

/** A value for people: times in ISO 8601, JSON without spaces, true and false; anything else as PostgreSQL writes it. */
export function toShown(text: string, typeId: number): string {
  switch (typeId) {
    case TYPE.boolean:
      return text === 't' ? 'true' : 'false';
    case TYPE.timestamptz:
    case TYPE.timestamp:
      return toIso(text);
    case TYPE.json:
    case TYPE.jsonb:
      return compactJson(text);
    default:
      return text;
  }
}

/**
 * A value as JSON text. Numbers stay numbers with all their digits, as PostgreSQL's own to_json writes them, so
 * that a reader that knows big numbers loses nothing.
 */
export function toJson(text: string, typeId: number): string {
  if (NUMBERS.has(typeId)) return /^-?\d/.test(text) ? text : JSON.stringify(text);
  if (typeId === TYPE.boolean || typeId === TYPE.json || typeId === TYPE.jsonb)
    return toShown(text, typeId);
  const elementType = ELEMENT_TYPES.get(typeId);
  if (elementType === undefined) return JSON.stringify(toShown(text, typeId));
  return arrayToJson(parseTextArray(text), elementType);
}

type Nested = string | null | Nested[];

function arrayToJson(value: Nested, elementType: number): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return toJson(value, elementType);
  return `[${value.map((element) => arrayToJson(element, elementType)).join(',')}]`;
}

/** `2026-01-31 07:00:00.5+00` → `2026-01-31T07:00:00.5Z`; infinity and years BC stay as they are. */
function toIso(text: string): string {
  const parts = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)([+-]\d\d(?::\d\d)*)?$/.exec(text);
  if (parts === null) return text;
  const [, day, time, zone = ''] = parts;
  const offset = zone === '+00' ? 'Z' : zone.length === 3 ? `${zone}:00` : zone;
  return `${day}T${time}${offset}`;
}

/** Takes out the spaces between JSON's tokens. Parsing it would cost the digits of big numbers. */
function compactJson(text: string): string {
  return text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1');
}
