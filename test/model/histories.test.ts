import Database from 'better-sqlite3'
import fc from 'fast-check'
import { sqliteStore } from 'sharegrant/sqlite'
import { expect, test } from 'vitest'
import { memoryStore } from '../memory-store/index.ts'
import { histories, type Step } from './history.ts'
import { answerOf, type Side, START, sideOn } from './side.ts'
import { ACTORS, IDS, refOf } from './world.ts'

const RUNS = Number(process.env['MODEL_RUNS'] ?? 120)
const ACTIONS = ['view', 'comment', 'share', 'publish', 'transfer', 'remove', 'history'] as const

/** The answers of a history, each call at a moment of its own. */
async function tell(side: Side, history: readonly Step[]): Promise<string[]> {
  const answers: string[] = []
  for (const { name, run } of history) {
    side.now++
    answers.push(`${name}: ${await run(side)}`)
  }
  return answers
}

/** All that can be read at the end. */
async function readOut(side: Side): Promise<string[]> {
  const { sharing } = side
  const answers: string[] = []
  const ask = async (call: () => Promise<unknown>): Promise<void> =>
    void answers.push(await answerOf(side, call))
  const from = new Date(START)
  const to = new Date(side.now)
  for (const who of ACTORS) {
    await ask(() => sharing.list(who))
    await ask(() => sharing.links.list(who))
    await ask(() => sharing.links.list(who, { includeInactive: true }))
    await ask(() => sharing.policies.get(who))
    for (const resource of IDS.map(refOf)) {
      await ask(() => sharing.resources.get(resource))
      await ask(() => sharing.access(who, resource))
      await ask(() => sharing.links.list(who, { resource, includeInactive: true }))
      await ask(() => sharing.views.list(who, { resource }))
      await ask(() => sharing.views.stats(who, { resource, from, to }))
      for (const action of ACTIONS) await ask(() => sharing.explain(who, action, resource))
    }
    for (const { id } of side.links) await ask(() => sharing.views.stats(who, { link: id, from, to }))
  }
  // What several events of one moment come to is told in no order between resources: each has its own.
  for (const resource of IDS.map(refOf)) await ask(() => sharing.audit.list(ACTORS[5]!, { resource }))
  return answers
}

test('every history gives the same answers on SQLite and on plain objects', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      const database = new Database(':memory:')
      const sql = await sideOn(sqliteStore({ database }))
      const plain = await sideOn(memoryStore())
      try {
        expect(await tell(sql, history)).toEqual(await tell(plain, history))
        expect(await readOut(sql)).toEqual(await readOut(plain))
      } finally {
        database.close()
      }
    }),
    { numRuns: RUNS },
  )
})

test('after any history can, explain and filter agree', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      const database = new Database(':memory:')
      const side = await sideOn(sqliteStore({ database }))
      try {
        await tell(side, history)
        for (const who of ACTORS) {
          for (const action of ACTIONS) await agree(side, database, who, action)
        }
      } finally {
        database.close()
      }
    }),
    { numRuns: RUNS },
  )
})

test('histories are not refused from end to end', async () => {
  const outcomes = new Map<string, number>()
  for (const history of fc.sample(histories, { numRuns: 120, seed: 1 })) {
    for (const answer of await tell(await sideOn(memoryStore()), history)) {
      const outcome = answer.replace(/\(.*\): (\w+).*$/s, ' $1')
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    }
  }
  const often = [
    'create ok',
    'open ok',
    'resume ok',
    'rotate ok',
    'revoke ok',
    'transfer ok',
    'updateLink ok',
  ]
  for (const outcome of often) expect([outcome, (outcomes.get(outcome) ?? 0) > 4]).toEqual([outcome, true])
  for (const code of ['expired', 'exhausted', 'password_incorrect', 'public_shares_disabled']) {
    expect([code, outcomes.has(`open ${code}`)]).toEqual([code, true])
  }
})

async function agree(
  { sharing }: Side,
  database: Database.Database,
  who: (typeof ACTORS)[number],
  action: (typeof ACTIONS)[number],
): Promise<void> {
  const allowed: string[] = []
  for (const id of IDS) {
    const decision = await sharing.explain(who, action, refOf(id))
    expect(await sharing.can(who, action, refOf(id))).toBe(decision.allowed)
    const found = await sharing.resources.get(refOf(id))
    const own =
      found !== null &&
      found.tenantId === who.tenantId &&
      (found.tenantId !== null || found.ownerId === who.userId)
    if (decision.allowed && own) allowed.push(id)
  }
  const { sql, parameters } = sharing.filter(who, action, 'document', { column: 'hosted.id' })
  const rows = database
    .prepare(`select hosted.id from (select value as id from json_each(?)) hosted where ${sql}`)
    .all(JSON.stringify(IDS), ...parameters) as Array<{ id: string }>
  expect(rows.map(({ id }) => id).sort()).toEqual(allowed)
}
