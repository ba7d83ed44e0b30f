import { type Actor, isSharingError } from 'sharegrant'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BY_ACTOR, ELSEWHERE, strangers, type Target, WITHOUT_TENANT } from '../support/border-calls.ts'
import { dump, rowsOf } from '../support/dump.ts'
import { methodsOf } from '../support/methods.ts'
import { doc, outcomeOf, type Sample, sampleOn } from '../support/sample.ts'
import { STORES, type TestStore } from '../support/stores.ts'

const SWAPPED = [
  { mine: 'tenant-a', other: 'tenant-b' },
  { mine: 'tenant-b', other: 'tenant-a' },
] as const

/** All that somebody gets to see of an outcome. */
async function seen(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return { value: JSON.stringify(await call()) }
  } catch (error) {
    if (!isSharingError(error)) throw error
    const { code, status, message, retryAfter } = error
    return { code, status, message, retryAfter, json: JSON.stringify(error) }
  }
}

const owner = (tenantId: string): Actor => ({ userId: `owner of ${tenantId}`, tenantId, admin: 'tenant' })

async function furnish(sharing: Sample, tenantId: string, id: string): Promise<Target> {
  const ref = doc(id)
  await sharing.resources.register(ref, {
    tenantId,
    ownerId: owner(tenantId).userId,
    title: `of ${tenantId}`,
  })
  const link = await sharing.links.create(owner(tenantId), ref, { visibility: 'public', name: tenantId })
  await sharing.open(link.token, { ip: '192.0.2.1' })
  const collaborator = await sharing.collaborators.add(owner(tenantId), ref, {
    userId: 'pat',
    role: 'viewer',
  })
  await sharing.requests.create({ userId: 'asker', tenantId }, ref, { role: 'viewer' })
  const [request] = await sharing.requests.list(owner(tenantId), ref)
  return { ref, link: link.id, collaborator: collaborator.id, request: request!.id }
}

