import pg from 'pg'
import { createWorkstations, type Workstations } from 'sharegrant/workstations'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DEFINITIONS, doc, outcomeOf, type Sample, sampleOn } from '../support/sample.ts'
import { STORES, type TestStore } from '../support/stores.ts'
import { type WhileHeld, whileHeldIn } from '../support/while-held.ts'

const OWNER = { userId: 'owner', tenantId: 'acme' }
const MAX = { userId: 'max', tenantId: 'acme' }

describe('Postgres: whoever edits or copies by a row waits for whoever holds it', () => {
  let base: TestStore
  let sharing: Sample
  let stations: Workstations<typeof DEFINITIONS>
  let other: pg.Client
  let whileHeld: WhileHeld
  beforeAll(async () => {
    base = await STORES.find(({ dialect }) => dialect === 'postgres')!.open()
    other = new pg.Client({ connectionString: base.address! })
    await other.connect()
    whileHeld = whileHeldIn(base, other)
    sharing = sampleOn(base.store)
    stations = createWorkstations(sharing)
    await stations.migrate()
    for (const id of ['d1', 'd2', 'd3', 'd4']) {
      await sharing.resources.register(doc(id), { tenantId: 'acme', ownerId: 'owner' })
      await sharing.collaborators.add(OWNER, doc(id), { userId: 'max', role: 'editor' })
    }
  })
  afterAll(async () => {
    await other.end()
    await base.close()
  })

  const at = async (actor: typeof OWNER): Promise<string> =>
    (await stations.register(actor, { name: 'a machine', fingerprint: 'its own' })).id
  const begin = async (actor: typeof OWNER, id: string) =>
    stations.edits.begin(actor, doc(id), { workstationId: await at(actor) })
  const ended = (id: string): string =>
    `update share_edits set ended_at = now(), end_reason = 'ended' where id = '${id}'`

  test('whoever goes on finds what ended meanwhile', async () => {
    const { id } = await begin(MAX, 'd1')
    const going = () => outcomeOf(() => stations.edits.heartbeat(MAX, id))
    expect(await whileHeld([ended(id)], going)).toEqual(['waits', 'conflict'])
  })

  test('whoever begins has what ended meanwhile', async () => {
    const { id } = await begin(MAX, 'd2')
    const workstationId = await at(OWNER)
    const beginning = () => outcomeOf(() => stations.edits.begin(OWNER, doc('d2'), { workstationId }))
    expect(await whileHeld([ended(id)], beginning)).toEqual(['waits', 'ok'])
  })

  test('nobody begins from a workstation that goes meanwhile, and it is registered anew', async () => {
    const gone = (id: string): string => `delete from share_workstations where id = '${id}'`
    const workstationId = await at(MAX)
    const beginning = () => outcomeOf(() => stations.edits.begin(MAX, doc('d3'), { workstationId }))
    expect(await whileHeld([gone(workstationId)], beginning)).toEqual(['waits', 'not_found'])
    const again = await at(MAX)
    const [, id] = await whileHeld([gone(again)], () => at(MAX))
    expect(id).not.toBe(again)
    expect((await stations.get(MAX, String(id))).id).toBe(id)
  })

  test('no number is given twice', async () => {
    const [{ last }] = (await base.query('select last from share_fences')) as [{ last: number }]
    const looked = 'select last from share_fences for no key update'
    const spent = 'update share_fences set last = last + 10'
    const beginning = async () => (await begin(OWNER, 'd4')).fence
    const [waits, fence] = await whileHeld([looked], beginning, [spent])
    expect([waits, fence]).toEqual(['waits', Number(last) + 11])
  })

  test('a workstation goes alone in its tenant', async () => {
    for (const held of [
      `select pg_advisory_xact_lock_shared(hashtextextended('acme', 7268117))`,
      `select 1 from share_tenants where tenant_id = 'acme' for share`,
    ]) {
      const id = await at(MAX)
      const removing = () => outcomeOf(() => stations.remove(MAX, id))
      expect(await whileHeld([held], removing)).toEqual(['waits', 'ok'])
    }
  })

  test('whoever registers in a tenant that goes meanwhile registers in a new one', async () => {
    const someone = { userId: 'someone', tenantId: 'going' }
    await at(someone)
    const name = `select pg_advisory_xact_lock(hashtextextended('going', 7268117))`
    const gone = ['workstations', 'names', 'audit', 'tenants'].map(
      (table) => `delete from share_${table} where tenant_id = 'going'`,
    )
    const registering = () => outcomeOf(() => at(someone))
    expect(await whileHeld([name], registering, gone)).toEqual(['waits', 'ok'])
  })

  test('a copy is begun by one after the other', async () => {
    const at = { at: 'counter', tenantId: 'acme' } as const
    const until = new Date('2030-01-01')
    await base.store.change(at, {}, () => ({
      changes: [{ kind: 'fork.begun', key: 'k', until, again: false }],
      audit: [],
      result: null,
    }))
    const looking = () =>
      base.store.change(at, { fork: 'k' }, ({ fork }) => ({
        changes: [],
        audit: [],
        result: fork?.until?.toISOString(),
      }))
    const taken = `update share_names set until = '2031-01-01T00:00:00Z' where kind = 'fork' and key = 'k'`
    expect(await whileHeld([taken], looking)).toEqual(['waits', '2031-01-01T00:00:00.000Z'])
  })
})
