import type { Campaign } from '../campaign.ts'
import { type Round, raceCampaign } from './arena.ts'
import { type Attempt, call, type Done, turnsAround } from './attempt.ts'
import { judgementOfEnds, lockOfSqlite, locks, looksAtEnds } from './guards.ts'
import { LOSSES, type Loss, type Person, personOf, type Scene } from './losses.ts'
import { acknowledged, checkViews } from './stage.ts'
import { openingsOf } from './transfer.ts'

/** Somebody with a right on a resource, a link that was made by it, and what was let in by either. */
async function setScene({ host, random, tenantId }: Round, loss: Loss) {
  const owner: Person = { userId: `owner of ${tenantId}`, tenantId }
  const person = personOf(tenantId)
  const folder = { type: 'project', id: `folder of ${tenantId}` } as const
  const ref = { type: 'project', id: `of ${tenantId}` } as const
  await host.resources.register(folder, { tenantId, ownerId: owner.userId })
  await host.resources.register(ref, { tenantId, ownerId: owner.userId, parent: folder })
  const given = await loss.give(host, { tenantId, owner, person, folder, ref })
  const scene: Scene = { tenantId, owner, person, folder, ref, grantId: given?.id ?? null }
  const visit = await host.attach(person, ref)
  // With a limit each opening looks first and writes then; without one it may rest on what it remembers.
  const maxViews = random.pick([null, 1_000_000])
  const made = await host.links.create(person, ref, { visibility: 'public', maxViews })
  return { ...scene, visit, link: { ...made, ...(await host.open(made.token)) } }
}

async function round(the: Round): Promise<void> {
  const { random, race, tenantId, query, violation, calls } = the
  // What is taken away above meets work under another resource's lock: that is where most can go wrong.
  const above = LOSSES.filter(({ name }) => name === 'removed above')
  const loss = random.pick(random.below(4) === 0 ? above : LOSSES)
  const scene = await setScene(the, loss)
  const { person, ref, link, visit } = scene
  const { after } = loss
  const attempts = Array.from({ length: calls }, (): Attempt => {
    const kind = random.below(20)
    if (kind < 5) return { call: call('open', link.token), expected: ['ok', after.link], note: 'link' }
    if (kind < 8) return { call: call('resume', link.pass), expected: ['ok', after.link] }
    if (kind < 11) return { call: call('attach', person, ref), expected: ['ok', after.view], note: 'visit' }
    if (kind < 13) {
      return { call: call('resume', visit.pass, { actor: person }), expected: ['ok', after.view] }
    }
    if (kind < 15) return { call: call('authorize', person, 'view', ref), expected: ['ok', after.view] }
    if (kind < 17) return { call: call('can', person, 'share', ref), expected: ['ok'], note: 'can' }
    const making = call('links.create', person, ref, { visibility: 'public' })
    return { call: making, expected: ['ok', after.share], note: 'made' }
  })
  const views = (which: string): string =>
    `select count(*) as n from share_views where tenant_id = '${tenantId}' and link_id ${which}`
  const ofLink = views(`= '${link.id}'`)
  const ofVisits = views('is null')
  const done = await race(attempts, [
    [
      { call: loss.take(scene), expected: ['ok'], turn: true },
      { call: call('query', ofLink), expected: ['ok'], note: ofLink },
      { call: call('query', ofVisits), expected: ['ok'], note: ofVisits },
    ],
  ])
  const turn = done.find((one) => one.turn)!
  for (const one of done) {
    if (one.note !== 'can') continue
    const { before, during } = turnsAround(one, [turn])
    if (before === 1 && one.value !== (after.share === 'ok'))
      violation('can after the loss', { way: loss.name })
    if (during === 0 && one.value !== true) violation('can before the loss', { way: loss.name })
  }
  await race(madeBy(done, turn, 'before').flatMap((one) => openingsOf([one], [after.link])))
  await race(madeBy(done, turn, 'after').flatMap((one) => openingsOf([one])))
  if (after.link !== 'ok') await checkNoneAfter(the, done, ofLink, loss)
  // What was given above is taken away without a look at who comes by it below.
  if (after.view !== 'ok' && loss.name !== 'removed above') await checkNoneAfter(the, done, ofVisits, loss)
  await checkViews(the, link.id, [link.viewId, ...acknowledged(done, 'link')])
  await checkVisits(the, [visit.viewId, ...visitsOf(done)])
  // A link whose right is over opens for nobody; that it shows as ended is what its owner sees.
  const alive = await query(
    `select g.id from share_grants g join share_grants a on a.tenant_id = g.tenant_id and a.id = g.authority_id
      where g.tenant_id = '${tenantId}' and g.authority = 'grant' and g.ended_at is null and a.ended_at is not null`,
  )
  if (alive.length > 0) violation('links outlived their right', { way: loss.name, links: alive.length })
}

const madeBy = (done: readonly Done[], turn: Done, when: 'before' | 'after'): Done[] =>
  done.filter((one) => {
    const { before, during } = turnsAround(one, [turn])
    return when === 'before' ? during === 0 : before === 1
  })

async function checkNoneAfter(
  { query, violation }: Round,
  done: readonly Done[],
  rows: string,
  loss: Loss,
): Promise<void> {
  const then = Number((done.find(({ note }) => note === rows)!.value as Array<{ n: unknown }>)[0]!.n)
  const now = Number((await query(rows))[0]!['n'])
  if (now !== then)
    violation('views were written after a right was lost', { way: loss.name, rows, then, now })
}

const visitsOf = (done: readonly Done[]): string[] =>
  done.flatMap(({ note, outcome, value }) => (note === 'visit' && outcome === 'ok' ? [String(value)] : []))

/** The views of a resource that no link led to are those that were acknowledged, each once. */
async function checkVisits(
  { query, tenantId, violation }: Round,
  expected: readonly string[],
): Promise<void> {
  const rows = await query(`select id from share_views where tenant_id = '${tenantId}' and link_id is null`)
  const ids = new Set(rows.map((row) => String(row['id'])))
  const missing = expected.filter((id) => !ids.has(id)).length
  if (ids.size !== expected.length || missing > 0) {
    violation('visits are not those that were acknowledged', { rows: ids.size, missing })
  }
}

export const removals: Campaign = raceCampaign({
  name: 'races with a removal',
  claim: 'nothing that begins after somebody lost a right is allowed by it, and no view is written',
  size: { short: 500, long: 50_000 },
  controls: [
    {
      guard: 'the look at whether what somebody was given has ended',
      file: 'adapters/sql/people.ts',
      find: `return sql\`\${any} and g.ended_at is null\``,
      replace: `return sql\`\${any}\``,
    },
    { ...judgementOfEnds, size: 5000 },
    looksAtEnds[0]!,
    {
      guard: 'the look at what a visitor was let in by, as the visit is written',
      file: 'adapters/sql/visit.ts',
      find: ' and g.ended_at is null and g.removed_at is null',
      replace: '',
      size: 2000,
    },
    {
      guard: 'the lock of the tenant while what hangs on a grant ends, on Postgres',
      file: 'adapters/sql/load.ts',
      find: 'ask.linksUnder === true',
      replace: 'false',
      place: 'Postgres',
      size: 6000,
    },
    lockOfSqlite,
    { ...locks, size: 5000 },
  ],
  round,
})
