import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../shared/errors.ts';
import { warehousePath } from '../../shared/project-root.ts';
import { type Check, type CheckFault, LAYERS, type Severity } from './check.ts';
import { readCheck } from './read-check.ts';

const SEVERITIES: readonly Severity[] = ['fail', 'warn'];

export interface CheckList {
  /** By layer, in the order in which events pass through them. */
  checks: Check[];
  faults: CheckFault[];
}

/**
 * The checks of `warehouse/checks/{fail,warn}`, and of the same two folders in a directory of the user's own. A file there
 * with the name of one of ours takes its place.
 *
 * @throws UserError when the directory is not there, or has neither folder.
 */
export function listChecks(ownDir: string | undefined): CheckList {
  const files = new Map([...readFolder(warehousePath('checks')), ...readOwn(ownDir)]);
  const checks: Check[] = [];
  const faults: CheckFault[] = [];
  for (const file of files.values()) {
    const check = readCheck(file);
    if ('sql' in check) checks.push(check);
    else faults.push(check);
  }
  checks.sort(
    (a, b) => LAYERS.indexOf(a.layer) - LAYERS.indexOf(b.layer) || (a.name < b.name ? -1 : 1),
  );
  return { checks, faults };
}

function readOwn(folder: string | undefined) {
  if (folder === undefined) return [];
  if (!SEVERITIES.some((severity) => existsSync(join(folder, severity)))) {
    throw new UserError(
      `QUALITY_CHECKS_DIR is "${folder}"; there must be a folder "fail" or "warn" in it, with one .sql file a check.`,
    );
  }
  return readFolder(folder);
}

function readFolder(folder: string) {
  return SEVERITIES.filter((severity) => existsSync(join(folder, severity))).flatMap((severity) =>
    readdirSync(join(folder, severity))
      .filter((file) => file.endsWith('.sql'))
      .map((file) => {
        const path = join(folder, severity, file);
        const name = file.slice(0, -'.sql'.length);
        return [name, { name, severity, path, text: readFileSync(path, 'utf8') }] as const;
      }),
  );
}
