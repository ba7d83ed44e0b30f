import fc from 'fast-check'
import { memoryStore } from '../../memory-store/index.ts'
import type { Campaign, Place, Trial } from '../campaign.ts'
import { type Ground, openGround } from '../places.ts'
import { type Comparison, compare, type Difference } from './compare.ts'
import { histories } from './history.ts'
import { type Base, sideOn } from './side.ts'
import type { Step } from './step.ts'

/** How many histories share a database before it is made anew: enough to make that cheap, and few enough to stay fast. */
const TOGETHER = 400
/** How many are told at the same moment, so that their openings are written together. */
const AT_ONCE = 8
/** How long a history is made shorter once it has found something, and how many are. */
const SHORTENING_MS = 60_000
const SHORTENED = 3

async function run(trial: Trial): Promise<void> {
  let told = 0
  let found = 0
  while (told < trial.size) {
    const ground = await openGround(trial)
    try {
      const seed = trial.random.below(2 ** 31)
      const chosen = fc.sample(histories, { numRuns: TOGETHER, seed })
      let next = 0
      const worker = async (): Promise<void> => {
        while (next < chosen.length && told < trial.size) {
          const index = next++
          const history = chosen[index]!
          told += history.length
          const { made, difference } = await tell(history, baseOn(ground), `h${index}-`)
          trial.count(made)
          if (difference === null) continue
          const details = found++ < SHORTENED ? await explained(trial, history, difference) : difference
          trial.violation('a store and the model answer differently', { seed, index, ...details })
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, worker))
    } finally {
      await ground.end()
    }
  }
}

function tell(history: readonly Step[], base: Base, prefix: string): Promise<Comparison> {
  const model = sideOn(modelBase(), prefix)
  return compare(history, sideOn(base, prefix, model), model)
}

/** The same difference in as few calls as can be found, on a database of its own. */
async function explained(trial: Trial, history: readonly Step[], difference: Difference): Promise<object> {
  const ground = await openGround(trial)
  const until = performance.now() + SHORTENING_MS
  let smallest = { history, difference }
  let tries = 0
  try {
    for (let size = Math.ceil(history.length / 2); size >= 1; size = Math.floor(size / 2)) {
      for (let from = 0; from < smallest.history.length && performance.now() < until; ) {
        const shorter = smallest.history.toSpliced(from, size)
        const { difference: found } = await tell(shorter, baseOn(ground), `s${tries++}-`)
        if (found === null) from += size
        else smallest = { history: shorter, difference: found }
      }
    }
  } finally {
    await ground.end()
  }
  return { ...smallest.difference, history: smallest.history.map(({ name }) => name) }
}

const IDS_WHERE: Partial<Record<Place, (condition: string) => string>> = {
  Postgres: (condition) => `select hosted.id from unnest($1::text[]) as hosted(id) where ${condition}`,
}
const inSqlite = (condition: string): string =>
  `select hosted.id from (select value as id from json_each(?)) hosted where ${condition}`

function baseOn({ place, store, query }: Ground): Base {
  return {
    store,
    async idsWhere({ sql, parameters }, ids) {
      const text = (IDS_WHERE[place] ?? inSqlite)(sql)
      const rows = await query(text, [place === 'Postgres' ? ids : JSON.stringify(ids), ...parameters])
      return rows.map(({ id }) => String(id))
    },
  }
}

/** Its condition names the ids themselves. */
const modelBase = (): Base => ({
  store: memoryStore(),
  idsWhere: async ({ parameters }, ids) => ids.filter((id) => parameters.includes(id)),
})

export const historiesCampaign: Campaign = {
  name: 'histories',
  claim: 'random histories of calls get the same answers, errors included, from every store and from a model',
  unit: 'commands',
  size: { short: 600, long: 1_000_000 },
  places: ['SQLite in memory', 'SQLite on a file', 'Postgres'],
  controls: [
    {
      guard: 'the end of a grace that runs already',
      file: 'adapters/sql/apply.ts',
      find: 'and until is null`',
      replace: '`',
      size: 20_000,
    },
    {
      guard: 'that a transfer moves the owner’s links only',
      file: 'adapters/sql/apply.ts',
      find: "and authority = 'owner'\n      and ended_at is null",
      replace: 'and ended_at is null',
      size: 20_000,
    },
    {
      guard: 'that an imported token stays taken',
      file: 'adapters/sql/removal.ts',
      find: "list('ids'))} and not imported`",
      replace: "list('ids'))}`",
      size: 20_000,
    },
    {
      guard: 'that a snapshot is the one of its link or grant',
      file: 'adapters/sql/snapshots.ts',
      find: ' and s.id = g.snapshot_id`',
      replace: '`',
      size: 5_000,
    },
    {
      guard: 'that a link which is shared anew shows another snapshot',
      file: 'adapters/sql/apply.ts',
      find: '{setSnapshot(p)}, token_hash',
      replace: '{sql`id = id`}, token_hash',
      size: 5_000,
    },
    {
      guard: 'that a snapshot stays for passes that were opened with it',
      file: 'adapters/sql/snapshots.ts',
      find: '(s.kept_until is null',
      replace: '(s.id is not null',
      size: 20_000,
    },
    {
      guard: 'that whoever left meanwhile shares nothing',
      file: 'adapters/sql/begun.ts',
      find: 'for (const subject of change.subjects) yield*',
      replace: 'for (const subject of []) yield*',
      size: 20_000,
    },
    {
      guard: 'that a data ref ends with the right that it was minted by',
      file: 'src/refs/verify.ts',
      find: "if (!stands) throw new SharingError('not_found')",
      replace: '',
      size: 20_000,
    },
  ],
  run,
}
