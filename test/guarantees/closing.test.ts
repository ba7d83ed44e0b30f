import { createSharing, type Store } from 'sharegrant'
import { afterEach, expect, test, vi } from 'vitest'
import { doc, SECRET, sampleOn } from '../support/sample.ts'
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

const ANN = { userId: 'ann', tenantId: 'acme' }
const READER = { actor: ANN, resource: doc('d') }
const SNAPSHOT = { mode: 'snapshot' } as const

/** A host whose hooks answer once they are let, and call the library themselves. */
async function hostOn(store: Store, onError: (error: unknown) => void = () => {}) {
  const host = { gate: Promise.resolve(), waiting: 0, token: '' }
  const asked = async (): Promise<void> => {
    host.waiting++
    await host.gate
  }
  const sharing = createSharing({
    store,
    secret: SECRET,
    onError,
    resources: {
      document: {
        roles: { viewer: ['view'] },
        async snapshot() {
          await asked()
          return { revision: `r${host.waiting}`, content: 1 }
        },
        async resolve(): Promise<unknown> {
          await asked()
          return host.token === '' ? null : (await sharing.refs.verify(host.token, ANN)).ref
        },
        async fork() {
          await asked()
          await sharing.links.create(ANN, doc('d'), { visibility: 'account' })
          return { id: 'copy' }
        },
      },
    },
  })
  await sharing.resources.register(doc('d'), { tenantId: 'acme', ownerId: 'ann' })
  const link = await sharing.links.create(ANN, doc('d'), { visibility: 'account', ...SNAPSHOT })
  host.token = await sharing.refs.mint(READER, 'rows')
  host.waiting = 0
  const { promise, resolve } = Promise.withResolvers<void>()
  host.gate = promise
  return { sharing, host, link, answer: resolve }
}

test.each(STORES)(
  '$name: close finishes what waits for the host, and what the host does for it',
  async (kind) => {
    const base = await kind.open()
    const { sharing, host, link, answer } = await hostOn(base.store)
    const calls = {
      fork: () => sharing.fork(READER, { idempotencyKey: 'k' }),
      refresh: () => sharing.refresh(READER, ['rows']),
      mint: () => sharing.refs.mint(READER, 'rows'),
      create: () => sharing.links.create(ANN, doc('d'), { visibility: 'account', ...SNAPSHOT }),
      update: () => sharing.links.update(ANN, link.id, { snapshot: 'refresh' }),
      add: () => sharing.collaborators.add(ANN, doc('d'), { userId: 'bob', role: 'viewer', ...SNAPSHOT }),
    }
    const begun = Promise.all([
      calls.fork(),
      calls.refresh(),
      calls.mint(),
      calls.create(),
      calls.update(),
      calls.add(),
    ])
    // A fork takes a snapshot first.
    await vi.waitFor(() => expect(host.waiting).toBe(6))
    let closed = false
    const closing = sharing.close().then(() => {
      closed = true
    })
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(closed).toBe(false)
    for (const call of Object.values(calls)) {
      await expect(call()).rejects.toMatchObject({ code: 'storage_unavailable' })
    }
    answer()
    const [copy, refreshed] = await begun
    expect([copy.id, refreshed]).toMatchObject(['copy', [{ status: 'ok', data: 'rows' }]])
    await closing
    expect(closed).toBe(true)
    const [row] = await base.query("select count(*) as count from share_resources where id = 'copy'")
    expect(Number(row?.['count'])).toBe(1)
    await base.close()
  },
)

test('close does not wait for ever for a host that never answers, and says so', async () => {
  const base = await STORES[0]!.open()
  const errors: unknown[] = []
  const { sharing, host } = await hostOn(base.store, (error) => void errors.push(error))
  const never = sharing.fork(READER)
  void never.catch(() => {})
  await vi.waitFor(() => expect(host.waiting).toBe(1))
  vi.useFakeTimers()
  const closing = sharing.close()
  await vi.advanceTimersByTimeAsync(29_000)
  expect(errors).toEqual([])
  await vi.advanceTimersByTimeAsync(1001)
  await closing
  expect(String(errors)).toMatch(/close\(\) waited for 30 seconds, and not for 1 calls/)
  vi.useRealTimers()
  await base.close()
})

afterEach(() => void vi.useRealTimers())
