import { isUtf8 } from 'node:buffer';

const QUOTE = '"';

/**
 * Parses one record of CSV (RFC 4180) into its fields.
 *
 * @returns undefined when it is none: bad UTF-8, or a quoted field that does not end.
 */
export function parseCsvRecord(record: Buffer, delimiter: string): string[] | undefined {
  if (!isUtf8(record)) return undefined;
  const text = record.toString('utf8').replace(/\r$/, '');
  const fields: string[] = [];
  for (let position = 0; ; ) {
    if (text[position] === QUOTE) {
      let field = '';
      let from = position + 1;
      for (;;) {
        const quote = text.indexOf(QUOTE, from);
        if (quote < 0) return undefined;
        field += text.slice(from, quote);
        position = quote + 1;
        if (text[position] !== QUOTE) break;
        field += QUOTE;
        from = position + 1;
      }
      fields.push(field);
      if (position < text.length && text[position] !== delimiter) return undefined;
    } else {
      const end = text.indexOf(delimiter, position);
      fields.push(text.slice(position, end < 0 ? text.length : end));
      position = end < 0 ? text.length : end;
    }
    if (position >= text.length) return fields;
    position++;
  }
}
