/** Whether this is the long form, npm run test:faults; npm test takes the short one. */
export const isLongForm = process.env.FAULT_FORM === 'long';

/** The cases of a test: the short form takes the hardest, the long one all. */
export function casesOf<T>(hardest: readonly T[], others: readonly T[]): T[] {
  return isLongForm ? [...hardest, ...others] : [...hardest];
}
