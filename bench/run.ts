import { parseArgs } from 'node:util'
import { PARTS } from './lines.ts'
import { PACE } from './measure.ts'
import { amongPeople } from './people.ts'
import { PLACES, type PlaceName } from './places.ts'
import { createPremises } from './premises.ts'
import { machine, summary, tables, writeReadme } from './report.ts'
import { scaling } from './scale.ts'
import { sideBySide } from './side-by-side.ts'

// As in production, where less is done for whoever develops.
process.env['NODE_ENV'] ??= 'production'

const { values: given } = parseArgs({
  options: {
    only: { type: 'string' },
    people: { type: 'boolean', default: false },
    place: { type: 'string' },
    rounds: { type: 'string' },
    scale: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
})
if (given.write && (given.only ?? given.place ?? given.rounds) !== undefined) {
  throw new Error('--write makes whole tables: leave --only, --place and --rounds out')
}
const parts = chosen('only', given.only, PARTS)
const places = chosen('place', given.place, Object.keys(PLACES) as PlaceName[])
const pace = { ...PACE, rounds: Number(given.rounds ?? PACE.rounds) }

const start = performance.now()
const premises = createPremises()
try {
  const conditions = `${machine()}; medians of ${pace.rounds} alternating rounds`
  console.log(conditions)
  if (given.scale) {
    const table = await scaling(premises, places, pace)
    if (given.write) writeReadme('scale', `${conditions}.\n\n${table}`)
  } else if (given.people) {
    const table = await amongPeople(premises, places, pace)
    if (given.write) writeReadme('people', `${conditions}.\n\n${table}`)
  } else {
    const results = await sideBySide(premises, { parts, places, pace })
    console.log(`\n${summary(results)}`)
    if (given.write) writeReadme('bench', `${conditions}.\n\n${tables(results)}`)
  }
} finally {
  await premises.close()
}
console.log(`in ${Math.round((performance.now() - start) / 1000)} s`)

/** Some of what there is, named with commas between; all of it unless something is named. */
function chosen<T extends string>(option: string, text: string | undefined, all: readonly T[]): readonly T[] {
  if (text === undefined) return all
  const names = text.split(',')
  const unknown = names.filter((name) => !all.includes(name as T))
  if (unknown.length > 0) throw new Error(`--${option} ${unknown}: there are ${all.join(', ')}`)
  return all.filter((name) => names.includes(name))
}
