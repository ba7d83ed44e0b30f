import type { Campaign } from '../campaign.ts'
import { type Round, raceCampaign } from './arena.ts'
import { type Attempt, type Call, call, type Done, turnsAround } from './attempt.ts'
import { judgementOfEnds, lockOfTenant, looksAtEnds } from './guards.ts'
import { acknowledged, checkViews, setStage } from './stage.ts'
import { openingsOf } from './transfer.ts'

/** Somebody leaves, and what hung on them ends. What their own right does not hold goes on. */
interface Departure {
  /** Whether the link of whoever leaves goes on. */
  stays: boolean
  /** Whether they may go on making links: the library knows no memberships, and whoever the host vouches for may. */
  makes: boolean
  end(tenantId: string, leaver: string): Call
}

const DEPARTURES: readonly Departure[] = [
  { stays: false, makes: true, end: (tenant, leaver) => call('members.remove', tenant, leaver) },
  {
    stays: true,
    makes: false,
    end: (tenant, leaver) => call('members.remove', tenant, leaver, { heir: 'heir' }),
  },
  { stays: false, makes: true, end: (_, leaver) => call('users.forget', leaver) },
  { stays: false, makes: true, end: (tenant) => call('admins.remove', 'admin', tenant) },
  { stays: false, makes: false, end: (tenant) => call('tenants.remove', tenant) },
]

async function round(the: Round): Promise<void> {
  const { host, random, race, tenantId, query, violation, calls } = the
  // With a limit each opening looks first and writes then; without one it may rest on what it remembers.
  const stage = await setStage(the, { maxViews: random.pick([null, 1_000_000]) })
  const { owner, ref } = stage
  const departure = random.pick(DEPARTURES)
  const { stays, makes } = departure
  const end = departure.end(tenantId, owner.userId)
  const admin = { userId: 'admin', tenantId, admin: 'system' } as const
  const made = await host.links.create(admin, ref, { visibility: 'public' })
  const ofAdmin = { ...made, ...(await host.open(made.token)) }
  const adminLeaves = end.method === 'admins.remove'
  const leaver = adminLeaves ? admin : owner
  const link = adminLeaves ? ofAdmin : stage.link
  // An owner who leaves without an heir takes all shares of what they own with them.
  const other = adminLeaves ? stage.link : ofAdmin
  const otherStays = adminLeaves || stays

  const ends = (goesOn: boolean): string[] => (goesOn ? ['ok'] : ['ok', 'not_found'])
  const attempts = Array.from({ length: calls }, (): Attempt => {
    const kind = random.below(16)
    if (kind < 6) return { call: call('open', link.token), expected: ends(stays), note: 'link' }
    if (kind < 10) return { call: call('resume', link.pass), expected: ends(stays) }
    if (kind < 12) return { call: call('open', other.token), expected: ends(otherStays), note: 'other' }
    if (kind < 14) return { call: call('resume', other.pass), expected: ends(otherStays) }
    const making = call('links.create', leaver, ref, { visibility: 'public' })
    return { call: making, expected: ends(makes), note: 'made' }
  })
  const rows = `select count(*) as n from share_views where tenant_id = '${tenantId}' and link_id = '${link.id}'`
  const done = await race(attempts, [
    [
      { call: end, expected: ['ok'], turn: true },
      { call: call('query', rows), expected: ['ok'], note: 'rows' },
    ],
  ])
  const turn = done.find((one) => one.turn)!
  await race(madeBefore(done, turn).flatMap((one) => openingsOf([one], ends(stays).slice(-1))))
  await race(madeAfter(done, turn).flatMap((one) => openingsOf([one])))
  if (!stays) {
    const then = Number((done.find(({ note }) => note === 'rows')!.value as Array<{ n: unknown }>)[0]!.n)
    const now = Number((await query(rows))[0]!['n'])
    if (now !== then) violation(`views were written after ${end.method} returned`, { then, now })
  }
  if (end.method === 'tenants.remove') return checkNothingIsLeft(the)
  await checkViews(the, link.id, [link.viewId, ...acknowledged(done, 'link')])
  await checkViews(the, other.id, [other.viewId, ...acknowledged(done, 'other')])
}

const madeBefore = (done: readonly Done[], turn: Done): Done[] =>
  done.filter((one) => turnsAround(one, [turn]).during === 0)
const madeAfter = (done: readonly Done[], turn: Done): Done[] =>
  done.filter((one) => turnsAround(one, [turn]).before === 1)

async function checkNothingIsLeft({ tenantId, query, violation }: Round): Promise<void> {
  for (const table of ['names', 'resources', 'grants', 'views', 'audit', 'tenants']) {
    const [row] = await query(`select count(*) as n from share_${table} where tenant_id = '${tenantId}'`)
    const left = Number(row!['n'])
    if (left > 0) violation('rows of a removed tenant are left', { table, left })
  }
}

export const departures: Campaign = raceCampaign({
  name: 'races with a departure',
  claim: 'nothing that begins after somebody left opens by their right, and what an heir took over goes on',
  size: { short: 1_000, long: 25_000 },
  controls: [lockOfTenant, judgementOfEnds, ...looksAtEnds],
  round,
})
