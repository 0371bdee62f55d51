import { toParameterSchema } from './parameters.js';
import { actions } from './actions.js';
import { routes } from './routes.js';

const problemSchema = {
  type: 'object',
  required: ['error'],
  properties: { error: { type: 'string' }, hint: { type: ['string', 'null'] } },
};

const problem = (description: string): object => ({
  description,
  content: { 'application/json': { schema: problemSchema } },
});

/** Describes the API; made from the same table of routes and parameters that requests are checked against. */
export function buildOpenApi(version: string): Readonly<Record<string, unknown>> {
  return {
    openapi: '3.1.0',
    info: {
      title: 'pipe',
      version,
      description:
        'Reads a market-data lake and its runs. The documents are those of the commands with --json: keys are added and never renamed. Times are ISO 8601 in UTC.',
    },
    paths: {
      ...Object.fromEntries(
        Object.entries(routes).map(([name, { summary, command, parameters, answer }]) => [
          `/api/v1/${name}`,
          {
            get: {
              summary,
              description: `Same content as: ${command}`,
              operationId: `get_${name}`,
              parameters: Object.entries(parameters).map(([parameter, described]) => ({
                name: parameter,
                in: 'query',
                required: described.required === true,
                description: described.description,
                schema: toParameterSchema(described),
                ...(described.example === undefined ? {} : { example: described.example }),
              })),
              responses: {
                200: { description: summary, content: { 'application/json': { schema: answer } } },
                400: problem('A parameter is wrong, or the lake lacks what was asked for'),
                401: problem('The server listens beyond its machine, and the request has no token'),
                403: problem('The request comes from a page of another site'),
                503: problem('The storage of the lake failed, or too many requests are in progress'),
              },
            },
          },
        ]),
      ),
      '/api/v1/events': {
        get: {
          summary: 'Server-sent events: `lake`, `runs` and `now`, each with a JSON document',
          operationId: 'get_events',
          responses: {
            200: { description: 'A stream', content: { 'text/event-stream': { schema: { type: 'string' } } } },
          },
        },
      },
      ...Object.fromEntries(
        Object.entries(actions).map(([name, { summary, body }]) => [
          `/api/v1/${name}`,
          {
            post: {
              summary,
              operationId: `post_${name}`,
              security: [{ token: [] }],
              requestBody: { required: true, content: { 'application/json': { schema: body } } },
              responses: {
                202: { description: 'Started', content: { 'application/json': { schema: { type: 'object' } } } },
                400: problem('The body is wrong'),
                401: problem('The token is missing or wrong'),
                403: problem('The server is read-only, or the request comes from another page'),
                409: problem('Another run of this pipeline is in progress'),
              },
            },
          },
        ]),
      ),
    },
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  };
}
