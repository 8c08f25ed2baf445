import { activityRoute } from './activity.ts';
import {
  coverageRoute,
  deadLettersRoute,
  incidentsRoute,
  qualityRoute,
  runsRoute,
} from './operations.ts';
import type { Route } from './route.ts';
import { topRoute } from './top.ts';
import { typesRoute } from './types.ts';

/** All paths that need a key where there are keys. */
export const routes: readonly Route[] = [
  activityRoute,
  topRoute,
  typesRoute,
  runsRoute,
  deadLettersRoute,
  incidentsRoute,
  coverageRoute,
  qualityRoute,
];
