import type { Campaign } from '../campaign.ts'
import { type Round, raceCampaign } from './arena.ts'
import { type Attempt, call, type Done } from './attempt.ts'
import { lockOfSqlite, locks } from './guards.ts'
import { type Meetings, meetEachOther } from './meetings.ts'

const ADDITIONS = 200
/** As many people on one resource as the library lets there be, and as many additions in one person's hour. */
const MOST = 50

type Ref = { readonly type: 'project'; readonly id: string }

/** Somebody else each time: an address, a user or a group. */
function grantee(number: number) {
  if (number % 3 === 0) return { email: `invited${number}@example.com` }
  return number % 3 === 1 ? { userId: `user${number}` } : { groupId: `group${number}` }
}

const peopleOf = (tenantId: string): string =>
  `select id, resource_uid from share_grants where tenant_id = '${tenantId}' and subject is not null and ended_at is null`

/** Resources without anybody on them, and some who may add people to all of them. */
async function prepare({ host, tenantId }: Round, resources: number, adders: number) {
  const refs = Array.from(
    { length: resources },
    (_, at): Ref => ({ type: 'project', id: `${at} of ${tenantId}` }),
  )
  const owner = { userId: 'owner', tenantId }
  for (const ref of refs) await host.resources.register(ref, { tenantId, ownerId: owner.userId })
  const admins = Array.from({ length: adders - 1 }, (_, at) => ({
    userId: `admin${at}`,
    tenantId,
    admin: 'system' as const,
  }))
  return { refs, owner, actors: [owner, ...admins] }
}

async function round(the: Round): Promise<void> {
  const { random } = the
  if (random.below(3) === 0) await hour(the)
  else await room(the, random.below(2) === 0)
}

/** Several people add to one resource: those who come when it is full are refused. */
async function room(the: Round, again: boolean): Promise<void> {
  const { random, race, tenantId, violation } = the
  const { refs, owner, actors } = await prepare(the, 1, 5)
  const [ref] = refs as [Ref]
  const attempts = Array.from({ length: ADDITIONS }, (_, at): Attempt => {
    // The same person from several sides is one still, and takes one place.
    const options = { ...grantee(again ? at % (ADDITIONS / 2) : at), role: random.pick(['viewer', 'editor']) }
    return {
      call: call(
        'collaborators.add',
        random.pick(actors),
        ref,
        options as { userId: string; role: 'viewer' },
      ),
      expected: [['ok', 'collaborator_limit']],
      note: 'add',
    }
  })
  const looks = Array.from(
    { length: 8 },
    (): Attempt => ({ call: call('query', peopleOf(tenantId)), expected: ['ok'], note: 'look' }),
  )
  const done = await race([...attempts, ...looks])
  for (const { note, value } of done) {
    const there = note === 'look' ? (value as unknown[]).length : 0
    if (there > MOST) violation('more people were seen on a resource than there may be', { there })
  }
  await checkPeople(the, done, [ref], owner)
  const refused = done.filter(({ outcome }) => outcome === 'collaborator_limit').length
  if (!again && refused !== ADDITIONS - MOST)
    violation('not as many were refused as were too many', { refused })
}

/** One person adds to several resources: what goes over the hour is refused. */
async function hour(the: Round): Promise<void> {
  const { random, race, query, tenantId, violation } = the
  const { refs, owner } = await prepare(the, 5, 1)
  const attempts = Array.from({ length: ADDITIONS }, (_, at): Attempt => {
    const options = { ...grantee(at), role: 'viewer' } as { userId: string; role: 'viewer' }
    return {
      call: call('collaborators.add', owner, random.pick(refs), options),
      expected: [['ok', 'rate_limited']],
      note: 'add',
    }
  })
  const done = await race(attempts)
  await checkPeople(the, done, refs, owner)
  const refused = done.filter(({ outcome }) => outcome === 'rate_limited').length
  if (refused !== ADDITIONS - MOST) violation('an hour let more or fewer in than it may', { refused })
  const rows = await query(
    `select count from share_counters where tenant_id = '${tenantId}' and kind = 'invitations'`,
  )
  if (rows.length !== 1 || Number(rows[0]!['count']) !== MOST)
    violation('an hour was counted wrong', { rows })
}

/** Who was added is in the table, in the list and in the audit, and is as many as there may be. */
async function checkPeople(
  { host, query, tenantId, violation }: Round,
  done: readonly Done[],
  refs: readonly Ref[],
  owner: { userId: string; tenantId: string },
): Promise<void> {
  const told = idsOf(
    done.filter(({ note, outcome }) => note === 'add' && outcome === 'ok').map(({ value }) => value),
  )
  const listed = (await Promise.all(refs.map((ref) => host.collaborators.list(owner, ref)))).flat()
  const audited = await query(
    `select distinct target_id as id from share_audit where tenant_id = '${tenantId}' and action = 'collaborator.added'`,
  )
  const seen = {
    told,
    rows: idsOf(await query(peopleOf(tenantId))),
    listed: idsOf(listed),
    audited: idsOf(audited),
  }
  for (const [where, ids] of Object.entries(seen)) {
    const missing = [...told].filter((id) => !ids.has(id)).length
    if (ids.size !== MOST || missing > 0) {
      violation('people are not those that were added', { where, people: ids.size, missing })
    }
  }
  if (listed.length !== MOST) violation('somebody is listed twice', { listed: listed.length })
}

const idsOf = (rows: readonly unknown[]): Set<string> =>
  new Set(rows.map((row) => String((row as { id: unknown }).id)))

/** Those that were let in and those that were not, in different processes. */
function meetings(done: readonly Done[]): Meetings {
  const letIn = done.filter(({ note, outcome }) => note === 'add' && outcome === 'ok')
  const refused = done.filter(({ note, outcome }) => note === 'add' && outcome !== 'ok')
  return { met: meetEachOther(letIn, refused) + meetEachOther(refused, letIn), after: refused.length }
}

export const additions: Campaign = raceCampaign({
  name: 'races for a place',
  claim:
    'people on a resource, and additions in an hour, are as many as there may be: never one more or fewer',
  size: { short: 200, long: 25_000 },
  controls: [
    {
      guard: 'the limit of people on a resource',
      file: 'src/people/collaborators.ts',
      find: 'checkRoom(kernel.limits.collaboratorsPerResource, facts.people.count)',
      replace: 'checkRoom(false, 0)',
    },
    {
      guard: 'the limit of additions in an hour',
      file: 'src/people/collaborators.ts',
      find: 'if (count >= most) {',
      replace: 'if (false) {',
      size: 2000,
    },
    lockOfSqlite,
    locks,
  ],
  meetings,
  round,
})
