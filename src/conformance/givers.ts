import assert from 'node:assert/strict'
import { type ConformanceCase, casesOf } from './case.ts'
import { refused } from './expect.ts'
import { ACTORS, documentRef, type World } from './world.ts'

const { ann, bob, ada } = ACTORS
const ref = documentRef()
const cyd = { userId: 'cyd', tenantId: 'acme', email: 'Cyd@Acme.example' }

/** Who may give what to whom. */
export const givers: readonly ConformanceCase[] = casesOf('collaborators.add, by whom', {
  'nobody gives themselves access: what they have for a while, or by a group, they would have for good':
    async (world) => {
      const { document, sharing } = world
      await document()
      await sharing.collaborators.add(ann, ref, { groupId: 'staff', role: 'manager' })
      const inStaff = { ...cyd, groups: ['staff'] }
      for (const who of [{ userId: 'cyd' }, { email: 'CYD@acme.example' }]) {
        await refused('forbidden', sharing.collaborators.add(inStaff, ref, { ...who, role: 'viewer' }))
      }
      await sharing.collaborators.add(inStaff, ref, { userId: 'bob', role: 'manager' })
      await refused('forbidden', sharing.collaborators.add(bob, ref, { userId: 'bob', role: 'manager' }))
      assert.deepEqual(
        (await sharing.collaborators.list(ann, ref)).map(({ grantee }) => grantee.kind).sort(),
        ['group', 'user'],
      )
    },
  'whoever stands above the giver is lessened by none of it': async (world) => {
    const resources = {
      document: {
        roles: { viewer: ['view'], sharer: ['view', 'share'], manager: ['view', 'share', 'edit'] },
      },
    }
    const sharing = world.sharingWith({ resources: resources as never }) as unknown as World['sharing']
    await world.document()
    const add = (by: typeof ann, userId: string, role: string, more: object = {}) =>
      sharing.collaborators.add(by, ref, { userId, role: role as 'viewer', ...more })
    await add(ann, 'bob', 'sharer')
    const above = await add(ann, 'cyd', 'manager')
    const expiresAt = new Date(world.clock.now.getTime() + 1)
    await refused('forbidden', add(bob, 'cyd', 'viewer', { expiresAt }))
    await refused('forbidden', add(bob, 'cyd', 'sharer'))
    await refused('forbidden', sharing.collaborators.remove(bob, above.id))
    assert.equal(await sharing.can(cyd, 'edit' as 'view', ref), true)
    // An admin of the account takes away what it is, whatever they were given themselves.
    await add(ann, 'ada', 'viewer')
    await sharing.collaborators.remove(ada, above.id)
    assert.equal(await sharing.can(cyd, 'view', ref), false)
  },
})
