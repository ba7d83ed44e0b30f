import Database from 'better-sqlite3'
import { type Action, type ActionName, createSharing, type RoleName, type Sharing } from 'sharegrant'
import { sqliteStore } from 'sharegrant/sqlite'
import { expectTypeOf, test } from 'vitest'

/** Checked by the compiler (`npm run types`): what a host can get wrong is wrong before it runs. */
const sharing = createSharing({
  store: sqliteStore({ database: new Database(':memory:') }),
  secret: 'at least 32 bytes that nobody else knows',
  resources: {
    session: {
      roles: { viewer: ['view'], contributor: ['view', 'annotate', 'prompt'] },
      rules: [{ when: 'remote', forbid: ['publish'] }],
    },
    document: { roles: { reader: ['view'], editor: ['view', 'edit'] } },
  },
})
type Host = typeof sharing extends Sharing<infer D> ? D : never

test('types, roles and actions are those that the host named', () => {
  expectTypeOf<RoleName<Host, 'session'>>().toEqualTypeOf<'viewer' | 'contributor'>()
  expectTypeOf<Action<Host, 'session'>>().toEqualTypeOf<ActionName | 'annotate' | 'prompt'>()
  expectTypeOf<Action<Host, 'document'>>().toEqualTypeOf<ActionName | 'edit'>()
})

test('an action of another type does not fit', () => {
  const can = sharing.can<'document'>
  expectTypeOf(can).parameter(1).toEqualTypeOf<ActionName | 'edit'>()
  expectTypeOf(can).parameter(2).toEqualTypeOf<{ type: 'document'; id: string }>()
})

test('a role of another type does not fit, and a link knows its type', () => {
  const create = sharing.links.create<'session'>
  expectTypeOf<'editor'>().not.toExtend<NonNullable<Parameters<typeof create>[2]['role']>>()
  expectTypeOf<'contributor'>().toExtend<NonNullable<Parameters<typeof create>[2]['role']>>()
  expectTypeOf<Awaited<ReturnType<typeof create>>['resource']['type']>().toEqualTypeOf<'session'>()
})

test('a type that was not defined does not fit', () => {
  expectTypeOf<'canvas'>().not.toExtend<Parameters<typeof sharing.resources.get>[0]['type']>()
})
