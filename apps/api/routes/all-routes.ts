import { activityRoute } from './activity.ts';
import { dataRoute } from './data.ts';
import { actorRoute, repoRoute } from './entities.ts';
import {
  coverageRoute,
  deadLettersRoute,
  incidentsRoute,
  qualityRoute,
  runsRoute,
  statsRoute,
} from './operations.ts';
import type { Route } from './route.ts';
import { topRoute } from './top.ts';
import { typesRoute } from './types.ts';

/** All paths that need a key where there are keys. */
export const routes: readonly Route[] = [
  dataRoute,
  repoRoute,
  actorRoute,
  activityRoute,
  topRoute,
  typesRoute,
  runsRoute,
  deadLettersRoute,
  incidentsRoute,
  coverageRoute,
  qualityRoute,
  statsRoute,
];
