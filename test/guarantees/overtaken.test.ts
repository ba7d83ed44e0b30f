import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Ask, Change, Facts } from '../../src/store/index.ts'
import { doc, sampleOn } from '../support/sample.ts'
import { STORES, type TestStore } from '../support/stores.ts'

const until = new Date('2030-01-01')
const again = new Date('2031-01-01')

/**
 * Shown by somebody who decides as if nothing were there, which among several is a matter of chance. A database in a
 * file or in memory has one writer.
 */
describe('Postgres: what another did meanwhile', () => {
  let base: TestStore
  const uids: string[] = []
  beforeAll(async () => {
    base = await STORES.find(({ dialect }) => dialect === 'postgres')!.open()
    const sharing = sampleOn(base.store)
    await base.store.workstations!.migrate()
    for (const id of ['d1', 'd2']) {
      await sharing.resources.register(doc(id), { tenantId: 'acme', ownerId: 'owner' })
      uids.push((await base.store.findResource(doc(id), null))!.resource.uid)
    }
  })
  afterAll(() => base.close())

  /** Decides for the change in the first run alone, and says how many there were and what the last one found. */
  async function decided(change: Change, ask: Ask): Promise<{ runs: number; facts: Facts }> {
    let runs = 0
    const facts = await base.store.change({ at: 'counter', tenantId: 'acme' }, ask, (found) => {
      runs++
      return { changes: runs === 1 ? [change] : [], audit: [], result: found }
    })
    return { runs, facts }
  }

  test('a copy that another began or made is theirs, and is found', async () => {
    const ask = { fork: 'k' }
    const begun = (end: Date): Change => ({ kind: 'fork.begun', key: 'k', until: end, again: false })
    const made = (uid: string): Change => ({ kind: 'fork.made', key: 'k', uid })
    expect((await decided(begun(until), ask)).runs).toBe(1)
    const second = await decided(begun(again), ask)
    expect([second.runs, second.facts.fork]).toEqual([2, { made: null, until }])
    expect((await decided(made(uids[0]!), ask)).runs).toBe(1)
    const third = await decided(made(uids[1]!), ask)
    expect([third.runs, third.facts.fork?.made?.uid]).toEqual([2, uids[0]])
  })

  test('a workstation that another registered under the same fingerprint is found', async () => {
    const registered = (id: string): Change => ({
      kind: 'workstation.registered',
      workstation: {
        ...{ id, tenantId: 'acme', userId: 'owner', name: id, fingerprint: 'same' },
        ...{ lastSeen: until, createdAt: until },
      },
    })
    const ask = { stations: { registered: { userId: 'owner', fingerprint: 'same' } } }
    expect((await decided(registered('first'), ask)).runs).toBe(1)
    const second = await decided(registered('second'), ask)
    expect([second.runs, second.facts.stations?.workstation?.id]).toEqual([2, 'first'])
    expect(await base.store.workstations!.find(null, 'second')).toBeNull()
  })
})
