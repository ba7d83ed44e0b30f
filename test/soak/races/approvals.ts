import type { Campaign } from '../campaign.ts'
import { type Round, raceCampaign } from './arena.ts'
import { type Attempt, call, type Done } from './attempt.ts'
import { lockOfSqlite, locks } from './guards.ts'
import { type Meetings, meetEachOther } from './meetings.ts'

const ASKERS = 8
/** How often each asks at once, and how many answer each request. */
const ASKS = 4
const ANSWERS = 10

const ASKED = ['viewer', 'editor'] as const

async function round(the: Round): Promise<void> {
  const { host, random, race, tenantId, query, violation } = the
  const owner = { userId: `owner of ${tenantId}`, tenantId }
  const ref = { type: 'project', id: `of ${tenantId}` } as const
  await host.resources.register(ref, { tenantId, ownerId: owner.userId })
  const { token } = await host.links.create(owner, ref, { visibility: 'account' })
  const people = Array.from({ length: ASKERS }, (_, at) => ({
    userId: `asker${at} of ${tenantId}`,
    tenantId,
  }))
  const ask = (person: (typeof people)[number]): Attempt => ({
    call: call('requests.create', person, random.pick([ref, token]), { role: random.pick(ASKED) }),
    expected: ['ok'],
    note: person.userId,
  })
  await race(people.flatMap((person) => Array.from({ length: ASKS }, () => ask(person))))
  const requests = await host.requests.list(owner, ref)
  const open = requests.filter(({ status }) => status === 'open')
  const askers = new Set(open.map(({ userId }) => userId))
  if (requests.length !== ASKERS || open.length !== ASKERS || askers.size !== ASKERS) {
    violation('requests are not one of each person', { requests: requests.length, open: open.length })
  }

  const admin = { userId: 'admin', tenantId, admin: 'system' } as const
  const answers = open.flatMap(({ id }) =>
    Array.from({ length: ANSWERS }, (): Attempt => {
      const by = random.pick([owner, admin])
      const answer = random.pick([
        call('requests.approve', by, id),
        call('requests.approve', by, id, { role: 'viewer' }),
        call('requests.approve', by, id, { role: 'editor' }),
        call('requests.deny', by, id),
      ])
      return { call: answer, expected: [['ok', 'conflict']], note: id }
    }),
  )
  // Some are named beside it, and some ask again.
  const named = people.filter(() => random.below(4) === 0)
  const beside = named.map(
    ({ userId }): Attempt => ({
      call: call('collaborators.add', owner, ref, { userId, role: 'viewer' }),
      expected: ['ok'],
    }),
  )
  const again = people.filter(() => random.below(2) === 0)
  const done = await race([...answers, ...beside, ...again.map(ask)])

  const rows = await query(`select id, user_id, status from share_requests where tenant_id = '${tenantId}'`)
  const grants = await query(
    `select id, subject, role from share_grants where tenant_id = '${tenantId}' and subject is not null and ended_at is null`,
  )
  const audit = await query(
    `select action, target_id from share_audit where tenant_id = '${tenantId}' and action in ('request.approved', 'request.denied')`,
  )
  for (const { id, userId } of open) {
    const taken = done.filter(({ note, outcome }) => note === id && outcome === 'ok')
    const approved = taken[0]?.call.method === 'requests.approve'
    const status = rows.find((row) => row['id'] === id)?.['status']
    const told = audit.filter((row) => row['target_id'] === id)
    const given = grants.filter((row) => row['subject'] === `user:${userId}`)
    const seen = { taken: taken.length, status, audited: told.length, grants: given.length }
    if (taken.length !== 1 || told.length !== 1) violation('a request has not exactly one outcome', seen)
    if (status !== (approved ? 'approved' : 'denied')) violation('another outcome is recorded', seen)
    const wanted = approved || named.some((person) => person.userId === userId) ? 1 : 0
    if (given.length !== wanted) violation('a request was not made one grant', { ...seen, wanted })
    const answered = approved ? (taken[0]!.value as { id: string; role: string }).id : given[0]?.['id']
    if (answered !== given[0]?.['id']) violation('another grant was answered', { ...seen, answered })
    const waiting = rows.filter((row) => row['user_id'] === userId && row['status'] === 'open').length
    const may = again.some((person) => person.userId === userId) ? 1 : 0
    if (waiting > may) violation('somebody has more open requests than they made', { waiting, may })
  }
}

/** Answers to one request, or requests of one person, in different processes; and answers after it was answered. */
function meetings(done: readonly Done[]): Meetings {
  let met = 0
  let after = 0
  for (const [note, same] of Map.groupBy(done, (one) => one.note)) {
    if (note === undefined) continue
    met += meetEachOther(same, same)
    const answered = same.find(
      ({ call: { method }, outcome }) => method !== 'requests.create' && outcome === 'ok',
    )
    if (answered !== undefined) after += same.filter(({ begun }) => begun > answered.ended).length
  }
  return { met, after }
}

export const approvals: Campaign = raceCampaign({
  name: 'races to answer a request',
  claim: 'a person has one open request, a request one outcome, and what was approved is one grant',
  size: { short: 300, long: 25_000 },
  controls: [
    {
      guard: 'the look at whether a request was answered already',
      file: 'src/people/requests.ts',
      find: "request.status !== 'open'",
      replace: 'false',
    },
    {
      guard: 'the look at whether somebody has asked already',
      file: 'src/people/requests.ts',
      find: 'resource === null || asked !== null ||',
      replace: 'resource === null ||',
    },
    lockOfSqlite,
    locks,
  ],
  meetings,
  round,
})
