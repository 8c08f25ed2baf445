// @ts-check
/**
 * What the API answers, by the very schemas with which it answers: a field renamed there fails the type check here.
 *
 * @typedef {import('zod').infer<typeof import('../../schemas/activity.ts').activity>} Activity
 * @typedef {import('zod').infer<typeof import('../../schemas/activity.ts').top>} Top
 * @typedef {import('zod').infer<typeof import('../../schemas/activity.ts').types>} Types
 * @typedef {import('zod').infer<typeof import('../../schemas/operations.ts').runs>} Runs
 * @typedef {import('zod').infer<typeof import('../../schemas/operations.ts').deadLetters>} DeadLetters
 * @typedef {import('zod').infer<typeof import('../../schemas/operations.ts').incidents>} Incidents
 * @typedef {import('zod').infer<typeof import('../../schemas/operations.ts').health>} Health
 * @typedef {import('zod').infer<typeof import('../../schemas/operations.ts').quality>} Quality
 * @typedef {import('zod').infer<typeof import('../../schemas/data.ts').data>} Data
 * @typedef {Incidents['items'][number]} Incident
 * @typedef {Runs['items'][number]} Run
 */
export {};
