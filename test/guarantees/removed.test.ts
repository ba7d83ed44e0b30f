import { createWorkstations } from 'sharegrant/workstations'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SLICE } from '../../adapters/sql/removal.ts'
import type { Ask, Facts, LinkViewFacts, TakenMessage } from '../../src/store/index.ts'
import { crowdOfViews } from '../support/crowd.ts'
import { doc, type Sample, sampleOn } from '../support/sample.ts'
import { STORES, type TestStore } from '../support/stores.ts'

const OWNER = { userId: 'owner', tenantId: 'acme' }
const ROOT = { userId: 'root', tenantId: null, admin: 'system' } as const
const BEA = { userId: 'bea', tenantId: 'acme', email: 'bea@acme.example' }
/** More than one step deletes. */
const MANY = 5001
const ALL_DAYS = { tenantId: 'acme', from: '2000-01-01', to: '2999-01-01', rolledUntil: '' }

describe.each(STORES)('$name: what is removed and not yet deleted', (kind) => {
  let base: TestStore
  let sharing: Sample
  beforeAll(async () => {
    base = await kind.open()
    sharing = sampleOn(base.store, { notify: async () => {} })
  })
  afterAll(() => base.close())

  const make = async (id: string): Promise<{ ids: string[]; tokens: string[] }> => {
    await sharing.resources.register(doc(id), { tenantId: 'acme', ownerId: 'owner' })
    const made = []
    for (const actor of [OWNER, ROOT, OWNER]) {
      made.push(await sharing.links.create(actor, doc(id), { visibility: 'public' }))
    }
    return { ids: made.map((link) => link.id), tokens: made.map((link) => link.token) }
  }
  const fill = (linkId: string): Promise<void> =>
    crowdOfViews(base, kind.dialect, { tenantId: 'acme', linkId }, MANY)
  const facts = (anchor: Parameters<TestStore['store']['change']>[0], ask: Ask = {}): Promise<Facts> =>
    base.store.change(anchor, ask, (result) => ({ changes: [], audit: [], result }))
  const hanging = async (ask: Ask): Promise<string[]> => {
    const { links, owned } = await facts({ at: 'tenant', tenantId: 'acme' }, ask)
    return [...links.map(({ link }) => link.id), ...owned.map(({ id }) => id)].sort()
  }
  const rows = async (table: string): Promise<number> =>
    (await base.query(`select 1 as row from share_${table}`)).length

  async function waiting(): Promise<TakenMessage[]> {
    const at = new Date(Date.now() + 1000)
    const request = {
      at,
      lease: 'test',
      leasedUntil: new Date(at.getTime() + 60_000),
      perHour: false,
    } as const
    const taken = await base.store.takeMessage('acme', request)
    return taken === null ? [] : [taken, ...(await waiting())]
  }

  async function isGone(linkId: string, resourceUid: string): Promise<void> {
    const { store } = base
    expect(await store.findLink('acme', linkId, null)).toBeNull()
    expect(await store.findLink(null, linkId, null)).toBeNull()
    expect((await facts({ at: 'link', id: linkId, tenantId: 'acme' })).link).toBeNull()
    expect((await store.countViews({ ...ALL_DAYS, resourceUid, linkId }))?.link ?? null).toBeNull()
    const view: LinkViewFacts = {
      id: `late ${linkId}`,
      tenantId: 'acme',
      resourceUid,
      linkId,
      viewerId: null,
      visitor: 'late',
      ip: null,
      userAgent: null,
      bot: false,
      counted: true,
      viewedAt: new Date(),
    }
    expect(await store.appendView(view)).toBe('moved')
    expect(await store.spendView(view)).toBe('moved')
    const list = { tenantId: 'acme', activeAt: null, createdAfter: null, after: null, limit: 50 }
    for (const createdBy of ['owner', 'root', null]) {
      const listed = await store.listLinks({ ...list, resourceUid: null, createdBy })
      expect(listed.map(({ link }) => link.id)).not.toContain(linkId)
    }
    for (const ask of [{ member: 'owner' }, { member: 'root' }, { admin: 'root' }]) {
      expect(await hanging(ask)).not.toContain(linkId)
    }
    expect((await store.sealedByOthers('acme', 'another', '', 50)).map(({ id }) => id)).not.toContain(linkId)
    const views = { tenantId: 'acme', resourceUid, linkId: null, after: null, limit: 50 }
    expect((await store.listViews(views)).filter((one) => one.linkId === linkId)).toEqual([])
  }

  test('a link is out of reach, and its views are', async () => {
    const { ids, tokens } = await make('d1')
    const [first, admins, other] = ids as [string, string, string]
    const { uid } = (await base.store.findResource(doc('d1'), null))!.resource
    await sharing.open(tokens[2]!)
    for (const id of [first, admins]) {
      await fill(id)
      await sharing.links.remove(OWNER, id)
      await isGone(id, uid)
      const days = { ...ALL_DAYS, resourceUid: uid, linkId: null }
      expect((await base.store.countViews(days))!.days.map(({ views }) => views)).toEqual([1])
      expect(await rows('grants')).toBe(3)
      // A slice of them is deleted, and what is left goes later.
      expect(await rows('views')).toBe(MANY - SLICE + 1)
      while ((await base.store.rollUpViews('acme', '2998-01-01')) > 0);
      expect((await base.store.countViews(days))!.days.map(({ views }) => views)).toEqual([1])
      if (id === first) {
        while ((await base.store.purgeSlice('acme')) > 0) await isGone(id, uid)
        expect(await rows('grants')).toBe(2)
        await sharing.links.create(OWNER, doc('d1'), { visibility: 'public' })
      }
    }
    while ((await base.store.purgeSlice('acme')) > 0) await isGone(admins, uid)
    expect(await hanging({ member: 'owner' })).toContain(other)
    await sharing.open(tokens[2]!)
  })

  test('a resource is out of reach, and its links are; those of others are not', async () => {
    const kept = await make('d2')
    const { ids } = await make('d3')
    const { resource } = (await base.store.findResource(doc('d3'), null))!
    const { uid } = resource
    await sharing.collaborators.add(OWNER, doc('d3'), { email: BEA.email, role: 'viewer' })
    const give = (id: string) => sharing.collaborators.add(OWNER, doc(id), { userId: 'max', role: 'viewer' })
    const [, , max] = [await give('d1'), await give('d2'), await give('d3')]
    await fill(ids[0]!)
    await sharing.resources.remove(doc('d3'))
    const visit = { id: 'visit', tenantId: 'acme', resourceUid: uid, linkId: null, viewerId: 'bea' }
    const seen = {
      visitor: 'bea',
      ip: null,
      userAgent: null,
      bot: false,
      counted: true,
      viewedAt: new Date(),
    }
    expect(await base.store.appendVisit({ ...visit, ...seen }, { resource, grant: null })).toBe('moved')
    for (const member of ['max', 'owner']) {
      const { given } = await facts({ at: 'tenant', tenantId: 'acme' }, { member })
      expect(given.filter(({ grant }) => grant.resourceUid === uid)).toEqual([])
    }
    expect((await facts({ at: 'grant', id: max.id, tenantId: 'acme' })).grant).toBeNull()
    // What is gone takes no place on a page.
    const given = (cursor?: string) => sharing.list({ userId: 'max', tenantId: 'acme' }, { limit: 1, cursor })
    const page = await given()
    const next = await given(page.nextCursor!)
    expect([...page.items, ...next.items].map(({ resource: { id } }) => id)).toEqual(['d2', 'd1'])
    const told = await waiting()
    const gone = told.filter(({ message }) => message.resourceUid === uid)
    expect(gone.map(({ message }) => message.recipient).sort()).toEqual([`email:${BEA.email}`, 'user:max'])
    for (const one of gone) expect([one.resource, one.grant]).toEqual([null, null])
    expect(await sharing.invitations.claim(BEA)).toEqual([])
    const invited = { invited: { email: `email:${BEA.email}`, user: 'user:bea' } } as const
    expect((await facts({ at: 'tenant', tenantId: 'acme' }, invited)).given).toEqual([])
    expect(await base.store.findAccess(doc('d3'), null)).toBeNull()
    expect(await base.store.findResource(doc('d3'), null)).toBeNull()
    expect(await base.store.countViews({ ...ALL_DAYS, resourceUid: uid, linkId: null })).toBeNull()
    expect((await facts({ at: 'resource', ref: doc('d3'), tenantId: 'acme' })).resource).toBeNull()
    for (const id of ids) {
      await isGone(id, uid)
      expect((await facts({ at: 'link', id, tenantId: 'acme' })).resource).toBeNull()
    }
    expect(await hanging({ member: 'owner' })).not.toContain('d3')
    const list = { tenantId: 'acme', ownerId: 'owner', type: null, terms: [], after: null, limit: 50 }
    expect((await base.store.listOwned(list)).map(({ id }) => id)).not.toContain('d3')
    const condition = sharing.filter(OWNER, 'view', 'document', { column: 'hosted.id' })
    const text = `select hosted.id from (select 'd2' as id union all select 'd3') hosted where ${condition.sql}`
    expect(await base.query(text, condition.parameters)).toEqual([{ id: 'd2' }])
    await sharing.resources.register(doc('d3'), { tenantId: 'acme', ownerId: 'owner' })
    expect((await sharing.views.list(OWNER, { resource: doc('d3') })).items).toEqual([])
    while ((await base.store.purgeSlice('acme')) > 0) for (const id of ids) await isGone(id, uid)
    expect(await hanging({ member: 'owner' })).toEqual(expect.arrayContaining(['d2', 'd3', ...kept.ids]))
    for (const token of kept.tokens) await sharing.open(token)
    for (const id of kept.ids) expect((await base.store.findLink(null, id, null))?.link.id).toBe(id)
  })

  test('what shows a moment, copies and edits are out of reach', async () => {
    const { store } = base
    const stations = createWorkstations(sharing)
    await stations.migrate()
    const { ids } = await make('d7')
    const { uid } = (await store.findResource(doc('d7'), null))!.resource
    const shown = () => sharing.links.create(OWNER, doc('d7'), { visibility: 'public', mode: 'snapshot' })
    const { id } = await shown()
    const { id: snapshot } = (await store.findSnapshotOf('acme', id, { content: false }))!
    await fill(id)
    await sharing.links.remove(OWNER, id)
    expect(await store.findSnapshotOf('acme', id, { content: false })).toBeNull()
    expect(await store.sweepSnapshots('acme', new Date(Date.now() + 9 * 86_400_000))).toBe(1)
    expect(await store.findSnapshot('acme', uid, snapshot, { content: false })).toBeNull()
    while ((await store.purgeSlice('acme')) > 0);

    const made = (made: string) =>
      store.change({ at: 'counter', tenantId: 'acme' }, {}, () => ({
        changes: [{ kind: 'fork.made', key: 'k', uid: made }],
        audit: [],
        result: null,
      }))
    await shown()
    const { id: workstationId } = await stations.register(OWNER, { name: 'a', fingerprint: 'f' })
    const edit = await stations.edits.begin(OWNER, doc('d7'), { workstationId })
    const saved = await stations.checkpoints.save(OWNER, edit.id, {})
    await sharing.collaborators.add(OWNER, doc('d7'), { userId: 'max', role: 'viewer' })
    await sharing.requests.create({ userId: 'max', tenantId: 'acme' }, doc('d7'), { role: 'editor' })
    await made(uid)
    const named = async () =>
      (await base.query(`select kind from share_names where target = '${uid}' order by kind`)).map(
        ({ kind: sort }) => sort,
      )
    expect(await named()).toEqual(['checkpoint', 'edit', 'fork', 'request', 'resource'])
    await fill(ids[0]!)
    await sharing.resources.remove(doc('d7'))
    expect(await rows('snapshots')).toBe(0)
    expect(await named()).toEqual([])
    expect(await store.workstations!.findCheckpoint(saved.id)).toBeNull()
    const edits = async (anchor: Parameters<typeof facts>[0], ask: Ask) =>
      (await facts(anchor, ask)).stations?.edits
    expect(await edits({ at: 'tenant', tenantId: 'acme' }, { member: 'owner' })).toEqual([])
    const anchor = { at: 'workstation', id: workstationId, tenantId: 'acme' } as const
    expect(await edits(anchor, { stations: { removing: true } })).toEqual([])
    const copy = async () =>
      (await facts({ at: 'counter', tenantId: 'acme' }, { fork: 'k' })).fork?.made?.id ?? null
    await made(uid)
    expect(await copy()).toBeNull()
    await make('d8')
    await made((await store.findResource(doc('d8'), null))!.resource.uid)
    expect(await copy()).toBe('d8')
    while ((await store.purgeSlice('acme')) > 0);
    expect(await copy()).toBe('d8')
  })

  test('a link by right of a grant is out of reach of whoever asks for what hangs on that', async () => {
    await make('d5')
    const right = await sharing.collaborators.add(OWNER, doc('d5'), { groupId: 'staff', role: 'manager' })
    const max = { userId: 'max', tenantId: 'acme', groups: ['staff'] }
    const { id } = await sharing.links.create(max, doc('d5'), { visibility: 'public' })
    const found = async (): Promise<string[][]> => {
      const moving = await facts({ at: 'resource', ref: doc('d5'), tenantId: 'acme' }, { moves: true })
      const under = await facts({ at: 'grant', id: right.id, tenantId: 'acme' }, { linksUnder: true })
      const groupMember = { group: 'group:staff', userId: 'max' } as const
      const member = await facts({ at: 'tenant', tenantId: 'acme' }, { groupMember })
      return [moving.moving!, under, member].map(({ links }) => links.map(({ link }) => link.id))
    }
    expect(await found()).toEqual([[id], [id], [id]])
    await fill(id)
    await sharing.links.remove(OWNER, id)
    expect(await found()).toEqual([[], [], []])
    while ((await base.store.purgeSlice('acme')) > 0);
    expect(await found()).toEqual([[], [], []])
  })

  test('two that delete what is left at once take a slice each, and never all the rest', async () => {
    const { ids } = await make('d6')
    await crowdOfViews(base, kind.dialect, { tenantId: 'acme', linkId: ids[0]! }, 3 * SLICE + 1)
    await sharing.links.remove(OWNER, ids[0]!)
    const purge = (): Promise<number> => base.store.purgeSlice('acme')
    expect(await Promise.all([purge(), purge()])).toEqual([SLICE, SLICE])
    expect([await purge(), await purge()]).toEqual([2, 0])
  })

  test('a link that is given a new token is found by its id, wherever it is', async () => {
    const { ids } = await make('d4')
    await sharing.links.rotate(OWNER, ids[0]!)
    expect((await base.store.findLink(null, ids[0]!, null))?.link.id).toBe(ids[0])
  })
})
