import type { Config } from '../../shared/config.ts';
import { listChecks } from './list-checks.ts';
import { resolveSettings } from './resolve-settings.ts';

/**
 * Makes sure at the start, and not at night, that the checks are there and their settings are right.
 *
 * @throws UserError that says what is wrong.
 */
export function requireChecks(config: Pick<Config, 'qualityChecksDir' | 'qualitySettings'>): void {
  resolveSettings(listChecks(config.qualityChecksDir).checks, config.qualitySettings);
}
