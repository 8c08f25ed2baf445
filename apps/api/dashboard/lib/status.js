// @ts-check
import { element } from './element.js';

/** What each status is called, and a shape: colour alone tells nothing to some. */
/** @type {Readonly<Record<string, { label: string, shape: string, kind: string }>>} */
const LOOKS = {
  ok: { label: 'ok', shape: '●', kind: 'good' },
  pass: { label: 'passed', shape: '●', kind: 'good' },
  success: { label: 'ok', shape: '●', kind: 'good' },
  degraded: { label: 'degraded', shape: '▲', kind: 'odd' },
  warn: { label: 'warns', shape: '▲', kind: 'odd' },
  failed: { label: 'failed', shape: '✕', kind: 'bad' },
  fail: { label: 'fails', shape: '✕', kind: 'bad' },
  error: { label: 'broke off', shape: '✕', kind: 'bad' },
  skipped: { label: 'skipped', shape: '○', kind: 'none' },
  running: { label: 'runs', shape: '◐', kind: 'none' },
};

/**
 * @param {string} status
 * @returns {HTMLElement} shape and word
 */
export function makeStatus(status) {
  const { label, shape, kind } = LOOKS[status] ?? { label: status, shape: '○', kind: 'none' };
  return element(
    'span',
    { class: `status ${kind}` },
    element('span', { 'aria-hidden': 'true' }, shape),
    ` ${label}`,
  );
}
