import Database from 'better-sqlite3'
import { createSharing } from 'sharegrant'
import { createRoutes, openApi } from 'sharegrant/http'
import { sqliteStore } from 'sharegrant/sqlite'
import { expect, test } from 'vitest'

const sharing = createSharing({
  store: sqliteStore({ database: new Database(':memory:') }),
  secret: 'at least 32 bytes that nobody else knows',
  resources: { document: { roles: { viewer: ['view'] } } },
})
const routes = createRoutes(sharing, { actor: () => null })
const document = openApi(routes, { title: 'Sharing at Acme', version: '7', server: '/api' })

interface Operation {
  operationId: string
  summary: string
  security: Array<Record<string, unknown>>
  parameters?: Array<{ name: string; in: string; required: boolean; schema: Record<string, unknown> }>
  requestBody?: { required: boolean; content: Record<string, { schema: Record<string, unknown> }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>
}

const operationOf = (method: string, path: string): Operation => {
  const found = document.paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]
  if (found === undefined) throw new Error(`${method} ${path} is not in the document`)
  return found as unknown as Operation
}

test('every route is in the document, and nothing else', () => {
  for (const { method, path, summary, status } of routes) {
    const operation = operationOf(method, path)
    expect(operation.summary).toBe(summary)
    expect(Object.keys(operation.responses)).toEqual([String(status), 'default'])
  }
  const described = Object.values(document.paths).flatMap((item) => Object.keys(item))
  expect(described).toHaveLength(routes.length)
})

test('it is OpenAPI 3.1: every part in its place, every name once, every reference to something', () => {
  expect(JSON.parse(JSON.stringify(document))).toEqual(document)
  expect(document).toMatchObject({
    openapi: '3.1.0',
    info: { title: 'Sharing at Acme', version: '7' },
    servers: [{ url: '/api' }],
  })
  const ids = routes.map(({ method, path }) => operationOf(method, path).operationId)
  expect(new Set(ids).size).toBe(routes.length)
  for (const { method, path, output } of routes) {
    const { parameters = [], responses, requestBody } = operationOf(method, path)
    const inPath = parameters.filter((parameter) => parameter.in === 'path')
    expect(inPath.map(({ name }) => `:${name}`)).toEqual(path.match(/:\w+/g) ?? [])
    for (const parameter of parameters) {
      expect(parameter.required).toBe(parameter.in === 'path')
      expect(
        ['type', 'anyOf'].some((key) => key in parameter.schema),
        parameter.name,
      ).toBe(true)
    }
    if (method === 'GET') expect(requestBody).toBeUndefined()
    for (const [status, response] of Object.entries(responses)) {
      expect(response.description).not.toBe('')
      const hasBody = status === 'default' || output !== null
      expect(response.content !== undefined).toBe(hasBody)
    }
  }
  const references = JSON.stringify(document).match(/"\$ref":"[^"]+"/g) ?? []
  expect(references.length).toBeGreaterThan(routes.length)
  for (const reference of references) {
    const name = /"#\/components\/schemas\/(\w+)"$/.exec(reference)?.[1]
    expect(document.components.schemas, reference).toHaveProperty(name ?? 'none')
  }
  expect(JSON.stringify(document)).not.toContain('$defs')
})

test('it says what a client has to know', () => {
  const list = operationOf('GET', '/links')
  expect(list.security).toEqual([{ host: [] }])
  expect(list.parameters?.find(({ name }) => name === 'limit')?.schema).toMatchObject({
    type: 'integer',
    minimum: 1,
    maximum: 100,
  })
  expect(operationOf('GET', '/share/:token').security).toEqual([{}, { host: [] }])
  expect(operationOf('POST', '/share/:token').requestBody?.required).toBe(false)
  expect(operationOf('POST', '/requests/:id/approve').requestBody?.required).toBe(false)
  const asked = operationOf('POST', '/share/:token/requests')
  expect([asked.security, asked.requestBody?.required]).toEqual([[{ host: [] }], true])
  expect(asked.responses['202']?.content).toBeUndefined()
  const create = operationOf('POST', '/resources/:type/:id/links').requestBody
  expect(create).toEqual({
    required: true,
    content: { 'application/json': { schema: { $ref: '#/components/schemas/CreateLink' } } },
  })
  expect(document.components.schemas['CreateLink']).toMatchObject({
    type: 'object',
    required: ['visibility'],
    additionalProperties: false,
  })
})
