import { readFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { createSharing, type ErrorCode, SharingError } from 'sharegrant'
import { createRoutes } from 'sharegrant/http'
import { sqliteStore } from 'sharegrant/sqlite'
import { createWorkstationRoutes, createWorkstations } from 'sharegrant/workstations'
import { expect, test } from 'vitest'
import { marked, tableRows } from './blocks.ts'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const readme = read('README.md')
const inCode = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text!)

test('the README’s errors are the library’s, with their status', () => {
  const [, listed = ''] = /const statusOf = \{([^}]*)\}/.exec(read('src/errors.ts')) ?? []
  const codes = [...listed.matchAll(/^ {2}(\w+):/gm)].map(([, code]) => code as ErrorCode)
  const said = tableRows(marked(readme, 'errors')).map(([code, status]) => [inCode(code!)[0], Number(status)])
  expect(codes).toContain('not_found')
  expect(said).toEqual(codes.map((code) => [code, new SharingError(code).status]))
})

test('the README’s schema is the database’s', async () => {
  const database = new Database(':memory:')
  await sqliteStore({ database }).migrate()
  const tables = database
    .prepare("select name from sqlite_schema where type = 'table'")
    .pluck()
    .all() as string[]
  const columns = (table: string) => database.pragma(`table_info(${table})`) as Array<{ name: string }>
  const said = tableRows(marked(readme, 'schema')).map(([table, , names]) => [
    inCode(table!)[0],
    inCode(names!),
  ])
  expect(Object.fromEntries(said)).toEqual(
    Object.fromEntries(tables.map((table) => [table, columns(table).map(({ name }) => name)])),
  )
})

test('the changelog names every table', async () => {
  const changelog = read('CHANGELOG.md')
  for (const [table] of tableRows(marked(readme, 'schema'))) expect(changelog).toContain(table)
})

test('the README’s routes are the table’s, with their status', () => {
  const sharing = createSharing({
    store: sqliteStore({ database: new Database(':memory:') }),
    secret: 'at least 32 bytes that nobody else knows',
    resources: { document: { roles: { viewer: ['view'] } } },
  })
  const routes = createRoutes(sharing, { actor: () => null })
  const said = tableRows(marked(readme, 'http')).map(([route, status]) => `${inCode(route!)[0]} ${status}`)
  expect(said.sort()).toEqual(routes.map(({ method, path, status }) => `${method} ${path} ${status}`).sort())
})

test('the README’s routes and tables of workstations are the module’s', async () => {
  const database = new Database(':memory:')
  const sharing = createSharing({
    store: sqliteStore({ database }),
    secret: 'at least 32 bytes that nobody else knows',
    resources: { document: { roles: { editor: ['view', 'edit'] } } },
  })
  const routes = createWorkstationRoutes(createWorkstations(sharing), { actor: () => null })
  const said = tableRows(marked(readme, 'workstation-routes')).map(
    ([route, status]) => `${inCode(route!)[0]} ${status}`,
  )
  expect(said.sort()).toEqual(routes.map(({ method, path, status }) => `${method} ${path} ${status}`).sort())

  await sharing.migrate()
  const changelog = read('CHANGELOG.md')
  const tables = tableRows(marked(readme, 'workstation-schema'))
  expect(tables).toHaveLength(4)
  for (const [table, , names] of tables) {
    const name = inCode(table!)[0]!
    const columns = database.pragma(`table_info(${name})`) as Array<{ name: string }>
    expect(columns.map((column) => column.name)).toEqual(inCode(names!))
    expect(changelog).toContain(`\`${name}\``)
  }
})

test('the README’s options are those that createSharing takes', () => {
  const [, options = ''] = /interface SharingOptions[^{]*\{([\s\S]*?)\n\}/.exec(read('src/options.ts')) ?? []
  const names = [...options.matchAll(/^ {2}(\w+)\??:/gm)].map(([, name]) => name)
  const [, table = ''] = /## Setting up\n([\s\S]*?)\n## /.exec(readme) ?? []
  expect(names).toContain('secret')
  expect(tableRows(table).map(([option]) => inCode(option!)[0])).toEqual(names)
})

test('every document that the README links to is there, and every heading', () => {
  const headings = [...readme.matchAll(/^#+ (.*)$/gm)].map(([, text]) =>
    text!
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replace(/\s/g, '-'),
  )
  const prose = readme.replace(/^```[\s\S]*?^```/gm, '')
  for (const [, target] of prose.matchAll(/\]\((?!https?:)([^)]*)\)/g)) {
    const [path, anchor] = target!.split('#')
    if (path !== '') expect(read(path!)).not.toBe('')
    if (anchor !== undefined) expect(headings).toContain(anchor)
  }
})
