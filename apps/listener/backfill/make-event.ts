import type { CsvHeader } from './csv-header.ts';

/** Fields that GitHub sends as numbers and as words, by their path. */
const NUMBERS = new Set(['actor.id', 'repo.id', 'org.id']);
const WHOLE_NUMBER = /^(0|[1-9]\d*)$/;

type Tree = Map<string, Tree | string>;

/**
 * Makes an event of the fields of a CSV record, in GitHub's shape, with only what the record has: an empty field is
 * absent, and so is \N, which PostgreSQL and MySQL write for NULL.
 *
 * @returns its JSON; undefined when the payload is no JSON.
 */
export function makeEventJson(
  fields: readonly string[],
  { paths }: Pick<CsvHeader, 'paths'>,
): string | undefined {
  const event: Tree = new Map();
  for (const { column, path } of paths) {
    const field = fields[column] ?? '';
    if (field === '' || field === '\\N') continue;
    const json = toJson(path, field);
    if (json === undefined) return undefined;
    place(event, path.split('.'), json);
  }
  return render(event);
}

function toJson(path: string, field: string): string | undefined {
  if (path === 'payload') {
    // As it is: written anew, its numbers would be rounded.
    return isJson(field) ? field : undefined;
  }
  if (NUMBERS.has(path) && WHOLE_NUMBER.test(field)) return field;
  if (path === 'public' && /^(true|false)$/i.test(field)) return field.toLowerCase();
  return JSON.stringify(field);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The first of two columns for one place wins. */
function place(tree: Tree, [name = '', ...rest]: string[], json: string): void {
  const inner = tree.get(name);
  if (rest.length === 0) {
    if (inner === undefined) tree.set(name, json);
    return;
  }
  const branch: Tree = inner instanceof Map ? inner : new Map();
  if (inner === undefined) tree.set(name, branch);
  place(branch, rest, json);
}

function render(tree: Tree): string {
  const members = [...tree].map(
    ([name, value]) =>
      `${JSON.stringify(name)}:${typeof value === 'string' ? value : render(value)}`,
  );
  return `{${members.join(',')}}`;
}
