import type { ParseArgsConfig } from 'node:util';
import type { Config } from '../../apps/shared/config.ts';
import { UserError } from '../../apps/shared/errors.ts';
import { listChecks } from '../../apps/transformer/quality/list-checks.ts';
import { readSettings } from '../sql/read-sql-options.ts';

export const qualityOptions = {
  full: { type: 'boolean' },
  only: { type: 'string', multiple: true },
  set: { type: 'string', multiple: true },
  html: { type: 'string' },
  json: { type: 'boolean' },
  last: { type: 'boolean' },
  list: { type: 'boolean' },
  strict: { type: 'boolean' },
} as const satisfies ParseArgsConfig['options'];

interface Values {
  full?: boolean | undefined;
  only?: string[] | undefined;
  set?: string[] | undefined;
  html?: string | undefined;
  json?: boolean | undefined;
  last?: boolean | undefined;
  list?: boolean | undefined;
  strict?: boolean | undefined;
}

export interface QualityCommand {
  isFull: boolean;
  only?: string[];
  checksDir: string | undefined;
  settings: Record<string, string>;
  htmlFile: string | undefined;
  isJson: boolean;
  isLast: boolean;
  isStrict: boolean;
}

/** @throws UserError for a check that does not exist, or options that exclude each other. */
export function readQualityOptions(
  values: Values,
  config: Pick<Config, 'qualityChecksDir' | 'qualitySettings'>,
): QualityCommand {
  const checksDir = config.qualityChecksDir;
  const only = values.only?.map((name) => name.replace(/^.*\//, '').replace(/\.sql$/, ''));
  if (only !== undefined) requireKnown(only, checksDir);
  if (values.last === true && (values.full === true || only !== undefined))
    throw new UserError('--last runs nothing; leave out --full and --only.');
  return {
    isFull: values.full ?? false,
    ...(only === undefined ? {} : { only }),
    checksDir,
    settings: { ...config.qualitySettings, ...readSettings(values.set) },
    htmlFile: values.html,
    isJson: values.json ?? false,
    isLast: values.last ?? false,
    isStrict: values.strict ?? false,
  };
}

function requireKnown(names: readonly string[], checksDir: string | undefined): void {
  const { checks, faults } = listChecks(checksDir);
  for (const name of names) {
    const fault = faults.find((one) => one.name === name);
    if (fault !== undefined) throw new UserError(`${fault.path}: ${fault.message}`);
    if (!checks.some((check) => check.name === name))
      throw new UserError(`There is no check "${name}". See them with: npm run quality -- --list`);
  }
}
