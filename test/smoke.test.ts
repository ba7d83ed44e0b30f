import { createSharing } from 'sharegrant'
import { expect, test } from 'vitest'
import { STORES } from './support/stores.ts'

test.each(STORES)('$name: share, open, resume, revoke, look', async (kind) => {
  const { store, close } = await kind.open()
  const sharing = createSharing({
    store,
    secret: 'at least 32 bytes that nobody else knows',
    resources: {
      document: {
        roles: { viewer: ['view'], editor: ['view', 'edit'] },
        rules: [{ when: 'remote', forbid: ['publish'] }],
      },
    },
  })
  const events: string[] = []
  sharing.on('*', (event) => void events.push(event.action))
  const owner = { userId: 'u1', tenantId: 't1', admin: 'tenant' } as const
  const ref = { type: 'document', id: 'd1' } as const
  await sharing.resources.register({ type: 'document', id: 'folder' }, { tenantId: 't1', ownerId: 'u1' })
  await sharing.resources.register(ref, {
    tenantId: 't1',
    ownerId: 'u1',
    title: 'Doc',
    parent: { type: 'document', id: 'folder' },
  })
  const link = await sharing.links.create(owner, ref, {
    visibility: 'public',
    password: 'pw',
    maxViews: 3,
    expiresAt: '2099-01-01T00:00:00Z',
    emails: null,
  })
  await expect(sharing.open(link.token)).rejects.toMatchObject({ code: 'password_required' })
  const opened = await sharing.open(link.token, { password: 'pw', ip: '1.2.3.4', userAgent: 'curl/8' })
  expect(opened.resource.title).toBe('Doc')
  expect((await sharing.resume(opened.pass)).viewId).toBe(opened.viewId)
  expect(await sharing.peek(link.token)).toEqual({
    title: null,
    visibility: 'public',
    needs: ['password', 'confirmation'],
  })
  expect(await sharing.links.reveal(owner, link.id)).toBe(link.token)
  await sharing.links.update(owner, link.id, { name: 'n', password: null, maxViews: null })
  const rotated = await sharing.links.rotate(owner, link.id, { graceSeconds: 60 })
  await sharing.open(link.token)
  await sharing.open(rotated.token)
  const listed = await sharing.links.list(owner, { resource: ref })
  expect(listed.items[0]).toMatchObject({ viewCount: 3, isActive: true })
  expect((await sharing.views.list(owner, { link: link.id })).items).toHaveLength(3)
  expect(await sharing.views.stats(owner, { resource: ref })).toMatchObject({ views: 3, bots: 1 })
  await sharing.resources.setVisibility(owner, ref, 'public')
  expect(await sharing.can(null, 'view', ref)).toBe(true)
  await sharing.policies.set(owner, { allowPublicShares: false })
  expect(await sharing.can(null, 'view', ref)).toBe(false)
  await expect(sharing.open(rotated.token)).rejects.toMatchObject({ code: 'public_shares_disabled' })
  await sharing.policies.set(owner, { allowPublicShares: true })
  await sharing.resources.transfer(owner, ref, 'u2', { keep: null })
  await sharing.open(rotated.token)
  expect((await sharing.list({ userId: 'u2', tenantId: 't1' })).items).toHaveLength(1)
  expect(await sharing.access({ userId: 'u2', tenantId: 't1' }, ref)).toHaveLength(3)
  await sharing.members.remove('t1', 'u2')
  await expect(sharing.open(rotated.token)).rejects.toMatchObject({ code: 'not_found' })
  await sharing.users.forget('u1')
  await sharing.maintain()
  const audit = await sharing.audit.list(owner, { resource: ref })
  expect(audit.items.map((event) => event.action)).toContain('link.revoked')
  expect(events).toContain('link.opened')
  await sharing.resources.remove({ type: 'document', id: 'folder' })
  await sharing.resources.remove(ref)
  await sharing.admins.remove('u9', null)
  await sharing.tenants.remove('t1')
  await close()
})
