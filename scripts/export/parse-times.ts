const TIMESTAMP = /^(\d{4,6})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:\+00)?( BC)?$/;
const DATE = /^(\d{4,7})-(\d\d)-(\d\d)( BC)?$/;
const MS_PER_DAY = 86_400_000;

/**
 * A timestamp as PostgreSQL writes it in UTC, such as `2026-01-31 07:00:00.5+00`, in microseconds since 1970.
 *
 * @returns undefined for infinity, and for years past what JavaScript knows (275760).
 */
export function toMicroseconds(text: string): bigint | undefined {
  const parts = TIMESTAMP.exec(text);
  if (parts === null) return undefined;
  const [, year = '', month, day, hour, minute, second, fraction = '', before] = parts;
  const midnight = toMilliseconds(year, Number(month), Number(day), before);
  if (midnight === undefined) return undefined;
  const ms = midnight + Number(hour) * 3_600_000 + Number(minute) * 60_000 + Number(second) * 1000;
  return BigInt(ms) * 1000n + BigInt(fraction.padEnd(6, '0'));
}

/**
 * A date as PostgreSQL writes it, in days since 1970.
 *
 * @returns undefined for infinity, and for years past what JavaScript knows (275760).
 */
export function toDays(text: string): number | undefined {
  const parts = DATE.exec(text);
  if (parts === null) return undefined;
  const [, year = '', month, day, before] = parts;
  const ms = toMilliseconds(year, Number(month), Number(day), before);
  return ms === undefined ? undefined : ms / MS_PER_DAY;
}

/** The year before 1 AD is 1 BC to people and 0 to calendars. */
function toMilliseconds(
  year: string,
  month: number,
  day: number,
  before: string | undefined,
): number | undefined {
  // Not Date.UTC, which takes the years 0 to 99 for those of the twentieth century.
  const ms = new Date(0).setUTCFullYear(
    before === undefined ? Number(year) : 1 - Number(year),
    month - 1,
    day,
  );
  return Number.isNaN(ms) ? undefined : ms;
}
