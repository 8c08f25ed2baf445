import { isSurelyEvent, parseObject } from './looks-like-event.ts';
import { findValueEnd } from './scan-value.ts';

/** How an event may begin. */
const BEGINNING =
  /\{\s*"(?:id|type|actor|actor_attributes|repo|repository|payload|public|created_at|org|url)"/g;
/** How many bytes may be looked at for each byte of debris; garbage full of opening brackets must not take for ever. */
const WORK_FACTOR = 16;

/** Where among the debris of torn JSON the first event beyond doubt begins, from a position on. */
export function findEventIn(bytes: Buffer, from: number): number | undefined {
  const text = bytes.toString('latin1', from);
  let workLeft = text.length * WORK_FACTOR;
  for (const { index } of text.matchAll(BEGINNING)) {
    const start = from + index;
    const end = findValueEnd(bytes, start);
    if (end > 0) {
      const value = parseObject(bytes.toString('utf8', start, end));
      if (value !== undefined && isSurelyEvent(value)) return start;
    }
    workLeft -= (end > 0 ? end : bytes.length) - start;
    if (workLeft < 0) return undefined;
  }
  return undefined;
}
