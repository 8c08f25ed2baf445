import { readFileSync } from 'node:fs';
import { warehousePath } from '../../apps/shared/project-root.ts';
import type { CardDefinition, DashboardDefinition } from './create-dashboard.ts';

/** A card without its query, which is the file warehouse/queries/bi/QUERY.sql. */
type Card = Omit<CardDefinition, 'sql'> & { query: string };

const HALF = { size_x: 12, size_y: 6 };
const shows = (dimensions: string[], metrics: string[]) => ({
  'graph.dimensions': dimensions,
  'graph.metrics': metrics,
});

const CARDS: readonly Card[] = [
  {
    query: 'events-by-day',
    name: 'Events by day',
    description: 'What the warehouse has, and what happened by estimate.',
    display: 'line',
    settings: shows(['date_day'], ['event_count', 'estimated_total']),
    place: { row: 0, col: 0, ...HALF },
  },
  {
    query: 'capture-rate-by-day',
    name: 'Capture rate by day',
    description:
      'The share of what happened that the warehouse has, with its 95 % interval: how far the counts beside it can be trusted.',
    display: 'line',
    settings: shows(['date_day'], ['capture_rate', 'capture_rate_low', 'capture_rate_high']),
    place: { row: 0, col: 12, ...HALF },
  },
  {
    query: 'top-repositories',
    name: 'Busiest repositories',
    description: 'In the 30 days up to the newest one the warehouse has.',
    display: 'table',
    settings: {},
    place: { row: 6, col: 0, size_x: 12, size_y: 8 },
  },
  {
    query: 'top-contributors',
    name: 'Top contributors',
    description: 'People with the most pushes, pull requests, reviews, issues and comments.',
    display: 'row',
    settings: shows(['actor_login'], ['contribution_count']),
    place: { row: 6, col: 12, size_x: 12, size_y: 8 },
  },
  {
    query: 'contributors-by-month',
    name: 'New and returning contributors',
    description:
      'People, counted once in each repository and month. Of the first month in the warehouse all are new.',
    display: 'bar',
    settings: {
      ...shows(['month'], ['new_contributors', 'returning_contributors']),
      'stackable.stack_type': 'stacked',
    },
    place: { row: 14, col: 0, ...HALF },
  },
  {
    query: 'bot-share-by-day',
    name: 'Bot share',
    description: 'The share of the events by accounts whose login ends in [bot].',
    display: 'line',
    settings: shows(['date_day'], ['bot_share']),
    place: { row: 14, col: 12, ...HALF },
  },
  {
    query: 'pull-request-cycle-time',
    name: 'Pull-request cycle time',
    description:
      'Median hours from opened to merged, by the week of the merge, where both are known.',
    display: 'line',
    settings: shows(['week'], ['median_hours']),
    place: { row: 20, col: 0, ...HALF },
  },
  {
    query: 'issue-close-time',
    name: 'Issue close time',
    description:
      'Median hours from opened to closed, by the week of the closing, where both are known.',
    display: 'line',
    settings: shows(['week'], ['median_hours']),
    place: { row: 20, col: 12, ...HALF },
  },
  {
    query: 'stars-by-day',
    name: 'Stars over time',
    description:
      'Stars seen given so far, of the five repositories that were given the most in the last 30 days.',
    display: 'line',
    settings: shows(['date_day', 'repo_name'], ['running_star_count']),
    place: { row: 26, col: 0, ...HALF },
  },
  {
    query: 'latest-releases',
    name: 'Latest releases',
    description: 'Newest first.',
    display: 'table',
    settings: {},
    place: { row: 26, col: 12, ...HALF },
  },
];

/** The dashboard a new Metabase begins with: activity, people, flow of work, and how complete the data is. */
export function starterDashboard(): DashboardDefinition {
  return {
    name: 'Assay',
    description:
      'Activity on GitHub as far as this warehouse saw it. The capture rate says what share that is.',
    cards: CARDS.map(({ query, ...card }) => ({
      ...card,
      // Metabase wraps a query that another one is made on: no semicolon may end it.
      sql: readFileSync(warehousePath('queries', 'bi', `${query}.sql`), 'utf8').replace(
        /;\s*$/,
        '',
      ),
    })),
  };
}
