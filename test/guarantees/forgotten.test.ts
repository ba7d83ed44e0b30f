import { expect, test } from 'vitest'
import { doc, sampleOn } from '../support/sample.ts'
import { OWNER } from '../support/scenario.ts'
import { STORES } from '../support/stores.ts'

test.each(STORES)(
  '$name: nothing that is made of a forgotten person’s id is left with their views',
  async (kind) => {
    const { store, query, close } = await kind.open()
    try {
      const sharing = sampleOn(store)
      await sharing.resources.register(doc('d1'), { tenantId: 'acme', ownerId: 'owner' })
      const { token } = await sharing.links.create(OWNER, doc('d1'), { visibility: 'public' })
      for (const userId of ['bob', 'bob', 'eve']) {
        await sharing.open(token, { actor: { userId, tenantId: 'acme' } })
      }
      const visitors = async (): Promise<unknown[]> =>
        (await query('select visitor from share_views order by id')).map(({ visitor }) => visitor)
      const before = await visitors()
      expect(new Set(before).size).toBe(2)
      await sharing.users.forget('bob')
      const after = await visitors()
      expect(new Set(after).size).toBe(2)
      expect(after.filter((visitor) => before.includes(visitor))).toHaveLength(1)
    } finally {
      await close()
    }
  },
)
