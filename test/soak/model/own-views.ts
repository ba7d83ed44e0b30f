import fc from 'fast-check'
import { history, tell } from '../../properties/history.ts'
import type { Tally } from '../../properties/world.ts'
import type { Campaign, Trial } from '../campaign.ts'
import { openGround } from '../places.ts'

/** Histories of sharing and editing, after each step of which everybody reads what they can. */
async function run(trial: Trial): Promise<void> {
  const tally: Tally = { rows: 0, asNobody: 0, past: 0, refreshed: 0, copies: 0, refusals: 0 }
  for (let told = 0; told < trial.size; ) {
    const seed = trial.random.below(2 ** 31)
    const [steps = []] = fc.sample(history, { numRuns: 1, seed })
    const ground = await openGround(trial)
    try {
      await tell(ground.store, steps, tally)
    } catch (error) {
      trial.violation(error instanceof Error ? error.message : String(error), { seed, steps })
    } finally {
      await ground.end()
    }
    told += steps.length
    trial.count(steps.length)
  }
  const { rows, past, copies, refusals } = tally
  trial.note(
    `${rows} rows, ${past} readings of what has changed since, ${copies} copies, ${refusals} refusals`,
  )
}

export const ownViews: Campaign = {
  name: 'own views',
  claim:
    'live, nobody is shown a row that is not theirs to see; of a snapshot nothing later; and nothing once it is taken away',
  unit: 'steps',
  size: { short: 20, long: 3_000 },
  places: ['SQLite in memory', 'Postgres', 'Postgres, guarded'],
  controls: [
    {
      guard: 'whose rights data is looked for under',
      file: 'src/refs/resolve.ts',
      find: 'as: identityOf(reading),',
      replace: 'as: { userId: reading.resource.ownerId, tenantId: reading.resource.tenantId },',
    },
    {
      guard: 'that whoever looks from outside is nobody',
      file: 'src/refs/reading.ts',
      find: 'if (actor === null || isOutside(actor, resource.tenantId)) return null',
      replace: 'if (actor === null) return null',
    },
    {
      guard: 'what a pass was opened with',
      file: 'src/opening/open.ts',
      find: ') => shownTo(kernel, link, snapshot),\n',
      replace: ') => shownBy(kernel, link.tenantId, link.id),\n',
      size: 600,
    },
    {
      guard: 'that a link which is shared anew names another snapshot',
      file: 'src/links/update.ts',
      find: '...(taken === null ? {} : namingOf(taken)),',
      replace: '',
      size: 600,
    },
    {
      guard: 'that a list has nothing of today for whoever was given a snapshot',
      file: 'src/deciding/list.ts',
      find: "grant.mode === 'live' ? resourceOf(resource) : asItWas(resource, grant)",
      replace: 'resourceOf(resource)',
      size: 600,
    },
    {
      guard: 'that a token ends with what it was made by',
      file: 'src/refs/verify.ts',
      find: "if (right?.role !== found.role) throw new SharingError('not_found')",
      replace: '',
      size: 2000,
    },
  ],
  run,
}
