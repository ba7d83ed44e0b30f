import { z } from 'zod'
import type { Route } from './route.ts'
import { errorSchema } from './schema/error.ts'
import { documented } from './schema/parts.ts'

type Json = Record<string, unknown>

/** What the document says of the host around the routes. */
export interface OpenApiOptions {
  title?: string | undefined
  version?: string | undefined
  /** Where the table is mounted, such as `/api`; `/` unless set. */
  server?: string | undefined
  /** How the host signs people in, as OpenAPI has it; a bearer's token unless given. */
  securityScheme?: Json | undefined
}

/** An OpenAPI 3.1 document: `paths` by path and method, `components.schemas` by name. */
export interface OpenApiDocument extends Json {
  openapi: string
  info: { title: string; version: string }
  paths: Record<string, Record<string, Json>>
  components: { schemas: Record<string, unknown>; securitySchemes: Json }
}

/**
 * Describes the table as an OpenAPI 3.1 document.
 *
 * @example
 * ```ts no-run
 * app.get('/openapi.json', (_request, response) => response.json(openApi(routes, { server: '/api' })))
 * ```
 */
export function openApi(routes: readonly Route[], options: OpenApiOptions = {}): OpenApiDocument {
  const schemas: Record<string, unknown> = {}
  const describe = (schema: z.ZodType, io: 'input' | 'output'): Json => schemaOf(schema, io, schemas)
  const error = describe(errorSchema, 'output')
  const paths: OpenApiDocument['paths'] = {}
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] ??= {}
    paths[path][route.method.toLowerCase()] = operationOf(route, describe, error)
  }
  return {
    openapi: '3.1.0',
    info: { title: options.title ?? 'Sharing', version: options.version ?? '1' },
    servers: [{ url: options.server ?? '/' }],
    paths,
    components: {
      schemas,
      securitySchemes: { host: options.securityScheme ?? { type: 'http', scheme: 'bearer' } },
    },
  }
}

function operationOf(
  route: Route,
  describe: (schema: z.ZodType, io: 'input' | 'output') => Json,
  error: Json,
): Json {
  const { input, output } = route
  const parameters = [
    ...parametersOf('path', input.params && describe(input.params, 'input')),
    ...parametersOf('query', input.query && describe(input.query, 'input')),
  ]
  const body = input.body && describe(input.body, 'input')
  return {
    operationId: operationId(route),
    summary: route.summary,
    security: route.access === 'signed-in' ? [{ host: [] }] : [{}, { host: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: !acceptsNothing(input.body!),
        content: { 'application/json': { schema: body } },
      },
    }),
    responses: {
      [route.status]: {
        description: route.summary,
        ...(output && { content: { 'application/json': { schema: describe(output, 'output') } } }),
      },
      default: {
        description: 'Refused: `code` says why, `message` says it to people',
        headers: {
          'Retry-After': { description: 'Seconds, with `rate_limited`', schema: { type: 'integer' } },
        },
        content: { 'application/json': { schema: error } },
      },
    },
  }
}

/** Whether a body may be left out. */
const acceptsNothing = (schema: z.ZodType): boolean => schema.safeParse({}).success

function parametersOf(place: 'path' | 'query', schema: Json | undefined): Json[] {
  const properties = (schema?.['properties'] ?? {}) as Record<string, Json>
  const required = (schema?.['required'] ?? []) as string[]
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema,
  }))
}

/** A JSON Schema whose named parts are components of the document. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', components: Record<string, unknown>): Json {
  const { $schema: _, $defs = {}, ...made } = z.toJSONSchema(schema, { metadata: documented, io }) as Json
  for (const [name, definition] of Object.entries($defs as Record<string, Json>)) {
    const { id: _, ...kept } = definition
    components[name] = hoisted(kept)
  }
  const { id, ...body } = made
  if (typeof id !== 'string') return hoisted(body) as Json
  components[id] = hoisted(body)
  return { $ref: `#/components/schemas/${id}` }
}

function hoisted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hoisted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) =>
      key === '$ref' && typeof part === 'string'
        ? [key, part.replace('#/$defs/', '#/components/schemas/')]
        : [key, hoisted(part)],
    ),
  )
}

/** `POST /links/:id/rotate` is `postLinksIdRotate`. */
const operationId = ({ method, path }: Route): string =>
  method.toLowerCase() +
  path
    .split(/[/:]+/)
    .filter(Boolean)
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join('')
