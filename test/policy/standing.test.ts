import { expect, test } from 'vitest'
import { standingAmong } from '../../src/policy/standing.ts'
import type { HeldGrant } from '../../src/store/index.ts'
import { grant, member, NOW, policy, resource, stranger, types } from './facts.ts'

const standing = (actor: typeof member, set: Partial<HeldGrant>) =>
  standingAmong(
    types,
    actor,
    {
      resource: resource(),
      policy: policy({ allowGuests: true }),
      grants: [grant({ role: 'viewer', ...set })],
    },
    NOW,
  )

test('whoever is named sees who else is, and nobody by what gives them nothing', () => {
  expect(standing(member, {}).named).toBe(true)
  expect(standing(member, { subject: 'group:g' }).named).toBe(true)
  expect(standing(stranger, {}).named).toBe(true)
  // A group of one account is nobody in another.
  expect(standing(stranger, { subject: 'group:g' }).named).toBe(false)
  expect(standing(member, { mode: 'snapshot' }).named).toBe(false)
  expect(standing(member, { expiresAt: NOW }).named).toBe(false)
})
