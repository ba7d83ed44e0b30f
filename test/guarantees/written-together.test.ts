import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LinkViewFacts, Remembered } from '../../src/store/index.ts'
import { hashToken } from '../../src/tokens/link-token.ts'
import { doc, type Sample, sampleOn } from '../support/sample.ts'
import { STORES, type TestStore } from '../support/stores.ts'

const OWNER = { userId: 'owner', tenantId: 'acme' } as const

/** What one statement writes for many is judged for each: a slip in it would show in no opening by itself. */
describe('Postgres: of views that are written together', () => {
  let base: TestStore
  let sharing: Sample
  beforeEach(async () => {
    base = await STORES.find(({ dialect }) => dialect === 'postgres')!.open()
    sharing = sampleOn(base.store)
    await sharing.resources.register(doc('d'), { tenantId: 'acme', ownerId: 'owner' })
  })
  afterEach(() => base.close())

  let ids = 0
  async function viewOf(linkId: string, tenantId = 'acme'): Promise<LinkViewFacts> {
    const [grant] = await base.query(`select resource_uid from share_grants where id = '${linkId}'`)
    return {
      ...{ id: `view ${ids++}`, tenantId, resourceUid: String(grant!['resource_uid']), linkId },
      ...{ viewerId: null, visitor: 'v', ip: null, userAgent: null, bot: false, counted: true },
      viewedAt: new Date('2030-01-01T00:00:00Z'),
    }
  }

  /** The first goes by itself; those that wait meanwhile go together. */
  async function together(
    first: LinkViewFacts,
    others: LinkViewFacts[],
    remembered: Array<Remembered | undefined> = [],
  ): Promise<string[]> {
    const early = base.store.appendView(first, remembered[0])
    const late = Promise.all(others.map((view, at) => base.store.appendView(view, remembered[at])))
    expect(await early).toBe('recorded')
    return late
  }

  const rememberedOf = async (token: string): Promise<Remembered> => {
    const tokenHash = hashToken(token)
    return { tokenHash, version: (await base.store.findOpening(tokenHash))!.version! }
  }
  const counts = async (): Promise<unknown[]> =>
    (await base.query('select tenant_id, id, view_count::int as n from share_grants where view_count > 0'))
      .map(({ tenant_id, id, n }) => `${tenant_id} ${id} ${n}`)
      .sort()

  test('none is of a link that was ended or capped', async () => {
    const made = []
    for (let count = 0; count < 3; count++) {
      made.push(await sharing.links.create(OWNER, doc('d'), { visibility: 'public' }))
    }
    const [open, ended, capped] = made.map(({ id }) => id) as [string, string, string]
    await sharing.links.revoke(OWNER, ended)
    await sharing.links.update(OWNER, capped, { maxViews: 9 })
    const views = await Promise.all([open, ended, capped].map((id) => viewOf(id)))
    expect(await together(await viewOf(open), views)).toEqual(['recorded', 'moved', 'moved'])
    expect(await counts()).toEqual([`acme ${open} 2`])
  })

  test('none is of a capped link, not even as it is remembered', async () => {
    const open = await sharing.links.create(OWNER, doc('d'), { visibility: 'public' })
    const capped = await sharing.links.create(OWNER, doc('d'), { visibility: 'public', maxViews: 9 })
    const known = [await rememberedOf(open.token), await rememberedOf(capped.token)]
    const views = [await viewOf(open.id), await viewOf(capped.id)]
    expect(await together(await viewOf(open.id), views, known)).toEqual(['recorded', 'moved'])
    expect(await base.store.appendView(await viewOf(capped.id), known[1])).toBe('moved')
    expect(await counts()).toEqual([`acme ${open.id} 2`])
  })

  test('each is of its own tenant, where another has a link with the same id', async () => {
    const { id } = await sharing.links.create(OWNER, doc('d'), { visibility: 'public' })
    const other = await sharing.links.create(OWNER, doc('d'), { visibility: 'public' })
    await base.query("insert into share_tenants (tenant_id) values ('rival')")
    for (const table of ['resources', 'grants']) {
      await base.query(`create temporary table copied as select * from share_${table}`)
      await base.query("update copied set tenant_id = 'rival'")
      await base.query(`insert into share_${table} select * from copied`)
      await base.query('drop table copied')
    }
    await sharing.links.revoke(OWNER, id)
    const ours = await Promise.all([viewOf(id), viewOf(id), viewOf(other.id)])
    const first = await viewOf(other.id)
    expect(await together(first, ours)).toEqual(['moved', 'moved', 'recorded'])
    expect(await counts()).toEqual([`acme ${other.id} 2`])
    const mixed = [await viewOf(id), await viewOf(id, 'rival')]
    expect(await together(await viewOf(other.id), mixed)).toEqual(['moved', 'recorded'])
    expect(await counts()).toEqual([`acme ${other.id} 3`, `rival ${id} 1`].sort())
  })
})
