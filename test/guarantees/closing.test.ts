import { expect, test } from 'vitest'
import { doc, sampleOn } from '../support/sample.ts'
import { STORES } from '../support/stores.ts'

test.each(STORES)('$name: close finishes the openings that began, and refuses later ones', async (kind) => {
  const base = await kind.open()
  const sharing = sampleOn(base.store)
  await sharing.resources.register(doc('d'), { tenantId: 't', ownerId: 'o' })
  const { token } = await sharing.links.create({ userId: 'o', tenantId: 't' }, doc('d'), {
    visibility: 'public',
  })
  const begun = Array.from({ length: 20 }, () => sharing.open(token))
  const closing = sharing.close()
  expect(await Promise.all(begun)).toHaveLength(20)
  await closing
  await expect(sharing.open(token)).rejects.toMatchObject({ code: 'storage_unavailable' })
  const [row] = await base.query('select count(*) as count from share_views')
  expect(Number(row?.['count'])).toBe(20)
  await base.close()
})
