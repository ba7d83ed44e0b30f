import type { Campaign } from '../campaign.ts'
import { type Round, raceCampaign } from './arena.ts'
import { type Attempt, call } from './attempt.ts'
import { lockOfSqlite, lockOfTenant, version } from './guards.ts'
import { dateAt, moment } from './host.ts'
import { acknowledged, checkViews } from './stage.ts'

/** What a policy closes, and which links it keeps from being made. */
const POLICIES = [
  {
    set: { allowPublicShares: false },
    lift: { allowPublicShares: true },
    visibility: 'public',
    open: 'public_shares_disabled',
    create: 'public_shares_disabled',
    refused: "visibility = 'public'",
  },
  {
    set: { requireExpiry: true },
    lift: { requireExpiry: false },
    visibility: 'public',
    open: 'ok',
    create: 'policy_violation',
    refused: 'expires_at is null',
  },
  {
    set: { maxLinkDays: 1 },
    lift: { maxLinkDays: null },
    visibility: 'public',
    open: 'expired',
    create: 'ok',
    refused: '1 = 0',
  },
  {
    set: { allowedEmailDomains: ['acme.example'] },
    lift: { allowedEmailDomains: null },
    visibility: 'account',
    open: 'forbidden',
    create: 'ok',
    refused: '1 = 0',
  },
] as const

async function round(the: Round): Promise<void> {
  const { host, early, random, race, tenantId, query, violation, calls } = the
  const policy = random.pick(POLICIES)
  const owner = { userId: 'owner', tenantId }
  const admin = { userId: 'admin', tenantId, admin: 'tenant' } as const
  const visitor = { actor: { userId: 'reader', tenantId, email: 'reader@elsewhere.example' } }
  const ref = { type: 'document', id: `of ${tenantId}` } as const
  await host.resources.register(ref, { tenantId, ownerId: owner.userId })
  const { visibility } = policy
  // Made two days ago, so that it is over once links may live for one.
  const { id, token } = await early.links.create(owner, ref, { visibility })
  const { pass, viewId } = await host.open(token, visitor)

  const lifted = random.below(2) === 0
  const opening = ['ok', policy.open, 'ok']
  const creating = ['ok', policy.create, 'ok']
  const attempts = Array.from({ length: calls }, (): Attempt => {
    const kind = random.below(16)
    if (kind < 8) return { call: call('open', token, visitor), expected: opening }
    if (kind < 13) return { call: call('resume', pass, visitor), expected: opening }
    if (kind < 15) return { call: call('links.create', owner, ref, { visibility }), expected: creating }
    const expiresAt = dateAt(moment() + 3600e9)
    const allowed = { visibility: 'account', expiresAt } as const
    return { call: call('links.create', owner, ref, allowed), expected: ['ok'] }
  })
  const made = `select count(*) as n from share_grants where tenant_id = '${tenantId}' and ${policy.refused}`
  const set: Attempt[] = [
    { call: call('policies.set', admin, policy.set), expected: ['ok'], turn: true },
    { call: call('query', made), expected: ['ok'], note: 'made' },
  ]
  if (lifted) set.push({ call: call('policies.set', admin, policy.lift), expected: ['ok'], turn: true })
  const other = [{ call: call('policies.set', admin, { allowGuests: true }), expected: ['ok'] }]
  const done = await race(attempts, [set, other])

  const then = Number((done.find(({ note }) => note === 'made')!.value as Array<{ n: unknown }>)[0]!.n)
  const now = Number((await query(made))[0]!['n'])
  if (!lifted && now !== then)
    violation('links were made against a policy that was set', { then, now, policy })
  const expected = { ...(lifted ? policy.lift : policy.set), allowGuests: true }
  const kept = await host.policies.get(owner)
  if (JSON.stringify({ ...kept, ...expected }) !== JSON.stringify(kept)) {
    violation('of two policies that were set at once, one is lost', { expected, kept })
  }
  await checkViews(the, id, [viewId, ...acknowledged(done)])
}

export const policies: Campaign = raceCampaign({
  name: 'races with a policy',
  claim: 'what a policy forbids is neither made nor opened by what begins after it was set',
  size: { short: 1_000, long: 50_000 },
  controls: [
    lockOfTenant,
    version,
    {
      guard: 'the judgement of what the policy closed',
      file: 'src/policy/opening.ts',
      find: 'publicClosedBy(type, resource, policy) !== null',
      replace: 'false',
    },
    lockOfSqlite,
  ],
  round,
})
