import { z } from 'zod';
import { messageOf } from './errors.ts';

/** Reads a text file. Throws when it cannot. */
export type ReadText = (path: string) => string;

/** Variables that hold a secret: each may come from a file instead, named by the variable with `_FILE` behind it. */
const SECRETS = [
  'DATABASE_URL',
  'LISTENER_DATABASE_URL',
  'TRANSFORMER_DATABASE_URL',
  'READER_DATABASE_URL',
  'DB_PASS',
  'GITHUB_TOKEN',
  'ALERT_SLACK_WEBHOOK_URL',
  'ALERT_WEBHOOK_URL',
  'ALERT_WEBHOOK_TOKEN',
  'ALERT_SMTP_URL',
  'METABASE_ADMIN_PASSWORD',
  'API_KEYS',
] as const;

type FileVariable = `${(typeof SECRETS)[number]}_FILE`;

export const secretFileVariables = Object.fromEntries(
  SECRETS.map((name) => [`${name}_FILE`, z.string().optional()]),
) as Record<FileVariable, z.ZodOptional<z.ZodString>>;

/** An environment for a child process in which these variables hold, whatever files stood for them in ours. */
export function overrideVariables(
  variables: Readonly<Record<string, string>>,
): Record<string, string> {
  const files = SECRETS.filter((name) => name in variables).map((name) => [`${name}_FILE`, '']);
  return { ...Object.fromEntries(files), ...variables };
}

/**
 * Puts the text of the files in the place of the variables they stand for, without the line end that editors add.
 *
 * @param environment only variables that are set.
 * @returns the variables and the faults: both forms set, a file that cannot be read or is empty.
 */
export function resolveSecretFiles(
  environment: Readonly<Record<string, string | undefined>>,
  readText: ReadText,
): { given: Record<string, string | undefined>; faults: string[] } {
  const given = { ...environment };
  const faults: string[] = [];
  for (const name of SECRETS) {
    const path = environment[`${name}_FILE`];
    if (path === undefined) continue;
    if (environment[name] !== undefined) {
      faults.push(`${name} and ${name}_FILE are both set; set one of them`);
      continue;
    }
    try {
      const text = readText(path).replace(/(\r?\n)+$/, '');
      if (text.trim() === '') faults.push(`${name}_FILE names an empty file: ${path}`);
      else given[name] = text;
    } catch (error) {
      faults.push(`${name}_FILE names a file that cannot be read: ${messageOf(error)}`);
    }
  }
  return { given, faults };
}
