import type { LinkViewFacts } from 'sharegrant'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { doc, outcomeOf, type Sample, sampleOn } from '../support/sample.ts'
import { STORES, type TestStore } from '../support/stores.ts'

const BROWSER =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
const OWNER = { userId: 'owner', tenantId: 'acme' } as const

describe.each(STORES)('$name: openings that wait together', (kind) => {
  let base: TestStore
  let sharing: Sample
  let link: { id: string; token: string }

  beforeEach(async () => {
    base = await kind.open()
    sharing = sampleOn(base.store)
    await sharing.resources.register(doc('d'), { tenantId: 'acme', ownerId: 'owner' })
    link = await sharing.links.create(OWNER, doc('d'), { visibility: 'public' })
  })
  afterEach(() => base.close())

  const rows = async () => base.query('select * from share_views')
  const counted = async (id = link.id) => (await sharing.links.get(OWNER, id)).viewCount

  async function view(id: string, more: Partial<LinkViewFacts> = {}): Promise<LinkViewFacts> {
    const [grant] = await base.query(`select resource_uid from share_grants where id = '${link.id}'`)
    return {
      id,
      tenantId: 'acme',
      resourceUid: String(grant!['resource_uid']),
      linkId: link.id,
      viewerId: null,
      visitor: 'v',
      ip: null,
      userAgent: null,
      bot: false,
      counted: true,
      viewedAt: new Date('2026-01-01T00:00:00Z'),
      ...more,
    }
  }

  test.each([
    ['a resource that is not there', { resourceUid: 'none' }],
    ['an id that is taken', { id: 'view 0' }],
    ['no visible mistake, but a zero byte', { userAgent: 'a\u0000b', resourceUid: 'none' }],
  ])('one with %s fails alone', async (_, wrong) => {
    const good = await Promise.all(Array.from({ length: 20 }, (_, index) => view(`view ${index}`)))
    const bad = await view('bad', wrong)
    const all = [...good.slice(0, 10), bad, ...good.slice(10)]
    const settled = await Promise.allSettled(all.map((one) => base.store.appendView(one)))
    const failed = settled.flatMap((one, index) => (one.status === 'rejected' ? [{ ...one, index }] : []))
    expect(failed).toHaveLength(1)
    expect(failed[0]!.reason).toMatchObject({ code: 'storage_unavailable' })
    expect(settled.filter((one) => one.status === 'fulfilled' && one.value === 'recorded')).toHaveLength(20)
    expect(await rows()).toHaveLength(20)
    expect(await counted()).toBe(20)
  })

  test('of links that open and links that ended come to what each would alone', async () => {
    const ended = await sharing.links.create(OWNER, doc('d'), { visibility: 'public' })
    const limited = await sharing.links.create(OWNER, doc('d'), { visibility: 'public', maxViews: 2 })
    await sharing.links.revoke(OWNER, ended.id)
    const tokens = [link, ended, limited, link, ended, limited, link, limited].map(({ token }) => token)
    const outcomes = await Promise.all(tokens.map((token) => outcomeOf(() => sharing.open(token))))
    expect(outcomes.filter((one) => one === 'ok')).toHaveLength(5)
    expect(outcomes.filter((one) => one === 'not_found')).toHaveLength(2)
    expect(outcomes.filter((one) => one === 'exhausted')).toHaveLength(1)
    expect([await counted(), await counted(limited.id)]).toEqual([3, 2])
    expect(await rows()).toHaveLength(5)
  })

  test('count what they write, bots in the rows only', async () => {
    const agents = [BROWSER, 'Googlebot/2.1', undefined]
    const visitors = Array.from({ length: 60 }, (_, index) => {
      const userAgent = agents[index % 3]
      return userAgent === undefined ? {} : { userAgent }
    })
    await Promise.all(visitors.map((visitor) => sharing.open(link.token, visitor)))
    expect(await rows()).toHaveLength(60)
    expect(await counted()).toBe(40)
  })

  // A batch that fails is written one by one, so a row that refuses to be changed, as a twin's does, would not show.
  if (kind.dialect === 'postgres') {
    test('count no link of another tenant, were it of the same id', async () => {
      await base.query("insert into share_tenants (tenant_id) values ('rival')")
      for (const table of ['share_resources', 'share_grants']) {
        await base.query(
          `insert into ${table} select (jsonb_populate_record(o, '{"tenant_id":"rival"}')).* from ${table} o`,
        )
      }
      await Promise.all(Array.from({ length: 20 }, () => sharing.open(link.token)))
      const grants = await base.query('select tenant_id, view_count from share_grants order by tenant_id')
      expect(grants.map((grant) => Number(grant['view_count']))).toEqual([20, 0])
    })
  }

  test('are all written before close returns, and none is accepted after', async () => {
    const opening = Array.from({ length: 20 }, () => outcomeOf(() => sharing.open(link.token)))
    await Promise.resolve()
    await sharing.close()
    const early = await rows()
    const outcomes = await Promise.all(opening)
    expect(await rows()).toHaveLength(early.length)
    expect(outcomes.filter((one) => one === 'ok')).toHaveLength(early.length)
    for (const outcome of outcomes) expect(['ok', 'storage_unavailable']).toContain(outcome)
    expect(await outcomeOf(() => sharing.open(link.token))).toBe('storage_unavailable')
    expect(await outcomeOf(() => sharing.can(OWNER, 'view', doc('d')))).toBe('storage_unavailable')
  })
})
