import { describe, expect, test } from 'vitest'
import { outcomeOf } from '../support/sample.ts'
import { STORES } from '../support/stores.ts'
import { ADA, BO, ROOT, useGround } from './ground.ts'
import { hostWith, REF } from './host.ts'

// A viewer who shared on as editor: ownCloud (https://github.com/owncloud/ocis/issues/893), Nextcloud
// (https://github.com/nextcloud/server/issues/21480).
describe('a sharer giving a role above their own', () => {
  const roles = { viewer: ['view'], sharer: ['view', 'share'], editor: ['view', 'edit'] }

  test('a link carries no role but those that its type lets links carry', async () => {
    const { sharing } = await hostWith({ roles })
    const { id } = await sharing.links.create(ADA, REF, { visibility: 'account' })
    const editor = { visibility: 'account', role: 'editor' } as const
    expect(await outcomeOf(() => sharing.links.create(ADA, REF, editor))).toBe('invalid_role')
    expect(await outcomeOf(() => sharing.links.update(ADA, id, { role: 'editor' }))).toBe('invalid_role')
    expect((await sharing.links.get(ADA, id)).role).toBe('viewer')
  })

  test('a role that links may carry no more opens nothing', async () => {
    const { sharing, redefined } = await hostWith({ roles, linkRoles: ['editor'] })
    const { token } = await sharing.links.create(ADA, REF, { visibility: 'public' })
    expect((await sharing.open(token)).actions).toContain('edit')
    expect(await outcomeOf(() => redefined({ roles }).open(token))).toBe('not_found')
  })

  test('by no grant, invitation, change or answer does a sharer give more than they have', async () => {
    const { sharing } = await hostWith({ roles })
    const { id: own } = await sharing.collaborators.add(ADA, REF, { userId: 'bo', role: 'sharer' })
    const { id: below } = await sharing.collaborators.add(ADA, REF, { userId: 'cy', role: 'viewer' })
    const { id: above } = await sharing.collaborators.add(ADA, REF, { userId: 'di', role: 'editor' })
    const dan = { userId: 'dan', tenantId: 'acme' }
    await sharing.requests.create(dan, REF, { role: 'editor' })
    const [request] = await sharing.requests.list(BO, REF)
    for (const whom of [
      { userId: 'dan' },
      { userId: 'bo' },
      { email: 'dan@acme.example' },
      { email: BO.email },
      { groupId: 'staff' },
    ]) {
      const add = () => sharing.collaborators.add(BO, REF, { ...whom, role: 'editor' })
      expect(await outcomeOf(add), JSON.stringify(whom)).toBe('invalid_role')
    }
    for (const id of [own, below]) {
      expect(await outcomeOf(() => sharing.collaborators.setRole(BO, id, 'editor'))).toBe('invalid_role')
    }
    expect(await outcomeOf(() => sharing.requests.approve(BO, request!.id))).toBe('invalid_role')
    // Nor is it theirs to take away what stands above them.
    expect(await outcomeOf(() => sharing.collaborators.setRole(BO, above, 'viewer'))).toBe('forbidden')
    expect(await outcomeOf(() => sharing.collaborators.remove(BO, above))).toBe('forbidden')
    const given = (await sharing.collaborators.list(ADA, REF)).map(({ role }) => role)
    expect(given.sort()).toEqual(['editor', 'sharer', 'viewer'])
    expect((await sharing.requests.approve(BO, request!.id, { role: 'sharer' })).role).toBe('sharer')
    expect(await sharing.can(dan, 'edit', REF)).toBe(false)
  })

  test('whoever sees a resource by visibility shares nothing on, whatever the weakest role names', async () => {
    const { sharing, database } = await hostWith({
      roles: { member: ['view', 'share', 'publish'], editor: ['view', 'edit'] },
      linkRoles: ['editor'],
    })
    for (const visibility of ['account', 'public'] as const) {
      expect(await outcomeOf(() => sharing.links.create(BO, REF, { visibility }))).toBe('forbidden')
      expect(await outcomeOf(() => sharing.resources.setVisibility(BO, REF, visibility))).toBe('forbidden')
    }
    expect(await sharing.can(BO, 'share', REF)).toBe(false)
    database.exec("create table documents (id text); insert into documents values ('d')")
    for (const [action, ids] of [
      ['view', [{ id: 'd' }]],
      ['share', []],
    ] as const) {
      const { sql, parameters } = sharing.filter(BO, action, 'document', { column: 'documents.id' })
      expect(database.prepare(`select id from documents where ${sql}`).all(...parameters)).toEqual(ids)
    }
  })
})

