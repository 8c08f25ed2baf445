import { z } from 'zod';
import { decodeUrlPart } from './decode-url-part.ts';
import { type FailMode, parseFailMode } from './failpoint.ts';
import { isCronExpression } from './is-cron-expression.ts';

/** The items of a list separated by commas. */
export function list(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** A number within bounds, which a fault names. */
export function number(min: number, max: number) {
  return z.coerce
    .number({ error: `must be a number from ${min} to ${max}` })
    .min(min, `must be at least ${min}`)
    .max(max, `must be at most ${max}`);
}

/** A whole number within bounds. */
export function integer(min: number, max: number) {
  return number(min, max).int({ error: 'must be a whole number' });
}

/** true, 1, yes, on; false, 0, no, off. */
export function boolean() {
  return z.stringbool({
    truthy: ['true', '1', 'yes', 'on'],
    falsy: ['false', '0', 'no', 'off'],
    error: 'must be true or false',
  });
}

/** A cron expression. */
export function cron() {
  return z.string().refine(isCronExpression, {
    error: (issue) =>
      `is "${issue.input}"; it must be a cron expression of five fields, or six with seconds, such as 0 2 * * *`,
  });
}

/** At which step a process is to kill itself: none, kill:STEP or kill:STEP:N. */
export function failMode() {
  return z.string().transform((text, context): FailMode | undefined => {
    const mode = parseFailMode(text);
    if (mode === undefined)
      context.addIssue(
        `is "${text}"; it must be none, kill:STEP or kill:STEP:N, with a step of docs/faults.md`,
      );
    return mode === 'none' ? undefined : mode;
  });
}

/** An http or https URL, without slashes at its end. */
export function httpUrl() {
  return z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .transform((url) => url.replace(/\/+$/, ''));
}

/** NAME=VALUE, separated by commas. */
export function namedValues() {
  return z.string().transform((text, context): Readonly<Record<string, string>> => {
    const entries = list(text).map((entry) => {
      const [, name = '', value = ''] = /^([a-z][a-z0-9_]*) *= *(\S+)$/.exec(entry) ?? [];
      if (name === '')
        context.addIssue(`has "${entry}"; it takes NAME=VALUE, such as max_null_percent=5`);
      return [name, value] as const;
    });
    return Object.freeze(Object.fromEntries(entries));
  });
}

/** The password in a URL, as it was meant; empty when there is none. */
export function passwordIn(url: string | undefined): string {
  if (url === undefined) return '';
  return decodeUrlPart(new URL(url).password);
}

/** The passwords in a URL as they are sent, and as they are written: percent signs can stand for any character. */
export function passwordsIn(url: string | undefined): string[] {
  if (url === undefined) return [];
  const { password, searchParams } = new URL(url);
  return [password, passwordIn(url), searchParams.get('password') ?? ''];
}