describe.each(STORES)('$name: the border between tenants', (kind) => {
  let base: TestStore
  let sharing: Sample
  const targets: Record<string, Target[]> = {}

  beforeEach(async () => {
    base = await kind.open()
    sharing = sampleOn(base.store, { legacyTokens: /old-[\w.-]+/ })
    for (const { mine } of SWAPPED) {
      const hidden = await furnish(sharing, mine, `${mine}-hidden`)
      const shown = await furnish(sharing, mine, `${mine}-shown`)
      await sharing.resources.setVisibility(owner(mine), shown.ref, 'account')
      targets[mine] = [hidden, shown]
    }
  })
  afterEach(() => base.close())

  const whatOthersHave = async (tenantId: string) => rowsOf(await dump(base, kind.dialect), tenantId)

  test('every method has a case', () => {
    const cases = [...Object.keys(BY_ACTOR), ...ELSEWHERE, ...WITHOUT_TENANT]
    expect(methodsOf(sharing).sort()).toEqual(cases.sort())
  })

  test('each case finds what is one’s own', async () => {
    for (const [method, calls] of Object.entries(BY_ACTOR)) {
      for (const [index, call] of calls.entries()) {
        const target = await furnish(sharing, 'tenant-a', `${method}-${index}`)
        expect(await outcomeOf(() => call(sharing, owner('tenant-a'), target)), method).toBe('ok')
      }
    }
  })

  test.each(SWAPPED)(
    'from $mine, what is of $other is unknown, and stays as it is',
    async ({ mine, other }) => {
      const before = await whatOthersHave(other)
      const nothing: Target = {
        ref: doc('unknown'),
        link: 'unknown',
        collaborator: 'unknown',
        request: 'unknown',
      }
      for (const [method, calls] of Object.entries(BY_ACTOR)) {
        for (const call of calls) {
          for (const actor of strangers(mine, other)) {
            const unknown = await seen(() => call(sharing, actor, nothing))
            for (const target of targets[other]!) {
              expect(await seen(() => call(sharing, actor, target)), `${method} ${actor.userId}`).toEqual(
                unknown,
              )
            }
          }
        }
      }
      expect(await whatOthersHave(other)).toEqual(before)
    },
  )

  test.each(SWAPPED)('from $mine, nobody leaves what is of $other', async ({ mine, other }) => {
    const before = await whatOthersHave(other)
    for (const actor of strangers(mine, other)) {
      const unknown = await seen(() => sharing.collaborators.leave(actor, doc('unknown')))
      for (const { ref } of targets[other]!) {
        expect(await seen(() => sharing.collaborators.leave(actor, ref))).toEqual(unknown)
      }
      await sharing.groups.removeMember(mine, 'everyone', owner(other).userId)
    }
    expect(await whatOthersHave(other)).toEqual(before)
  })

  test.each(SWAPPED)('from $mine, lists and conditions have nothing of $other', async ({ mine, other }) => {
    await base.query('create table files (id text primary key)')
    for (const { ref } of [...targets[mine]!, ...targets[other]!]) {
      await base.query(`insert into files values ('${ref.id}')`)
    }
    for (const actor of strangers(mine, other)) {
      const found = JSON.stringify([
        await sharing.list(actor),
        await sharing.list(actor, { filter: 'owned', type: 'document' }),
        await sharing.links.list(actor, { includeInactive: true }),
        await sharing.links.list(actor, { mine: true }),
        await seen(() => sharing.audit.list(actor)),
        await sharing.policies.get(actor),
      ])
      for (const { ref, link } of targets[other]!) {
        expect(found).not.toContain(ref.id)
        expect(found).not.toContain(link)
      }
      for (const action of ['view', 'share', 'publish'] as const) {
        const { sql, parameters } = sharing.filter(actor, action, 'document', { column: 'files.id' })
        const ids = (await base.query(`select id from files where ${sql}`, parameters)).map(({ id }) => id)
        expect(ids.filter((id) => String(id).startsWith(other))).toEqual([])
      }
    }
    const own = sharing.filter(owner(mine), 'view', 'document', { column: 'files.id' })
    expect(await base.query(`select id from files where ${own.sql}`, own.parameters)).toHaveLength(2)
  })

  test.each(SWAPPED)('in $mine the host’s calls leave $other as it is', async ({ mine, other }) => {
    const before = await whatOthersHave(other)
    const theirs = targets[other]![0]!
    const takeOver = (ref: Target['ref']) =>
      outcomeOf(() => sharing.resources.register(ref, { tenantId: mine, ownerId: owner(mine).userId }))
    expect(await takeOver(theirs.ref)).toBe('conflict')
    expect(
      await outcomeOf(() =>
        sharing.resources.register(theirs.ref, { tenantId: null, ownerId: owner(other).userId }),
      ),
    ).toBe('conflict')
    const below = (parent: Target['ref']) =>
      seen(() =>
        sharing.resources.register(doc(`${mine}-new`), {
          tenantId: mine,
          ownerId: owner(mine).userId,
          parent,
        }),
      )
    expect(await below(theirs.ref)).toEqual(await below(doc('unknown')))
    const move = (parent: Target['ref']) =>
      seen(() => sharing.resources.update(targets[mine]![0]!.ref, { parent }))
    expect(await move(theirs.ref)).toEqual(await move(doc('unknown')))

    await sharing.policies.set(owner(mine), { allowPublicShares: false, maxLinkDays: 1 })
    await sharing.members.remove(mine, owner(other).userId, { heir: 'somebody' })
    await sharing.members.remove(mine, owner(other).userId)
    await sharing.admins.remove(owner(other).userId, mine)
    await sharing.admins.remove(owner(mine).userId, null)
    await sharing.maintain({ tenantId: mine })
    await sharing.resources.update(targets[mine]![1]!.ref, { title: 'changed' })
    await sharing.resources.remove(targets[mine]![1]!.ref)
    expect(await sharing.resources.get(targets[mine]![1]!.ref)).toBeNull()
    await sharing.users.forget(owner(mine).userId)
    await sharing.tenants.remove(mine)
    expect(await whatOthersHave(other)).toEqual(before)
    expect(Object.values(await whatOthersHave(mine)).flat()).toEqual([])
  })

  test.each(SWAPPED)(
    'an account link and a pass of $other open to nobody of $mine',
    async ({ mine, other }) => {
      const target = targets[other]![0]!
      const link = await sharing.links.create(owner(other), target.ref, { visibility: 'account' })
      const { pass } = await sharing.open(link.token, { actor: owner(other) })
      const before = await whatOthersHave(other)
      for (const actor of strangers(mine, other)) {
        expect(await outcomeOf(() => sharing.open(link.token, { actor }))).toBe('forbidden')
        expect(await outcomeOf(() => sharing.resume(pass, { actor }))).toBe('forbidden')
      }
      expect(await sharing.peek(link.token)).toEqual({
        title: null,
        visibility: 'account',
        needs: ['signin'],
      })
      expect(await outcomeOf(() => sharing.open(link.token))).toBe('authentication_required')
      expect(await outcomeOf(() => sharing.resume(pass))).toBe('authentication_required')
      expect(await whatOthersHave(other)).toEqual(before)
    },
  )
})
