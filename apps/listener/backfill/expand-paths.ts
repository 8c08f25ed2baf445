import { existsSync } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { UserError } from '../../shared/errors.ts';

const SPECIAL = /[*?[{]/;

/**
 * Expands patterns as shells do: `*`, `?`, `[abc]`, `{a,b}`, and `**` for folders at any depth. A path that exists is
 * taken as it is, whatever it is made of. Each file comes once.
 *
 * @throws UserError when a pattern fits no file.
 */
export async function expandPaths(patterns: readonly string[]): Promise<string[]> {
  const found = new Map<string, string>();
  for (const pattern of patterns) {
    const paths =
      pattern === '-' || existsSync(pattern) || !SPECIAL.test(pattern)
        ? [pattern]
        : await expand(pattern);
    if (paths.length === 0) throw new UserError(`No file fits ${pattern}.`);
    for (const path of paths) {
      const key = await realpath(path).catch(() => path);
      if (!found.has(key)) found.set(key, path);
    }
  }
  return [...found.values()];
}

async function expand(pattern: string): Promise<string[]> {
  const segments = pattern.split('/').filter((segment) => segment !== '');
  return await walk(pattern.startsWith(sep) ? sep : '', segments);
}

async function walk(folder: string, [segment, ...rest]: string[]): Promise<string[]> {
  if (segment === undefined) return [];
  const isLast = rest.length === 0;
  const entries = await readdir(folder === '' ? '.' : folder, { withFileTypes: true }).catch(
    () => [],
  );
  const names = entries.map(({ name }) => name).sort();
  if (segment === '**') {
    const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
    const deeper = await Promise.all(
      folders.map(({ name }) => walk(join(folder, name), [segment, ...rest])),
    );
    return [...(await walk(folder, isLast ? ['*'] : rest)), ...deeper.flat()];
  }
  if (!SPECIAL.test(segment)) {
    const path = join(folder, segment);
    if (!isLast) return await walk(path, rest);
    return existsSync(path) ? [path] : [];
  }
  const fits = toRegExp(segment);
  const matching = names.filter(
    (name) => fits.test(name) && (segment.startsWith('.') || !name.startsWith('.')),
  );
  if (!isLast)
    return (await Promise.all(matching.map((name) => walk(join(folder, name), rest)))).flat();
  const files = new Set(entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name));
  return matching.filter((name) => files.has(name)).map((name) => join(folder, name));
}

function toRegExp(segment: string): RegExp {
  const source = segment
    .replace(/[.+^$()|\\]/g, '\\$&')
    .replace(/\*+/g, '[^/]*')
    .replace(/\?/g, '[^/]')
    .replace(/\[!/g, '[^')
    .replace(/\{([^}]*)\}/g, (_, list: string) => `(?:${list.split(',').join('|')})`);
  return new RegExp(`^${source}$`);
}
