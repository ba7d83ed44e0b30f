import { beforeAll, describe, expect, test } from 'vitest'
import { outcomeOf, type Sample } from '../support/sample.ts'
import { STORES } from '../support/stores.ts'
import { ADA, BO, CLEO, type Ref, ROOT, useGround } from './ground.ts'

const DAY = 24 * 3_600_000

// Vikunja made a token of a link, and went by what the token said until it was over (CVE-2026-35594).
describe('a derived token surviving revocation', () => {
  describe.each(STORES)('on $name', (kind) => {
    const ground = useGround(kind)

    const earlier = async (sharing: Sample, id: string): Promise<void> => {
      await sharing.links.update(ADA, id, { expiresAt: new Date(ground.clock.now.getTime() + 1) })
      ground.clock.pass(1)
    }
    const ENDS: Array<[string, string, (sharing: Sample, id: string, ref: Ref) => Promise<unknown>]> = [
      ['the link is revoked', 'not_found', ({ links }, id) => links.revoke(CLEO, id)],
      ['the link is removed', 'not_found', ({ links }, id) => links.remove(ADA, id)],
      ['the token is rotated', 'not_found', ({ links }, id) => links.rotate(ADA, id)],
      ['a password is set', 'not_found', ({ links }, id) => links.update(ADA, id, { password: 'p' })],
      ['the resource is removed', 'not_found', ({ resources }, _, ref) => resources.remove(ref)],
      ['the end is set earlier', 'expired', (sharing, id) => earlier(sharing, id)],
      [
        'public shares are closed',
        'public_shares_disabled',
        ({ policies }) => policies.set(CLEO, { allowPublicShares: false }),
      ],
    ]

    test.each(ENDS)('a pass is over once %s', async (_, code, end) => {
      const { sharing } = ground
      const ref = await ground.document()
      const { id, token } = await sharing.links.create(ADA, ref, { visibility: 'public' })
      const { pass } = await sharing.open(token)
      expect((await sharing.resume(pass)).actions).toEqual(['view'])
      await end(sharing, id, ref)
      expect(await outcomeOf(() => sharing.resume(pass))).toBe(code)
      await sharing.policies.set(CLEO, { allowPublicShares: true })
    })

    test('a pass gives what the link’s role is now, to whoever may open it now, for a day', async () => {
      const { sharing } = ground
      const link = await sharing.links.create(ADA, await ground.document(), {
        visibility: 'account',
        role: 'editor',
      })
      const { pass } = await sharing.open(link.token, { actor: BO })
      await sharing.links.update(ADA, link.id, { role: 'viewer' })
      expect((await sharing.resume(pass, { actor: BO })).actions).toEqual(['view'])
      const moved = { ...BO, tenantId: 'globex' }
      expect(await outcomeOf(() => sharing.resume(pass, { actor: moved }))).toBe('forbidden')
      ground.clock.pass(DAY)
      expect(await outcomeOf(() => sharing.resume(pass, { actor: BO }))).toBe('not_found')
    })
  })
})

interface Shared {
  ref: Ref
  id: string
  token: string
  pass: string
}

// A client of Camunda's whose right was taken back kept it for as long as it kept asking
// (https://github.com/camunda/camunda/issues/44844).
describe('a cache outliving access', () => {
  describe.each(STORES)('on $name', (kind) => {
    const ground = useGround(kind)
    let warm: Sample
    let cold: Sample
    beforeAll(() => {
      warm = ground.elsewhere()
      cold = ground.elsewhere()
    })

    /** Everything that reads what decides, and so all that could be remembered. */
    async function answers(warm: Sample, { ref, id, token, pass }: Shared): Promise<unknown[]> {
      const all = [
        () => warm.open(token).then(({ actions }) => actions),
        () => warm.resume(pass).then(({ actions }) => actions),
        () => warm.peek(token).then(({ title }) => title),
        () => warm.can(BO, 'view', ref),
        () => warm.can(null, 'view', ref),
        () => warm.explain(ADA, 'edit', ref).then(({ actions }) => actions),
        () => warm.list(ADA).then(({ items }) => items.some(({ resource }) => resource.id === ref.id)),
        () => warm.links.list(ADA, { resource: ref }).then(({ items }) => items.length),
        () => warm.links.get(ADA, id).then(({ status, role }) => [status, role]),
        () => warm.policies.get(ADA).then(({ allowPublicShares }) => allowPublicShares),
      ]
      const found: unknown[] = []
      for (const ask of all) {
        let answer: unknown
        const outcome = await outcomeOf(async () => {
          answer = await ask()
        })
        found.push(outcome === 'ok' ? answer : outcome)
      }
      return found
    }

    const CHANGES: Array<[string, (here: Sample, shared: Shared) => Promise<unknown>, number[]]> = [
      ['a revocation', (here, { id }) => here.links.revoke(CLEO, id), [0, 1, 2, 7, 8]],
      ['a narrower role', (here, { id }) => here.links.update(ADA, id, { role: 'viewer' }), [0, 1, 8]],
      ['a trait', (here, { ref }) => here.resources.update(ref, { traits: ['archived'] }), [0, 1, 5]],
      ['less visibility', (here, { ref }) => here.resources.setVisibility(ROOT, ref, 'private'), [3, 4]],
      ['the policy', (here) => here.policies.set(CLEO, { allowPublicShares: false }), [0, 1, 2, 4, 5, 9]],
      [
        'another owner',
        (here, { ref }) => here.resources.transfer(ADA, ref, 'bo', { keep: null }),
        [5, 6, 7],
      ],
      ['a removal', (here, { ref }) => here.resources.remove(ref), [0, 1, 2, 3, 4, 5, 6, 7, 8]],
    ]

    test.each(CHANGES)('%s elsewhere counts at the next call', async (_, change, changed) => {
      const { sharing } = ground
      await sharing.policies.set(CLEO, { allowPublicShares: true })
      const ref = await ground.document({ visibility: 'public' })
      const options = { visibility: 'public', role: 'editor' } as const
      const { id, token } = await sharing.links.create(ADA, ref, options)
      const shared = { ref, id, token, pass: (await warm.open(token)).pass }
      const before = await answers(warm, shared)
      await change(sharing, shared)
      const after = await answers(warm, shared)
      const differing = before.flatMap((answer, index) =>
        JSON.stringify(answer) === JSON.stringify(after[index]) ? [] : [index],
      )
      expect(differing).toEqual(changed)
      // What a reader sees who remembers nothing.
      expect(await answers(cold, shared)).toEqual(after)
    })
  })
})
