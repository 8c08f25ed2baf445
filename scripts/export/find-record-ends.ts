const NEWLINE = 0x0a;
const QUOTE = 0x22;

/**
 * Makes a function that finds the ends of records in text that comes in pieces: line ends, and with `hasQuotes` only those
 * outside of quotes. In CSV a quote inside of quotes is written twice, which leaves everything behind it as it was.
 */
export function createRecordFinder(
  hasQuotes: boolean,
): (piece: Buffer, onEnd: (position: number) => void) => void {
  let isQuoted = false;
  return (piece, onEnd) => {
    for (let at = 0; at < piece.length; at++) {
      const byte = piece[at];
      if (byte === NEWLINE) {
        if (!isQuoted) onEnd(at + 1);
      } else if (byte === QUOTE && hasQuotes) isQuoted = !isQuoted;
    }
  };
}
