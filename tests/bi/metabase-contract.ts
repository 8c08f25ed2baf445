// What Metabase's API takes, written down from the schemas in its source, which refuse fields they do not know:
//   POST /api/setup               src/metabase/setup_rest/api.clj        commit 038837f3
//   /api/database                 src/metabase/warehouses_rest/api.clj   commit 004f0ce6
//   /api/collection               src/metabase/collections_rest/api.clj  commit 00f7311c
//   /api/card                     src/metabase/queries_rest/api/card.clj commit 00f45661
//   /api/dashboard                src/metabase/dashboards_rest/api.clj   commit 0085ec32
// all of github.com/metabase/metabase in 2026. POST /api/session is as https://www.metabase.com/docs/latest/api/session says.
import { z } from 'zod';

const nonBlank = z.string().regex(/\S/);
const positive = z.int().positive();
const maybe = <S extends z.ZodType>(schema: S) => schema.nullish();
const settings = z.record(z.string(), z.unknown());

/** What a password has to be unless MB_PASSWORD_COMPLEXITY says otherwise; common ones are refused beyond that. */
const validPassword = z.string().min(6).regex(/\d/);

export const setup = z.object({
  token: nonBlank,
  user: z.object({
    email: z.email(),
    password: validPassword,
    first_name: maybe(nonBlank),
    last_name: maybe(nonBlank),
    site_name: maybe(z.string()),
    password_confirm: maybe(z.string()),
  }),
  prefs: z.object({
    site_name: nonBlank,
    site_locale: maybe(nonBlank),
    allow_tracking: maybe(z.union([z.boolean(), z.string()])),
  }),
  database: maybe(settings),
});

export const session = z.object({ username: nonBlank, password: nonBlank });

const details = settings;
export const newDatabase = z.strictObject({
  name: nonBlank,
  engine: z.enum(['postgres']),
  details,
  is_full_sync: maybe(z.boolean()),
  is_on_demand: maybe(z.boolean()),
  schedules: maybe(settings),
  auto_run_queries: maybe(z.boolean()),
  cache_ttl: maybe(positive),
  connection_source: maybe(z.enum(['admin', 'setup'])),
  provider_name: maybe(z.string()),
  is_stub: maybe(z.boolean()),
});
export const changedDatabase = z.strictObject({
  name: maybe(nonBlank),
  engine: maybe(z.enum(['postgres'])),
  refingerprint: maybe(z.boolean()),
  details: maybe(details),
  write_data_details: maybe(details),
  schedules: maybe(settings),
  is_full_sync: maybe(z.boolean()),
  is_on_demand: maybe(z.boolean()),
  description: maybe(z.string()),
  caveats: maybe(z.string()),
  points_of_interest: maybe(z.string()),
  auto_run_queries: maybe(z.boolean()),
  cache_ttl: maybe(positive),
  provider_name: maybe(z.string()),
  settings: maybe(settings),
  is_stub: maybe(z.boolean()),
});

export const newCollection = z.object({
  name: nonBlank,
  description: maybe(nonBlank),
  parent_id: maybe(positive),
  namespace: maybe(nonBlank),
  authority_level: maybe(z.string()),
});

/** Of the forms a query can have, the older of the two that are taken: the one this project sends. */
const nativeQuery = z.strictObject({
  type: z.literal('native'),
  database: positive,
  native: z.strictObject({ query: nonBlank, 'template-tags': maybe(settings) }),
});
const cardFields = {
  type: maybe(z.enum(['question', 'metric', 'model'])),
  parameters: maybe(z.array(z.unknown())),
  parameter_mappings: maybe(z.array(z.unknown())),
  collection_position: maybe(positive),
  result_metadata: maybe(z.array(z.unknown())),
  cache_ttl: maybe(positive),
  dashboard_id: maybe(positive),
  dashboard_tab_id: maybe(positive),
};
export const newCard = z.strictObject({
  ...cardFields,
  name: nonBlank,
  dataset_query: nativeQuery,
  entity_id: maybe(nonBlank),
  description: maybe(nonBlank),
  display: nonBlank,
  visualization_settings: settings,
  collection_id: maybe(positive),
  size: maybe(z.strictObject({ size_x: positive, size_y: positive })),
  source_card_id: maybe(positive),
});
export const changedCard = z.strictObject({
  ...cardFields,
  name: maybe(nonBlank),
  dataset_query: maybe(nativeQuery),
  display: maybe(nonBlank),
  description: maybe(z.string()),
  visualization_settings: maybe(settings),
  archived: maybe(z.boolean()),
  enable_embedding: maybe(z.boolean()),
  embedding_type: maybe(z.string()),
  embedding_params: maybe(settings),
  collection_id: maybe(positive),
  collection_preview: maybe(z.boolean()),
});

export const newDashboard = z.strictObject({
  name: nonBlank,
  parameters: maybe(z.array(z.unknown())),
  description: maybe(z.string()),
  cache_ttl: maybe(positive),
  collection_id: maybe(positive),
  collection_position: maybe(positive),
});
const hasUniqueIds = (items: { id: number }[]) =>
  new Set(items.map(({ id }) => id)).size === items.length;
export const changedDashboard = z.strictObject({
  name: maybe(nonBlank),
  description: maybe(z.string()),
  caveats: maybe(z.string()),
  points_of_interest: maybe(z.string()),
  show_in_getting_started: maybe(z.boolean()),
  enable_embedding: maybe(z.boolean()),
  embedding_type: maybe(z.string()),
  embedding_params: maybe(settings),
  parameters: maybe(z.array(z.unknown())),
  position: maybe(positive),
  width: z.enum(['fixed', 'full']).optional(),
  archived: maybe(z.boolean()),
  auto_apply_filters: maybe(z.boolean()),
  collection_id: maybe(positive),
  collection_position: maybe(positive),
  cache_ttl: maybe(positive),
  dashcards: maybe(
    z
      .array(
        z.strictObject({
          // Negative: a new one.
          id: z.int(),
          size_x: positive,
          size_y: positive,
          row: z.int().nonnegative(),
          col: z.int().nonnegative(),
          card_id: maybe(positive),
          action_id: maybe(positive),
          dashboard_tab_id: maybe(z.int()),
          parameter_mappings: maybe(z.array(z.unknown())),
          visualization_settings: maybe(settings),
          inline_parameters: maybe(z.array(nonBlank)),
          series: maybe(z.array(z.strictObject({ id: positive }))),
        }),
      )
      .refine(hasUniqueIds, 'ids are to be unique'),
  ),
  tabs: maybe(
    z
      .array(
        z.strictObject({
          id: z.int(),
          name: nonBlank,
          position: z.int().nonnegative().optional(),
        }),
      )
      .refine(hasUniqueIds, 'ids are to be unique'),
  ),
});
