import { describe, expect, test } from 'vitest'
import { askerOf, REQUESTS } from '../soak/support/requests.ts'
import { type CapturingStore, openCapturing } from '../support/capture.ts'
import { doc, type Sample, sampleOn } from '../support/sample.ts'
import { STORES } from '../support/stores.ts'

const OWNER = { userId: 'owner', tenantId: 'acme' } as const
const ASKER = { userId: 'asker', tenantId: 'acme', email: 'asker@acme.example' } as const
const RIVAL = { userId: 'rival', tenantId: 'rival' } as const

/** What a call issued: the texts, in order. */
async function issuedBy(base: CapturingStore, call: () => Promise<unknown>): Promise<string[]> {
  base.issued.length = 0
  await call()
  return base.issued.map(({ text }) => text)
}

async function furnished(base: CapturingStore, asked: string[]): Promise<Sample> {
  const sharing = sampleOn(base.store, {
    notify: async () => {},
    directory: {
      findUserByEmail: async (email) => {
        asked.push(email)
        return null
      },
      describeUsers: async (ids) => {
        asked.push(...ids)
        return []
      },
    },
  })
  for (const id of ['hidden', 'asked', 'given', 'open']) {
    await sharing.resources.register(doc(id), { tenantId: 'acme', ownerId: 'owner' })
  }
  await sharing.resources.setVisibility(OWNER, doc('open'), 'public')
  await sharing.resources.register(doc('foreign'), { tenantId: 'rival', ownerId: 'rival' })
  await sharing.requests.create(ASKER, doc('asked'), { role: 'viewer' })
  await sharing.collaborators.add(OWNER, doc('given'), { userId: 'asker', role: 'editor' })
  // A statement that is prepared once, or a counter that is made once, is no difference between what comes after.
  await sharing.requests.create(ASKER, doc('hidden'), { role: 'viewer' })
  const [request] = await sharing.requests.list(OWNER, doc('hidden'))
  await sharing.requests.deny(OWNER, request!.id)
  return sharing
}

describe.each(STORES)('$name: the same statements are issued', (kind) => {
  test('for a request about what is hidden, asked for, within reach, another tenant’s or unknown', async () => {
    const base = await openCapturing(kind)
    const sharing = await furnished(base, [])
    const create = (id: string) =>
      issuedBy(base, () => sharing.requests.create(ASKER, doc(id), { role: 'viewer' }))
    const unknown = await create('unknown')
    expect(unknown.length).toBeGreaterThan(10)
    for (const id of ['hidden', 'asked', 'given', 'open', 'foreign']) {
      expect(await create(id), id).toEqual(unknown)
    }
    expect(await sharing.requests.list(OWNER, doc('hidden'))).toHaveLength(2)
    await base.close()
  })

  test('and something is written by each of its transactions, whatever was found', async () => {
    const base = await openCapturing(kind)
    const sharing = await furnished(base, [])
    const unknown = await sharing.links.create(OWNER, doc('given'), { visibility: 'account' })
    await sharing.links.remove(OWNER, unknown.id)
    for (const target of [doc('unknown'), doc('hidden'), doc('asked'), doc('foreign'), unknown.token]) {
      base.issued.length = 0
      await sharing.requests.create(ASKER, target, { role: 'viewer' })
      const ends = base.issued.flatMap(({ text }, place) => (/^commit/.test(text) ? [place] : []))
      expect(ends.length).toBeGreaterThanOrEqual(2)
      const steps = ends.map((end, index) => base.issued.slice(ends[index - 1] ?? 0, end))
      for (const step of steps) {
        const counted = step.find(({ text }) => /^update \S*share_counters"/.test(text))
        const tenantId = ['acme', 'rival'].find((id) => counted?.values.includes(id))
        const row = `select count from share_counters where kind = 'requests' and key = 'asker' and tenant_id = '${tenantId}'`
        expect(await base.query(row)).toHaveLength(1)
      }
    }
    await base.close()
  })

  test('over HTTP too, with one answer, byte by byte', async () => {
    const base = await openCapturing(kind)
    const sharing = await furnished(base, [])
    const routes = askerOf(sharing)
    const linkTo = (owner: typeof OWNER | typeof RIVAL, id: string) =>
      sharing.links.create(owner, doc(id), { visibility: 'account' })
    const names = { type: 'document', id: '', token: '', link: '', pass: '', request: '', invitation: '' }
    const told = async (row: string, named: { id: string } | { token: string }) => {
      const parts = REQUESTS[row]!({ ...names, ...named })
      let answer: unknown
      const issued = await issuedBy(base, async () => {
        answer = await routes.ask(row, parts, ASKER)
      })
      return { answer, issued }
    }
    const byId = 'POST /resources/:type/:id/requests'
    const unknown = await told(byId, { id: 'unknown' })
    expect(unknown.answer).toMatchObject({ status: 202, text: '' })
    for (const id of ['hidden', 'asked', 'given', 'open', 'foreign']) {
      expect(await told(byId, { id }), id).toEqual(unknown)
    }
    const byToken = 'POST /share/:token/requests'
    const gone = await linkTo(OWNER, 'given')
    await sharing.links.remove(OWNER, gone.id)
    const nowhere = await told(byToken, { token: gone.token })
    expect(nowhere.answer).toEqual(unknown.answer)
    for (const { token } of [await linkTo(OWNER, 'hidden'), await linkTo(RIVAL, 'foreign')]) {
      expect(await told(byToken, { token })).toEqual(nowhere)
    }
    await base.close()
  })

  test('for a request by a token that leads there, nowhere, or to another tenant', async () => {
    const base = await openCapturing(kind)
    const sharing = await furnished(base, [])
    const linkTo = async (owner: typeof OWNER | typeof RIVAL, id: string) =>
      sharing.links.create(owner, doc(id), { visibility: 'account' })
    const here = await linkTo(OWNER, 'hidden')
    const foreign = await linkTo(RIVAL, 'foreign')
    const revoked = await linkTo(OWNER, 'hidden')
    await sharing.links.revoke(OWNER, revoked.id)
    const elsewhere = await linkTo(OWNER, 'given')
    await sharing.links.remove(OWNER, elsewhere.id)
    const create = (token: string) =>
      issuedBy(base, () => sharing.requests.create(ASKER, token, { role: 'viewer' }))
    const unknown = await create(elsewhere.token)
    for (const { token } of [revoked, foreign, here, here]) expect(await create(token)).toEqual(unknown)
    await base.close()
  })

  test('for an address that somebody has, that nobody has, and that was invited, here or elsewhere', async () => {
    const base = await openCapturing(kind)
    const asked: string[] = []
    const sharing = await furnished(base, asked)
    await sharing.collaborators.add(OWNER, doc('asked'), { email: 'pending@acme.example', role: 'viewer' })
    const add = (email: string) =>
      issuedBy(base, () => sharing.collaborators.add(OWNER, doc('hidden'), { email, role: 'viewer' }))
    const nobody = await add('nobody@acme.example')
    expect(await add('asker@acme.example')).toEqual(nobody)
    expect(await add('pending@acme.example')).toEqual(nobody)
    expect(await add('pending@acme.example')).toEqual(nobody)
    expect(asked).toEqual([])
    const outbox = await base.query(
      "select kind, role, sender, message from share_outbox where recipient like 'email:%' and grant_id in (select id from share_grants where ended_at is null)",
    )
    expect(outbox).toHaveLength(5)
    expect(new Set(outbox.map((row) => JSON.stringify(row))).size).toBe(1)
    await base.close()
  })
})
