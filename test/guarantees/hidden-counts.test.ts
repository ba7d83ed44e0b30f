import { describe, expect, test } from 'vitest'
import { openCapturing } from '../support/capture.ts'
import { doc, outcomeOf, sampleOn } from '../support/sample.ts'
import { STORES } from '../support/stores.ts'

const OWNER = { userId: 'owner', tenantId: 'acme' }
const OTHERS = [
  { userId: 'other', tenantId: 'acme' },
  { userId: 'foreign', tenantId: 'rival' },
]

describe.each(STORES)('$name: views that somebody may not see', (kind) => {
  test('are not counted for them, also where others saw them: how long it takes would tell', async () => {
    const base = await openCapturing(kind)
    const sharing = sampleOn(base.store)
    await sharing.resources.register(doc('d'), { tenantId: 'acme', ownerId: 'owner' })
    const { id } = await sharing.links.create(OWNER, doc('d'), { visibility: 'public' })
    const issuedFor = async (actor: typeof OWNER, target: { link: string } | { resource: Ref }) => {
      base.issued.length = 0
      const outcome = await outcomeOf(() => sharing.views.stats(actor, target))
      return { outcome, texts: base.issued.map(({ text }) => text) }
    }
    for (const [target, unknown] of [
      [{ link: id }, { link: 'none' }],
      [{ resource: doc('d') }, { resource: doc('none') }],
    ] as const) {
      for (let times = 0; times < 2; times++) {
        expect((await issuedFor(OWNER, target)).texts.some((text) => text.includes('share_view_days'))).toBe(
          true,
        )
        for (const actor of OTHERS) {
          const hidden = await issuedFor(actor, target)
          expect(hidden).toEqual(await issuedFor(actor, unknown))
          expect(hidden.outcome).toBe('not_found')
          expect(hidden.texts.filter((text) => text.includes('share_view'))).toEqual([])
        }
      }
    }
    await base.close()
  })
})

type Ref = ReturnType<typeof doc>
