import { checkDurability } from './honesty.ts'
import { compare, type Figure, type Pace } from './measure.ts'
import {
  checkAgreement,
  contendersOf,
  firstTenth,
  makePeople,
  membersOf,
  type Question,
  questions,
  type Way,
} from './parts/people.ts'
import { PLACES, type Place, type PlaceName } from './places.ts'
import type { Premises } from './premises.ts'
import { microseconds } from './report.ts'

const GRANTS = 1_000_000

/** For what takes seconds. */
const FEW_ROUNDS = 3

type Costs = Map<Way, Figure>

/** Decides, lists and filters among a million grants to people. The table, for the README. */
export async function amongPeople(
  premises: Premises,
  places: readonly PlaceName[],
  pace: Pace,
): Promise<string> {
  const tables: string[] = []
  for (const name of places.filter((one) => one !== 'memory')) {
    console.log(`\n${PLACES[name]}, ${GRANTS.toLocaleString('en')} grants`)
    const rows = await premises.on(name, (place) => measure(place, pace))
    tables.push(`**${PLACES[name]}**\n\n${HEAD}\n${rows.join('\n')}`)
  }
  return tables.join('\n\n')
}

async function measure(place: Place, pace: Pace): Promise<string[]> {
  const world = await makePeople(place, GRANTS)
  await checkDurability(place, ['library'])
  // Its packages are the bench's own, so they are asked for only here.
  const { casbinOf } = await import('./contenders/casbin.ts')
  const casbin = await casbinOf(place, firstTenth(world.filled), membersOf(world.filled))
  const rows: string[] = []
  for (const question of questions(world, casbin)) {
    await checkAgreement(question, 3)
    rows.push(row(question.operation, await costsOf(question, pace)))
  }
  return rows
}

async function costsOf({ operation, ways, slow }: Question, pace: Pace): Promise<Costs> {
  const { casbin, ...others } = ways
  const few = { ...pace, rounds: Math.min(FEW_ROUNDS, pace.rounds) }
  const figures = await compare(contendersOf({ operation, ways: others }), slow ? few : pace)
  const costs: Costs = new Map(
    (Object.keys(others) as Way[]).map((way) => [way, figures.get(`${operation}: ${way}`)!]),
  )
  if (casbin !== undefined) {
    const beside = await compare(contendersOf({ operation, ways: { ours: ways.ours!, casbin } }), few)
    costs.set('casbin', beside.get(`${operation}: casbin`)!)
  }
  return costs
}

const HEAD = `| operation | ours, µs | by hand, µs | ratio | by hand, otherwise, µs | ratio | node-casbin, µs |
|---|--:|--:|--:|--:|--:|--:|`

function row(operation: string, costs: Costs): string {
  const ours = costs.get('ours')!
  const other = (way: Way): string[] => {
    const figure = costs.get(way)
    return figure === undefined
      ? ['', '']
      : [microseconds(figure.median), `${(ours.median / figure.median).toFixed(2)}×`]
  }
  const columns = [
    operation,
    microseconds(ours.median),
    ...other('by hand'),
    ...other('by hand, otherwise'),
    other('casbin')[0]!,
  ]
  console.log(
    columns
      .map((text, index) => (index === 0 ? text.padEnd(50) : text.padStart(11)))
      .join(' ')
      .trimEnd(),
  )
  return `| ${columns.join(' | ')} |`
}
