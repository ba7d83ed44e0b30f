import { describe, expect, inject, test } from 'vitest'
import { type Campaign, perform } from './campaign.ts'

/** Another seed each day, so that the short forms try more than the same few. A failure names it. */
const seed = Number(process.env['SOAK_SEED'] ?? Math.floor(Date.now() / 86_400_000))

/** A test for each place of each campaign. */
export function shortForms(campaigns: readonly Campaign[]): void {
  describe.each(campaigns)('$name', (campaign) => {
    test.each(campaign.places)(`on %s: ${campaign.claim} (seed ${seed})`, async (place) => {
      const outcome = await perform(campaign, {
        place,
        size: campaign.size.short,
        seed,
        server: inject('databaseUrl'),
      })
      expect(outcome.violations).toEqual([])
      expect(outcome.tried).toBeGreaterThanOrEqual(campaign.size.short)
    })
  })
}