// File Browser's links went on when the right of whoever had made them was taken back (CVE-2026-35604).
describe('a link outliving its maker’s right', () => {
  describe.each(STORES)('on $name', (kind) => {
    const ground = useGround(kind)

    test('it ends with the membership, with being admin, and with the ownership that it stands by', async () => {
      const { sharing } = ground
      const ref = await ground.document()
      const own = await sharing.links.create(ADA, ref, { visibility: 'public' })
      const admins = await sharing.links.create(ROOT, ref, { visibility: 'public' })
      const { pass } = await sharing.open(admins.token)
      await sharing.admins.remove('root', null)
      expect(await outcomeOf(() => sharing.open(admins.token))).toBe('not_found')
      expect(await outcomeOf(() => sharing.resume(pass))).toBe('not_found')
      await sharing.resources.transfer(ADA, ref, 'bo', { keep: null })
      await sharing.members.remove('acme', 'ada')
      await sharing.open(own.token)
      await sharing.members.remove('acme', 'bo')
      expect(await outcomeOf(() => sharing.open(own.token))).toBe('not_found')
    })

    test('the right is asked for at every use, whoever took it away', async () => {
      const { sharing } = ground
      const ref = await ground.document({ ownerId: 'dan' })
      const dan = { userId: 'dan', tenantId: 'acme' }
      const { token } = await sharing.links.create(dan, ref, { visibility: 'public' })
      const { pass } = await sharing.open(token)
      await ground.base.query(`update share_resources set owner_id = 'bo' where id = '${ref.id}'`)
      for (const call of [() => sharing.open(token), () => sharing.peek(token), () => sharing.resume(pass)]) {
        expect(await outcomeOf(call)).toBe('not_found')
      }
    })

    test('a right that is given again revives nothing', async () => {
      const { sharing } = ground
      const ref = await ground.document({ ownerId: 'fay' })
      const fay = { userId: 'fay', tenantId: 'acme' }
      const { id, token } = await sharing.links.create(fay, ref, { visibility: 'public' })
      await sharing.members.remove('acme', 'fay')
      await sharing.resources.register(ref, { tenantId: 'acme', ownerId: 'fay' })
      await sharing.links.create(fay, ref, { visibility: 'public' })
      expect(await outcomeOf(() => sharing.open(token))).toBe('not_found')
      expect(await outcomeOf(() => sharing.links.rotate(fay, id))).toBe('conflict')
      expect(await outcomeOf(() => sharing.links.update(fay, id, { expiresAt: null }))).toBe('conflict')
    })
  })
})

// File Browser's rules of the owner were not asked on the paths below a share (CVE-2026-54091).
describe('a rule skipped below a link', () => {
  const rules = [
    { when: 'archived', forbid: ['edit'] },
    { unless: 'live', forbid: ['comment'], exceptOwner: true },
    { when: 'sealed', forbid: ['view'] },
    { when: 'remote', forbid: ['publish'] },
  ]
  const roles = { editor: ['view', 'edit', 'comment'] }

  test('what a rule takes away is taken from a link’s bearer, at every use', async () => {
    const { sharing } = await hostWith({ roles, rules })
    const { token } = await sharing.links.create(ADA, REF, { visibility: 'public' })
    const { pass } = await sharing.open(token)
    for (const [traits, actions] of [
      [['live'], ['view', 'edit', 'comment']],
      [
        ['live', 'archived'],
        ['view', 'comment'],
      ],
      [['archived'], ['view']],
      [[], ['view', 'edit']],
    ] as const) {
      await sharing.resources.update(REF, { traits })
      expect((await sharing.open(token)).actions).toEqual(actions)
      expect((await sharing.resume(pass)).actions).toEqual(actions)
    }
    await sharing.resources.update(REF, { traits: ['sealed'] })
    for (const call of [() => sharing.open(token), () => sharing.peek(token), () => sharing.resume(pass)]) {
      expect(await outcomeOf(call)).toBe('not_found')
    }
    await sharing.resources.update(REF, { traits: ['remote'] })
    expect(await outcomeOf(() => sharing.open(token))).toBe('public_shares_disabled')
    expect(await outcomeOf(() => sharing.resume(pass))).toBe('public_shares_disabled')
  })

  test('what a rule leaves to the owner it leaves to no link, nor to the owner by their link', async () => {
    const { sharing } = await hostWith({ roles, rules })
    const { token } = await sharing.links.create(ADA, REF, { visibility: 'public' })
    expect(await sharing.can(ADA, 'comment', REF)).toBe(true)
    expect((await sharing.open(token, { actor: ADA })).actions).toEqual(['view', 'edit'])
    const entries = await sharing.access(ADA, REF)
    expect(entries.find(({ via }) => via === 'link')?.actions).toEqual(['view', 'edit'])
  })
})
