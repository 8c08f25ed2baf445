import type { Report } from '../report.ts';
export function renderPage(_report: Report): string {
  return '';
}
