import { readFile, writeFile } from 'node:fs/promises'
import type { Campaign, Outcome } from './campaign.ts'
import { CAMPAIGNS } from './campaigns.ts'

export const HEAD =
  '| campaign | on | tried | violations | what it tries to disprove |\n|---|---|---|---|---|'

export const rowOf = ({ name, claim }: Campaign, { place, tried, unit, violations }: Outcome): string =>
  `| ${name} | ${place === 'none' ? '' : place} | ${tried.toLocaleString('en')} ${unit} | ${violations.length} | ${claim} |`

const keyOf = (row: string): string => row.split('|').slice(1, 3).join('|')

/** Puts what was run into the README's table. The rows of campaigns that were not run stay as they were. */
export async function writeTable(outcomes: readonly Outcome[], seed: number): Promise<void> {
  const path = new URL('../../README.md', import.meta.url)
  const text = await readFile(path, 'utf8')
  const [before, table, after] = text.split(/<!-- soak -->|<!-- \/soak -->/)
  if (table === undefined || after === undefined) throw new Error('README.md: no place for the table of soak')
  const rows = new Map(
    table.split('\n').map((line) => [keyOf(line), line.replace(/ \(seed \d+\) \|$/, ' |')]),
  )
  for (const outcome of outcomes) {
    const campaign = CAMPAIGNS.find(({ name }) => name === outcome.campaign)!
    const row = rowOf(campaign, outcome)
    rows.set(keyOf(row), row)
  }
  const ordered = CAMPAIGNS.flatMap((campaign) =>
    campaign.places.flatMap((place) => {
      const key = keyOf(
        rowOf(campaign, { place, campaign: '', unit: '', tried: 0, violations: [], notes: [], seconds: 0 }),
      )
      return rows.get(key) ?? []
    }),
  )
  await writeFile(
    path,
    `${before}<!-- soak -->\n\n${[HEAD, ...ordered].join('\n')}\n\n<!-- /soak -->${after}`,
  )
  console.log(`written to README.md, seed ${seed}`)
}
