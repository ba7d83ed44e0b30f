import type { Campaign } from '../campaign.ts'
import { type Round, raceCampaign } from './arena.ts'
import { type Attempt, call, type Done, earlyCall } from './attempt.ts'
import { locks } from './guards.ts'
import { type Meetings, meetEachOther } from './meetings.ts'

const REGISTRATIONS = 100
const EDITORS = 64

interface Edit {
  id: string
  fence: number
  userId: string
}

const ok = (done: readonly Done[]): Done[] => done.filter(({ outcome }) => outcome === 'ok')
const edit = (done: Done): Edit => done.value as Edit

async function round(the: Round): Promise<void> {
  const { host, race, tenantId, violation, query } = the
  await host.stations.migrate()
  const ref = { type: 'draft', id: `of ${tenantId}` } as const
  const owner = { userId: `owner of ${tenantId}`, tenantId }
  await host.resources.register(ref, { tenantId, ownerId: owner.userId })
  await host.collaborators.add(owner, ref, { groupId: 'editors', role: 'editor' })

  const register = (index: number): Attempt => ({
    call: call('stations.register', owner, { name: `machine ${index}`, fingerprint: 'one machine' }),
    expected: ['ok'],
    note: 'register',
  })
  const registered = await race(Array.from({ length: REGISTRATIONS }, (_, index) => register(index)))
  const ids = new Set(registered.map(({ value }) => (value as { id: string } | null)?.id))
  const rows = await query(`select id from share_workstations where tenant_id = '${tenantId}'`)
  if (ids.size !== 1 || rows.length !== 1) {
    violation('one fingerprint is not one workstation', { ids: ids.size, rows: rows.length })
  }

  const people = Array.from({ length: EDITORS }, (_, at) => ({
    userId: `editor${at} of ${tenantId}`,
    tenantId,
    groups: ['editors'],
  }))
  const workstations = new Map<string, string>()
  for (const person of [owner, ...people]) {
    const { id } = await host.stations.register(person, { name: 'a machine', fingerprint: 'one machine' })
    workstations.set(person.userId, id)
  }
  const from = ({ userId }: { userId: string }) => ({ workstationId: workstations.get(userId)! })
  const begin = (person: (typeof people)[number]): Attempt => ({
    call: call('stations.edits.begin', person, ref, from(person)),
    expected: [['ok', 'conflict']],
    note: 'begin',
  })
  const oneHolder = async (done: readonly Done[], what: string): Promise<Edit | null> => {
    const held = ok(done)
    const open = await query(
      `select id from share_edits where tenant_id = '${tenantId}' and ended_at is null`,
    )
    if (held.length !== 1 || open.length !== 1) {
      violation(`${what}: not one holder`, { held: held.length, open: open.length })
    }
    return held[0] === undefined ? null : edit(held[0])
  }
  const first = await oneHolder(await race(people.map(begin)), 'of many who begin')
  if (first === null) return

  // Whoever holds it stalls: its process lives two days behind, and its lease is long over for all others.
  const holder = people.find(({ userId }) => userId === first.userId)!
  await host.stations.edits.end(holder, first.id)
  const [stalled] = await race([
    { call: earlyCall('stations.edits.begin', holder, ref, from(holder)), expected: ['ok'], note: 'stalled' },
  ])
  const others = people.filter((person) => person !== holder)
  const next = await oneHolder(await race(others.map(begin)), 'after one that stalled')
  if (next === null || stalled?.outcome !== 'ok') return
  const late = edit(stalled)
  if (next.fence <= late.fence) violation('a fence went back', { late: late.fence, next: next.fence })
  const checks = await race([
    { call: earlyCall('stations.edits.check', ref, late.fence), expected: ['ok'] },
    { call: call('stations.edits.check', ref, late.fence), expected: ['ok'] },
    { call: earlyCall('stations.edits.heartbeat', holder, late.id), expected: ['conflict'] },
    { call: earlyCall('stations.checkpoints.save', holder, late.id, 'late'), expected: ['conflict'] },
  ])
  for (const { call: asked, value } of checks) {
    if (asked.method === 'stations.edits.check' && value !== false) violation('a late write was let in')
  }

  const takeOvers = Array.from(
    { length: 8 },
    (_, at): Attempt => ({
      call: call('stations.edits.takeOver', { userId: `admin${at}`, tenantId, admin: 'tenant' }, ref, {
        workstationId: workstations.get(`admin${at}`) ?? 'unknown',
      }),
      expected: ['ok'],
    }),
  )
  await contend(the, ref, takeOvers, people.slice(0, 8).map(begin))
}

/** Those who take over, and those who begin beside them: every session has a fence of its own, and one is left. */
async function contend(
  { host, race, tenantId, violation, query }: Round,
  ref: { type: 'draft'; id: string },
  takeOvers: readonly Attempt[],
  begins: readonly Attempt[],
): Promise<void> {
  const ready = await Promise.all(
    takeOvers.map(async (attempt) => {
      const [admin] = attempt.call.args as [{ userId: string; tenantId: string }]
      const { id } = await host.stations.register(admin, { name: 'office', fingerprint: 'office' })
      return { ...attempt, call: { ...attempt.call, args: [admin, ref, { workstationId: id }] } }
    }),
  )
  const done = await race([...ready, ...begins])
  const rows = await query(`select fence, ended_at from share_edits where tenant_id = '${tenantId}'`)
  const fences = rows.map(({ fence }) => Number(fence))
  const open = rows.filter((row) => row['ended_at'] === null)
  if (new Set(fences).size !== fences.length) violation('two sessions have one fence', { fences })
  if (open.length !== 1) violation('after taking over there is not one holder', { open: open.length })
  if (Number(open[0]?.['fence']) !== Math.max(...fences)) violation('the holder has an old fence', { fences })
  const won = ok(done).filter(({ call: { method } }) => method === 'stations.edits.takeOver')
  if (won.length !== takeOvers.length) violation('an administrator could not take over', { won: won.length })
}

function meetings(done: readonly Done[]): Meetings {
  const noted = done.filter(({ note }) => note === 'begin' || note === 'register')
  const [winner] = ok(noted.filter(({ note }) => note === 'begin'))
  return {
    met: meetEachOther(noted, noted),
    after: winner === undefined ? 0 : noted.filter(({ begun }) => begun > winner.ended).length,
  }
}

export const edits: Campaign = raceCampaign({
  name: 'races to edit',
  claim: 'one fingerprint is one workstation, an item has one holder, and a late write has an older fence',
  size: { short: 250, long: 25_000 },
  controls: [
    {
      guard: 'the look at who edits already',
      file: 'src/workstations/edits.ts',
      find: 'throw heldBy(present.edit, arrival.actor, views)',
      replace: 'return begun(arrival, resource, ownRight(arrival, resource)!, present.edit)',
    },
    {
      guard: 'the counter of the account',
      file: 'adapters/sql/workstations/load.ts',
      find: 'row.fence.last + 1',
      replace: 'row.fence.last',
    },
    {
      guard: 'the look at the fence',
      file: 'src/workstations/edits.ts',
      find: 'held === null || held.edit.fence !== fence',
      replace: 'held === null',
    },
    locks,
  ],
  meetings,
  round,
})
