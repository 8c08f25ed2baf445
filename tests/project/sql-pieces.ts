/** A part of a text that is looked at, with where it begins in the file. */
export interface Piece {
  text: string;
  offset: number;
}

/** The strings of TypeScript that are statements. */
export function sqlInTypeScript(source: string): Piece[] {
  return [...source.matchAll(/`(?:[^`\\]|\\[\s\S])*`|'(?:[^'\\\n]|\\.)*'/g)]
    .filter(([literal]) =>
      /^.\s*(?:select|insert|update|delete|with|create|alter|truncate|merge)\s/i.test(literal),
    )
    .map((match) => ({ text: match[0].slice(1, -1), offset: match.index + 1 }));
}

/** Comments, and the sentences of `comment on`, with blanks in their place, so that offsets stay. */
export function blankComments(text: string): string {
  return text.replace(/'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\//g, (token, at: number) =>
    token.startsWith("'") && !/comment on [^;]*$/.test(text.slice(Math.max(0, at - 200), at))
      ? token
      : token.replace(/[^\n]/g, ' '),
  );
}

export function splitAtSemicolons(text: string): Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  for (const token of text.matchAll(/'(?:[^']|'')*'|;|$(?![\s\S])/g)) {
    if (token[0].startsWith("'")) continue;
    pieces.push({ text: text.slice(start, token.index), offset: start });
    start = token.index + 1;
  }
  return pieces;
}

/** Where the parenthesis at `open` is closed: one past it. */
export function closing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === '(') depth++;
    if (text[at] === ')' && --depth === 0) return at + 1;
  }
  return text.length;
}
