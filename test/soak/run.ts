/**
 * Tries for long to make the library break its promises: `npm run soak`.
 *
 *   --only NAME,NAME   these campaigns
 *   --place PLACE      there only
 *   --scale N          N times the long form (0.01 for a hundredth); `short` for the short form
 *   --seed N           the same choices again; the seed of each run is printed
 *   --write            put the results into the README's table
 */
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { startPostgres } from '../support/postgres-server.ts'
import { type Campaign, type Outcome, type Place, perform } from './campaign.ts'
import { CAMPAIGNS } from './campaigns.ts'
import { HEAD, rowOf, writeTable } from './report.ts'

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    place: { type: 'string' },
    scale: { type: 'string', default: '1' },
    size: { type: 'string' },
    seed: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
})

const seed = options.seed === undefined ? randomInt(2 ** 31) : Number(options.seed)
const sizeOf = ({ size }: Campaign): number => {
  if (options.size !== undefined) return Number(options.size)
  return options.scale === 'short' ? size.short : Math.max(1, Math.round(size.long * Number(options.scale)))
}

const chosen = options.only?.split(',') ?? CAMPAIGNS.map(({ name }) => name)
const unknown = chosen.filter((name) => !CAMPAIGNS.some((campaign) => campaign.name === name))
if (unknown.length > 0 || !Number.isSafeInteger(seed)) {
  console.error(
    `unknown: ${unknown.join(', ') || `--seed ${options.seed}`}. There are: ${CAMPAIGNS.map(({ name }) => name).join(', ')}`,
  )
  process.exit(2)
}

const server = await startPostgres()
const outcomes: Outcome[] = []
try {
  console.log(`seed ${seed}\n${HEAD}`)
  for (const campaign of CAMPAIGNS.filter(({ name }) => chosen.includes(name))) {
    for (const place of campaign.places.filter((one) => one === ((options.place as Place) ?? one))) {
      const outcome = await perform(campaign, { place, size: sizeOf(campaign), seed, server: server.url })
      outcomes.push(outcome)
      console.log(rowOf(campaign, outcome))
      for (const note of outcome.notes) console.log(`  ${note}`)
      for (const violation of outcome.violations) console.log(`  violation: ${violation}`)
    }
  }
} finally {
  await server.stop()
}
const violations = outcomes.reduce((sum, one) => sum + one.violations.length, 0)
console.log(`${outcomes.length} campaigns, ${violations} violations, seed ${seed}`)
if (options.write) await writeTable(outcomes, seed)
process.exitCode = violations > 0 || outcomes.length === 0 ? 1 : 0
