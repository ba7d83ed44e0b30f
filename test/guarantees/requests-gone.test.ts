import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { doc, type Sample, sampleOn } from '../support/sample.ts'
import { STORES, type TestStore } from '../support/stores.ts'

const OWNER = { userId: 'owner', tenantId: 'acme' } as const
const ASKER = { userId: 'asker', tenantId: 'acme' } as const

describe.each(STORES)('$name: of a request nothing is left', (kind) => {
  let base: TestStore
  let sharing: Sample
  beforeEach(async () => {
    base = await kind.open()
    sharing = sampleOn(base.store, { notify: async () => {} })
    await sharing.resources.register(doc('d'), { tenantId: 'acme', ownerId: 'owner' })
    await sharing.requests.create(ASKER, doc('d'), { role: 'viewer' })
  })
  afterEach(() => base.close())

  async function left(): Promise<Record<string, number>> {
    const names = await base.query("select key from share_names where kind = 'request'")
    const requests = await base.query('select id from share_requests')
    const outbox = await base.query('select id from share_outbox')
    return { names: names.length, requests: requests.length, outbox: outbox.length }
  }

  test('when its resource is removed', async () => {
    expect(await left()).toEqual({ names: 1, requests: 1, outbox: 1 })
    await sharing.resources.remove(doc('d'))
    expect(await left()).toEqual({ names: 0, requests: 0, outbox: 0 })
  })

  test('when its person leaves: what the owner was to be told is dropped', async () => {
    await sharing.members.remove('acme', 'asker')
    expect(await left()).toEqual({ names: 0, requests: 0, outbox: 1 })
    expect((await sharing.maintain()).delivered).toBe(0)
    expect(await left()).toEqual({ names: 0, requests: 0, outbox: 0 })
  })

  test('when its person is forgotten, answered or not', async () => {
    const [request] = await sharing.requests.list(OWNER, doc('d'))
    await sharing.requests.deny(OWNER, request!.id)
    await sharing.requests.create(ASKER, doc('d'), { role: 'viewer' })
    expect(await left()).toEqual({ names: 2, requests: 2, outbox: 3 })
    await sharing.users.forget('asker')
    expect(await left()).toMatchObject({ names: 0, requests: 0 })
    await sharing.maintain()
    expect(await left()).toEqual({ names: 0, requests: 0, outbox: 0 })
  })

  test('when its tenant is removed', async () => {
    await sharing.tenants.remove('acme')
    expect(await left()).toEqual({ names: 0, requests: 0, outbox: 0 })
  })
})
