import { expect, test } from 'vitest'
import { doc, sampleOn } from '../support/sample.ts'
import { STORES } from '../support/stores.ts'

/** Whatever the host calls its column and its table, the condition is about the host's row and not about ours. */
test.each(STORES)('$name: a column of the host’s is never taken for one of ours', async (kind) => {
  const base = await kind.open()
  const sharing = sampleOn(base.store)
  await sharing.resources.register(doc('seen'), { tenantId: 't', ownerId: 'o', visibility: 'account' })
  await sharing.resources.register(doc('hidden'), { tenantId: 't', ownerId: 'o' })
  await sharing.resources.register(doc('foreign'), { tenantId: 'other', ownerId: 'x', visibility: 'account' })
  await base.query('create table documents (id text, type text, uid text)')
  for (const id of ['seen', 'hidden', 'foreign']) {
    await base.query(`insert into documents values ('${id}', 'document', 'u')`)
  }
  for (const [column, from] of [
    ['id', 'documents'],
    ['documents.id', 'documents'],
    ['r.id', 'documents r'],
  ] as const) {
    const { sql, parameters } = sharing.filter({ userId: 'm', tenantId: 't' }, 'view', 'document', { column })
    const rows = await base.query(`select id from ${from} where ${sql}`, parameters)
    expect([column, rows.map(({ id }) => id)]).toEqual([column, ['seen']])
  }
  await base.close()
})

test.each(STORES)(
  '$name: what is no column or no type is refused: it would be the host’s statement',
  async (kind) => {
    const base = await kind.open()
    const filter = (options: { column: string; cast?: string }) => () =>
      sampleOn(base.store).filter({ userId: 'm', tenantId: 't' }, 'view', 'document', options)
    const refused = (path: string) =>
      expect.objectContaining({ public: { issues: [expect.objectContaining({ path })] } })
    for (const column of ['id; drop table documents', 'id) or (1 = 1', '"id"', 'a.b.c.d', '']) {
      expect(filter({ column })).toThrow(refused('options.column'))
    }
    for (const cast of ['uuid) or (1 = 1', 'text; drop table documents', "text'", 'varchar(x)', '']) {
      expect(filter({ column: 'id', cast })).toThrow(refused('options.cast'))
    }
    for (const cast of ['uuid', 'character varying(40)']) expect(filter({ column: 'id', cast })).not.toThrow()
    await base.close()
  },
)
