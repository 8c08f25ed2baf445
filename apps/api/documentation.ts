import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';

/** /openapi.json, made of the schemas that check parameters and answers, and /docs to read and try it. */
export async function addDocumentation(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Assay',
        version: '1',
        summary: 'A warehouse of GitHub events, read only',
        description:
          'Times are ISO 8601 in UTC. Ids are strings. What is not known is null. Errors are application/problem+json.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      tags: [
        { name: 'events', description: 'What happened on GitHub' },
        { name: 'operations', description: 'How the warehouse does' },
      ],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'Where API_KEYS is set' },
          header: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        },
      },
      // Without a key at all, too: the one who runs the API decides.
      security: [{ bearer: [] }, { header: [] }, {}],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { docExpansion: 'list', validatorUrl: null },
  });
}
