import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ViewFacts, VisitRight } from '../../src/store/index.ts'
import { doc, outcomeOf, type Sample, sampleOn } from '../support/sample.ts'
import { STORES, type TestStore } from '../support/stores.ts'
import { type WhileHeld, whileHeldIn } from '../support/while-held.ts'

const OWNER = { userId: 'owner', tenantId: 'acme' }
const DAY = 86_400_000
/** What every change of something in a tenant takes, and what takes the tenant for itself. */
const NAME = (how: '_shared' | ''): string =>
  `select pg_advisory_xact_lock${how}(hashtextextended('acme', 7268117))`
const ROW = (how: 'share' | 'no key update'): string =>
  `select 1 from share_tenants where tenant_id = 'acme' for ${how}`

/** A database in a file or in memory has one writer, who waits for nobody in the middle of a step. */
describe('Postgres: whoever decides by a row waits for whoever holds it', () => {
  let base: TestStore
  let sharing: Sample
  let other: pg.Client
  let grantId: string
  let round = 0
  beforeAll(async () => {
    base = await STORES.find(({ dialect }) => dialect === 'postgres')!.open()
    other = new pg.Client({ connectionString: base.address! })
    await other.connect()
    sharing = sampleOn(base.store, { clock: () => new Date(Date.now() + round * DAY) })
    await sharing.resources.register(doc('d'), { tenantId: 'acme', ownerId: 'owner' })
    await sharing.resources.register(doc('below'), { tenantId: 'acme', ownerId: 'owner', parent: doc('d') })
  })
  beforeEach(async () => {
    round++
    grantId = (await sharing.collaborators.add(OWNER, doc('d'), { userId: 'max', role: 'viewer' })).id
    const { token } = await sharing.links.create(OWNER, doc('d'), { visibility: 'public' })
    await sharing.open(token)
    round += 3
  })
  afterAll(async () => {
    await other.end()
    await base.close()
  })

  const whileHeld: WhileHeld = (...held) => whileHeldIn(base, other)(...held)
  const outcome = (call: () => Promise<unknown>) => async (): Promise<unknown> => outcomeOf(call)

  test.each([
    ['its name', NAME('_shared')],
    ['its row', ROW('share')],
  ])('what takes a tenant for itself waits for those who share %s', async (_, held) => {
    const whole: Record<string, () => Promise<unknown>> = {
      'the policy': () =>
        sharing.policies.set({ ...OWNER, admin: 'tenant' }, { allowGuests: round % 2 === 0 }),
      'a place that is left': () => sharing.resources.update(doc('below'), { parent: null }),
      'what hangs on a grant': () => sharing.collaborators.remove(OWNER, grantId),
      'adding up': () =>
        base.store.rollUpViews('acme', new Date(Date.now() + round * DAY).toISOString().slice(0, 10)),
      anonymising: () => base.store.anonymiseViews('acme', '2020-01-01'),
      'deleting what was removed': () => base.store.purgeSlice('acme'),
      'deleting what nothing shows': () => base.store.sweepSnapshots('acme', new Date()),
    }
    for (const [what, call] of Object.entries(whole)) {
      expect([what, ...(await whileHeld([held], outcome(call)))]).toEqual([what, 'waits', 'ok'])
    }
    const create = () => sharing.links.create(OWNER, doc('d'), { visibility: 'public' })
    expect(await whileHeld([held], outcome(create))).toEqual(['goes on', 'ok'])
  })

  test.each([
    ['its name', NAME('')],
    ['its row', ROW('no key update')],
  ])('what shares a tenant waits for whoever has %s for themselves', async (_, held) => {
    const create = () => sharing.links.create(OWNER, doc('d'), { visibility: 'public' })
    expect(await whileHeld([held], outcome(create))).toEqual(['waits', 'ok'])
  })

  test('a visit waits for whoever changes its resource or its own grant, and finds what they left', async () => {
    const { resource } = (await base.store.findResource(doc('d'), null))!
    const visit = (id: string, grant: VisitRight['grant']) => (): Promise<unknown> => {
      const view: ViewFacts = {
        ...{
          id: `${id} ${round}`,
          tenantId: 'acme',
          resourceUid: resource.uid,
          linkId: null,
          viewerId: 'max',
        },
        ...{ visitor: 'max', ip: null, userAgent: null, bot: false, counted: true, viewedAt: new Date() },
      }
      return base.store.appendVisit(view, { resource, grant })
    }
    const own = { id: grantId, above: false }
    const untouched = `update share_grants set updated_at = updated_at where id = '${grantId}'`
    expect(await whileHeld([untouched], visit('first', own))).toEqual(['waits', 'recorded'])
    expect(await whileHeld([untouched], visit('above', { ...own, above: true }))).toEqual([
      'goes on',
      'recorded',
    ])
    const ended = `update share_grants set ended_at = now(), end_reason = 'removed' where id = '${grantId}'`
    expect(await whileHeld([ended], visit('second', own))).toEqual(['waits', 'moved'])
    const shown = (visibility: string): string =>
      `update share_resources set visibility = '${visibility}' where id = 'd'`
    expect(await whileHeld([shown('account')], visit('third', null))).toEqual(['waits', 'moved'])
    await base.query(shown('private'))
  })

  test('what is counted of a limit is counted by one after the other, whatever it is about', async () => {
    const limited = sampleOn(base.store, {
      limits: { invitationsPerHour: 3 },
      clock: () => new Date(Date.now() + round * DAY),
    })
    const add = (email: string) => () => limited.collaborators.add(OWNER, doc('d'), { email, role: 'viewer' })
    expect(await outcomeOf(add('one@acme.example'))).toBe('ok')
    const which = "where kind = 'invitations' and key = 'owner'"
    const looked = `select count from share_counters ${which} for no key update`
    const spent = `update share_counters set count = 3 ${which}`
    expect(await whileHeld([looked], outcome(add('two@acme.example')), [spent])).toEqual([
      'waits',
      'rate_limited',
    ])
  })

  test('a message that another has taken meanwhile is not ours', async () => {
    const telling = sampleOn(base.store, {
      notify: async () => {},
      clock: () => new Date(Date.now() + round * DAY),
    })
    await telling.collaborators.add(OWNER, doc('d'), { email: 'told@acme.example', role: 'viewer' })
    const at = new Date(Date.now() + round * DAY + 1000)
    const leasedUntil = new Date(at.getTime() + DAY)
    const taken = "update share_outbox set lease = 'of another', leased_until = now() + interval '1000 days'"
    const take = () => base.store.takeMessage('acme', { at, lease: 'ours', leasedUntil, perHour: false })
    expect(await whileHeld([taken], take)).toEqual(['waits', null])
    expect(await base.query('select lease from share_outbox')).toEqual([{ lease: 'of another' }])
  })
})
