/** Whether this is the long form, npm run test:faults; npm test takes the short one. */
export const isLongForm = process.env.FAULT_FORM === 'long';
