import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The project's folder: the nearest one above this file that has a `warehouse`. Found rather than counted
 * in `..`, because the compiled files lie one level deeper than the sources.
 */
export const projectRoot = findUpwards(import.meta.dirname);

function findUpwards(folder: string): string {
  if (existsSync(join(folder, 'warehouse'))) return folder;
  const parent = dirname(folder);
  if (parent === folder)
    throw new Error(`No folder above ${import.meta.dirname} has a warehouse/.`);
  return findUpwards(parent);
}

/** Path of a file or folder under `warehouse/`. */
export function warehousePath(...segments: string[]): string {
  return join(projectRoot, 'warehouse', ...segments);
}
