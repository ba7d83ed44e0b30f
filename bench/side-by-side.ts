import { settle } from './fill/tables.ts'
import { audited, checkDurability } from './honesty.ts'
import type { Part } from './lines.ts'
import { type Contender, contender, type Pace } from './measure.ts'
import { hotPaths } from './parts/guard.ts'
import { minting } from './parts/mint.ts'
import { makeWorld, openings, readings } from './parts/opening.ts'
import { signing } from './parts/refs.ts'
import { lookings, makeCrowded } from './parts/views.ts'
import type { Owner, Place, PlaceName } from './places.ts'
import type { Premises } from './premises.ts'
import { type Audit, createRecorder, type Recorder } from './recorder.ts'
import { printHead, type Result } from './report.ts'

const DOCUMENTS = 1000

export interface Choice {
  parts: readonly Part[]
  places: readonly PlaceName[]
  pace: Pace
}

/** Measures the lines of the chosen parts in the chosen places. */
export async function sideBySide(premises: Premises, { parts, places, pace }: Choice): Promise<Result[]> {
  const recorder = createRecorder(pace)
  const has = (...some: Part[]): boolean => some.some((part) => parts.includes(part))
  if (has('mint')) {
    printHead('without a database')
    await recorder.measure('mint', 'memory', [minting(), await signing()], (_, work) => work())
  }
  for (const name of places) {
    if (has('open', 'read', 'views') || (has('guard') && name === 'postgres')) printHead(name)
    if (has('open', 'read')) await premises.on(name, (place) => openAndRead(recorder, place, has))
    if (has('views')) await premises.on(name, (place) => amongViews(recorder, place))
    if (has('guard') && name === 'postgres') {
      await premises.onBoth((guarded, plain) => behindGuard(recorder, guarded, plain))
    }
  }
  return recorder.results
}

async function openAndRead(recorder: Recorder, place: Place, has: (part: Part) => boolean): Promise<void> {
  const world = await makeWorld(place, DOCUMENTS)
  const key = await apiKeysOn(place)
  await ready(place, ['library', 'route', 'keys'])
  if (has('open')) {
    const many = [...openings(world, 64), key('key, 64', 64)]
    await recorder.measure('open', place.name, [openings(world, 1), openings(world, 16), many], on(place))
  }
  if (has('read')) {
    await recorder.measure('read', place.name, [[...readings(world), key('key', 1)]], on(place))
  }
}

async function amongViews(recorder: Recorder, place: Place): Promise<void> {
  const crowded = await makeCrowded(place, DOCUMENTS)
  await ready(place, ['library'])
  await recorder.measure('views', place.name, [lookings(place, crowded)], on(place))
}

async function behindGuard(recorder: Recorder, guarded: Place, plain: Place): Promise<void> {
  const [ours, others] = [await hotPaths(guarded, DOCUMENTS, ''), await hotPaths(plain, DOCUMENTS, 'plain ')]
  for (const place of [guarded, plain]) await ready(place, ['library'])
  const among = (some: Contender[]) => (all: readonly Contender[]) => all.filter((one) => some.includes(one))
  const audit: Audit = (contenders, work) =>
    audited(guarded, among(ours)(contenders), () => audited(plain, among(others)(contenders), work))
  await recorder.measure('guard', 'postgres', [[...ours, ...others]], audit)
}

const on =
  (place: Place): Audit =>
  (contenders, work) =>
    audited(place, contenders, work)

async function ready(place: Place, owners: readonly Owner[]): Promise<void> {
  await settle(place)
  await checkDurability(place, owners)
}

/** Its packages are the bench's own, so they are asked for only here. */
async function apiKeysOn(place: Place): Promise<(name: string, inFlight: number) => Contender> {
  const { createApiKeys } = await import('./contenders/api-keys.ts')
  const keys = await createApiKeys(place, DOCUMENTS)
  return (name, inFlight) => contender(name, (index) => keys.verify(index), { writes: 'keys', inFlight })
}
