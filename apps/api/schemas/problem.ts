import { z } from 'zod';

/** What every error looks like: RFC 9457, application/problem+json. */
export const problem = z
  .object({
    type: z.string().meta({ description: 'Names the kind of problem', examples: ['about:blank'] }),
    title: z.string().meta({ description: 'The kind of problem in words' }),
    status: z.int().meta({ description: 'The HTTP status' }),
    detail: z.string().optional().meta({ description: 'What was wrong here, and what to do' }),
    errors: z
      .array(
        z.object({
          parameter: z.string().meta({ description: 'Which parameter' }),
          detail: z.string().meta({ description: 'What is wrong with it' }),
        }),
      )
      .optional()
      .meta({ description: 'Of parameters that were refused: all of them' }),
  })
  .meta({ id: 'Problem', description: 'An error, as RFC 9457 describes it' });

export type Problem = z.infer<typeof problem>;
