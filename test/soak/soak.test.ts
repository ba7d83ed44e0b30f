import { readFile } from 'node:fs/promises'
import { describe, expect, inject, test } from 'vitest'
import { perform } from './campaign.ts'
import { CAMPAIGNS } from './campaigns.ts'
import { replaceOnce } from './without.ts'

/** Another seed each day, so that the short forms try more than the same few. A failure names it. */
const seed = Number(process.env['SOAK_SEED'] ?? Math.floor(Date.now() / 86_400_000))

describe.each(CAMPAIGNS)('$name', (campaign) => {
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

test('each campaign has a control, and its guard stands where the control looks for it', async () => {
  const root = new URL('../../', import.meta.url)
  for (const { name, controls } of CAMPAIGNS) {
    expect(controls.length, name).toBeGreaterThan(0)
    for (const { guard, file, find, replace } of controls) {
      const text = await readFile(new URL(file, root), 'utf8')
      expect(replaceOnce(text, find, replace, `${name}, ${guard}, in ${file}`)).not.toBe(text)
    }
  }
})
