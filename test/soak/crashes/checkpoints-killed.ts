import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import type { Campaign, Trial } from '../campaign.ts'
import type { Saved, SaveOrder } from './saver.ts'
import { beginOn, contentOf, EDITED, EDITOR, KEPT, stationsOn } from './saving.ts'
import { openSite, type Site } from './site.ts'
import type { Side } from './trap.ts'
import { withoutTransaction } from './without-transaction.ts'

type Point = { statement: number; side: Side }

/** Lets a process save, or die of it. What it said before that. */
async function save(order: SaveOrder): Promise<Saved | null> {
  const script = fileURLToPath(new URL('./saver.ts', import.meta.url))
  const child = fork(script, { execArgv: [], stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  let text = ''
  child.stdout!.setEncoding('utf8').on('data', (part: string) => {
    text += part
  })
  const closed = once(child, 'close')
  await Promise.race([once(child, 'message'), closed])
  child.send(order)
  await closed
  return text.includes('\n') ? (JSON.parse(text) as Saved) : null
}

/** What is kept after a save that was to add a number to those before it. */
async function wrongIn(site: Site, last: number, number: number, told: boolean): Promise<[number, string[]]> {
  return site.visit(async ({ store, query, damages }) => {
    const stations = stationsOn(store())
    const wrong = await damages()
    const kept = await stations.checkpoints.list(EDITOR, EDITED)
    const newest = kept[0] && (await stations.checkpoints.get(EDITOR, kept[0].id)).content
    const saved = (newest as { number?: number } | undefined)?.number
    const which = saved === number ? number : last
    if (kept.length !== KEPT) wrong.push(`${kept.length} checkpoints are kept, not ${KEPT}`)
    if (!isDeepStrictEqual(newest, contentOf(which))) wrong.push('the newest checkpoint is not whole')
    if (told && saved !== number) wrong.push('a checkpoint that was acknowledged is gone')
    for (const { id } of kept.slice(1)) {
      const { content } = await stations.checkpoints.get(EDITOR, id)
      if (!isDeepStrictEqual(content, contentOf((content as { number: number }).number)))
        wrong.push('an older checkpoint is not whole')
    }
    const names = await query("select key from share_names where kind = 'checkpoint'")
    if (names.length !== KEPT) wrong.push(`${names.length} names are left of ${KEPT} checkpoints`)
    return [which, wrong]
  })
}

function pointsOf({ place, random }: Trial, statements: number): Point[] {
  const sides: Side[] = place === 'Postgres' ? ['before', 'sent', 'after'] : ['before', 'after']
  const left = Array.from({ length: statements }, (_, at) =>
    sides.map((side) => ({ statement: at + 1, side })),
  ).flat()
  return [...left].map(() => left.splice(random.below(left.length), 1)[0]!)
}

async function run(trial: Trial): Promise<void> {
  const { place, size, violation, count, note } = trial
  const site = await openSite(trial)
  try {
    const editId = await site.visit(({ store }) => beginOn(store()))
    let last = 0
    let number = 1
    const order = (at: Point | null): SaveOrder => ({
      place,
      address: site.address,
      life: `saver${number}`,
      editId,
      number,
      at,
    })
    const judge = async (told: boolean, at: Point | null): Promise<void> => {
      await site.settled(`saver${number}`)
      const [kept, wrong] = await wrongIn(site, last, number, told)
      for (const one of wrong) violation(one, at ?? 'with no death')
      last = kept
      number++
    }
    const rehearsed = await save(order(null))
    if (rehearsed === null) throw new Error('a checkpoint could not be saved')
    await judge(true, null)
    note(`${rehearsed.statements} statements`)
    let points: Point[] = []
    for (let tried = 0; tried < size; tried++) {
      if (points.length === 0) points = pointsOf(trial, rehearsed.statements)
      const at = points.pop()!
      const told = await save(order(at))
      await judge(told !== null, at)
      if (told === null) count()
      else tried--
      // The last answer of all is read after whoever asked has gone on: some sides are never reached.
      if (number > size * 3 + 100) break
    }
  } finally {
    await site.end()
  }
}

export const checkpointsKilled: Campaign = {
  name: 'checkpoints killed',
  claim: 'a kill -9 at any statement of checkpoints.save leaves the last complete checkpoint',
  unit: 'crash points',
  size: { short: 2, long: 200 },
  places: ['SQLite on a file', 'Postgres'],
  controls: [withoutTransaction(40)],
  run,
}
