import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SharingError, type Store } from '../../src/index.ts'
import { type CapturingStore, openCapturing } from '../support/capture.ts'
import { doc, type Sample, sampleOn } from '../support/sample.ts'
import { STORES } from '../support/stores.ts'

const OWNER = { userId: 'owner', tenantId: 'acme' } as const
const BEA = { userId: 'bea', tenantId: 'acme', email: 'bea@acme.example' } as const
const MINUTE = 60_000

describe('beside an opening', () => {
  let base: CapturingStore
  let sharing: Sample
  let token: string
  let now: number

  const on = (store: Store, onError?: (error: unknown) => void): Sample =>
    sampleOn(store, { clock: () => new Date(now), ...(onError === undefined ? {} : { onError }) })

  beforeEach(async () => {
    now = Date.UTC(2030, 0, 1)
    base = await openCapturing(STORES[0]!)
    sharing = on(base.store)
    await sharing.resources.register(doc('d'), { tenantId: 'acme', ownerId: 'owner' })
    token = (await sharing.links.create(OWNER, doc('d'), { visibility: 'public' })).token
    await sharing.open(token)
  })
  afterEach(() => base.close())

  const statementsOf = async (actor: { userId: string; tenantId: string; email?: string } | null) => {
    base.issued.length = 0
    await sharing.open(token, { actor })
    return base.issued.length
  }

  test('whoever has no verified address is not looked up, and nobody twice within five minutes', async () => {
    const plain = await statementsOf(null)
    expect(await statementsOf({ userId: 'bea', tenantId: 'acme' })).toBe(plain)
    expect(await statementsOf({ ...BEA, email: 'no address' })).toBe(plain)
    expect(await statementsOf(BEA)).toBe(plain + 1)
    for (const later of [0, MINUTE, 5 * MINUTE - 1]) {
      now = Date.UTC(2030, 0, 1) + later
      expect(await statementsOf(BEA)).toBe(plain)
    }
    expect(await statementsOf({ ...BEA, email: 'another@acme.example' })).toBe(plain + 1)
    expect(await statementsOf({ ...BEA, tenantId: 'rival' })).toBe(plain + 1)
    now++
    expect(await statementsOf(BEA)).toBe(plain + 1)
  })

  test.each(['findAccess', 'change'] as const)(
    'what fails in %s fails no opening, and is told',
    async (verb) => {
      await sharing.collaborators.add(OWNER, doc('d'), { email: BEA.email, role: 'editor' })
      const fault = new SharingError('storage_unavailable')
      const failing = new Proxy(base.store, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name, target)
          if (name === verb) return () => Promise.reject(fault)
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
      const told: unknown[] = []
      const { viewId } = await on(failing, (error) => told.push(error)).open(token, { actor: BEA })
      expect(told).toEqual([fault])
      const { items } = await sharing.views.list(OWNER, { resource: doc('d') })
      expect(items.map(({ id }) => id)).toContain(viewId)
      await on(failing).open(token, { actor: BEA })
      expect((await sharing.collaborators.list(OWNER, doc('d')))[0]?.status).toBe('invited')
      await sharing.open(token, { actor: BEA })
      expect((await sharing.collaborators.list(OWNER, doc('d')))[0]?.status).toBe('active')
    },
  )
})
