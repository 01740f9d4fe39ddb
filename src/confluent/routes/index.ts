import type { ConfluentRoute } from '../route.ts';
import { aboutRoutes } from './about.ts';
import { compatibilityRoutes } from './compatibility.ts';
import { schemaRoutes } from './schemas.ts';
import { settingRoutes } from './settings.ts';
import { subjectRoutes } from './subjects.ts';
import { tagRoutes } from './tags.ts';

/** A row is one route of Confluent's interface; the app answers by it, and the README's table is made of it. */
export const confluentRoutes: readonly ConfluentRoute[] = [
  ...subjectRoutes,
  ...tagRoutes,
  ...schemaRoutes,
  ...compatibilityRoutes,
  ...settingRoutes,
  ...aboutRoutes,
];
