import { bare } from './contenders/bare.ts'
import { libraryOn, storeOf, visitor } from './contenders/library.ts'
import { fillLinks, type SpreadLink } from './fill/links.ts'
import { settle } from './fill/tables.ts'
import { audited, checkDurability } from './honesty.ts'
import { type Contender, compare, contender, type Figure, type Pace } from './measure.ts'
import { PLACES, type Place, type PlaceName } from './places.ts'
import type { Premises } from './premises.ts'
import { microseconds } from './report.ts'

const LINKS = [10_000, 1_000_000, 10_000_000]

/** So many, at random among all, that a cache of what was just opened is of little use. */
const TOKENS = 20_000

/** What each operation costs among so many links. */
type Costs = Map<string, Figure>

/** Opens, looks and decides among ever more links, with their resources and tenants. The table, for the README. */
export async function scaling(premises: Premises, places: readonly PlaceName[], pace: Pace): Promise<string> {
  const tables: string[] = []
  for (const name of places.filter((one) => one !== 'memory')) {
    const costs: Costs[] = []
    for (const links of LINKS) {
      console.log(`\n${PLACES[name]}, ${links.toLocaleString('en')} links`)
      costs.push(await premises.on(name, (place) => measure(place, links, pace)))
      for (const [operation, { median }] of costs.at(-1)!) {
        const growth = median / costs[0]!.get(operation)!.median
        console.log(
          `${operation.padEnd(28)} ${microseconds(median).padStart(8)} µs ${growth.toFixed(2).padStart(7)}×`,
        )
      }
    }
    tables.push(`**${PLACES[name]}**\n\n${table(costs)}`)
  }
  return tables.join('\n\n')
}

async function measure(place: Place, links: number, pace: Pace): Promise<Costs> {
  const sharing = libraryOn(storeOf(place), 'off')
  await sharing.migrate()
  const spread = await fillLinks(place, links, Math.min(TOKENS, links))
  await settle(place)
  await checkDurability(place, ['library'])
  const statements = bare(place)
  const at = (index: number): SpreadLink => spread[index % spread.length]!
  const contenders: Contender[] = [
    contender('open', (index) => sharing.open(at(index).token, visitor), { writes: 'library' }),
    contender('bare open', (index) => statements.open(at(index).token), { writes: 'bare' }),
    contender('peek', (index) => sharing.peek(at(index).token)),
    contender('bare peek', (index) => statements.peek(at(index).token)),
    contender('can', (index) => {
      const { tenantId, resourceId: id } = at(index)
      return sharing.can({ userId: 'u1', tenantId }, 'edit', { type: 'document', id })
    }),
    contender('bare can', (index) => statements.can(at(index).resourceId)),
    contender('one look-up by a unique key', (index) => statements.lookUp(at(index).token)),
  ]
  return audited(place, contenders, () => compare(contenders, pace))
}

function table(costs: readonly Costs[]): string {
  const heads = LINKS.map((links) => `${links.toLocaleString('en')} links, µs`)
  const rows = [...costs[0]!.keys()].map((operation) => {
    const medians = costs.map((one) => one.get(operation)!.median)
    const growth = `${(medians.at(-1)! / medians[0]!).toFixed(2)}×`
    return `| ${[operation, ...medians.map(microseconds), growth].join(' | ')} |`
  })
  const head = `| operation | ${heads.join(' | ')} | growth |\n|---|${'--:|'.repeat(LINKS.length + 1)}`
  return [head, ...rows].join('\n')
}
