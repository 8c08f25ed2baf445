const NEWLINE = 0x0a;

/** Line and column of something, both from 1; columns are counted in bytes. */
export interface Place {
  line: number;
  column: number;
}

/** Counts lines, so that the place of a position in a window can be told. */
export interface Places {
  /** Positions have to be asked for in order. */
  at: (window: Buffer, position: number) => Place;
  /** The next window begins at this position of the present one. */
  leave: (window: Buffer, position: number) => void;
}

export function createPlaces(): Places {
  let line = 1;
  /** Where the line begins, counted from the start of the window. */
  let lineStart = 0;
  let nextNewline: number | undefined;

  function advance(window: Buffer, position: number): void {
    nextNewline ??= find(window, 0);
    while (nextNewline < position) {
      line++;
      lineStart = nextNewline + 1;
      nextNewline = find(window, lineStart);
    }
  }

  return {
    at: (window, position) => {
      advance(window, position);
      return { line, column: position - lineStart + 1 };
    },
    leave: (window, position) => {
      advance(window, position);
      lineStart -= position;
      nextNewline = undefined;
    },
  };
}

function find(window: Buffer, from: number): number {
  const newline = window.indexOf(NEWLINE, from);
  return newline < 0 ? Number.POSITIVE_INFINITY : newline;
}

/** The place of something inside an item, given the item's own place and the other's inside it. */
export function placeInside(outer: Place, inner: Place): Place {
  return {
    line: outer.line + inner.line - 1,
    column: inner.line === 1 ? outer.column + inner.column - 1 : inner.column,
  };
}

/** `12`, or `12:345` for what does not begin its line. */
export function describePlace(line: number, column: number): string {
  return column === 1 ? String(line) : `${line}:${column}`;
}
