import { createInvitationTokens } from '../../../src/tokens/invitation.ts'
import { createKeyRing } from '../../../src/tokens/keys.ts'
import type { Campaign } from '../campaign.ts'
import { type Round, raceCampaign } from './arena.ts'
import { type Attempt, call, type Done } from './attempt.ts'
import { lockOfSqlite, locks } from './guards.ts'
import { SECRET } from './host.ts'

const EMAIL = 'invited@example.com'
const invitations = createInvitationTokens(createKeyRing(SECRET), 'shr')

/** Several people for whom the host vouches with the one address that was invited. */
const peopleOf = (tenantId: string) =>
  ['p1', 'p2', 'p3', 'p4'].map((name) => ({ userId: `${name} of ${tenantId}`, tenantId, email: EMAIL }))

async function round(the: Round): Promise<void> {
  const { host, random, race, tenantId, query, violation, calls } = the
  const owner = { userId: `owner of ${tenantId}`, tenantId }
  const ref = { type: 'document', id: `of ${tenantId}` } as const
  await host.resources.register(ref, { tenantId, ownerId: owner.userId })
  const { id } = await host.collaborators.add(owner, ref, { email: EMAIL, role: 'viewer' })
  const token = invitations.mint({ tenantId, id })
  const people = peopleOf(tenantId)
  const attempts = Array.from({ length: calls }, (): Attempt => {
    const person = random.pick(people)
    const kind = random.below(16)
    const expected = [['ok', 'not_found'], 'not_found']
    if (kind < 7) return { call: call('invitations.accept', person, token), expected, note: person.userId }
    if (kind < 13) return { call: call('attach', person, ref), expected }
    return { call: call('invitations.claim', person), expected: ['ok'] }
  })
  const removal = call('collaborators.remove', owner, id)
  const done = await race(attempts, [[{ call: removal, expected: ['ok'], turn: true }]])
  const accepted = new Set(done.filter(isAccepted).map(({ note }) => note))
  if (accepted.size > 1) violation('an invitation was accepted by several people', { people: [...accepted] })
  const rows = await query(
    `select actor_id, target_id from share_audit where tenant_id = '${tenantId}' and action = 'collaborator.claimed'`,
  )
  if (rows.length > 1) violation('a claim was recorded more than once', { rows })
  const [holder] = rows.map((row) => row['actor_id'])
  for (const one of accepted) if (one !== holder) violation('another claim was recorded', { one, holder })
  await checkVisits(the, done)
}

const isAccepted = ({ call: { method }, outcome }: Done): boolean =>
  method === 'invitations.accept' && outcome === 'ok'

/** The views of the resource are those that were acknowledged, each once. */
async function checkVisits({ tenantId, query, violation }: Round, done: readonly Done[]): Promise<void> {
  const told = done.filter(({ call: { method }, outcome }) => method === 'attach' && outcome === 'ok')
  const rows = await query(`select id from share_views where tenant_id = '${tenantId}' and link_id is null`)
  const ids = new Set(rows.map((row) => String(row['id'])))
  const missing = told.filter(({ value }) => !ids.has(String(value))).length
  if (ids.size !== told.length || missing > 0) {
    violation('views are not those that were acknowledged', { told: told.length, rows: ids.size, missing })
  }
}

export const claims: Campaign = raceCampaign({
  name: 'races for an invitation',
  claim: 'one person at the most has an invitation, once, and nobody by it after it was taken back',
  size: { short: 1_000, long: 25_000 },
  controls: [
    {
      guard: 'that what somebody claimed is another’s for everybody else',
      file: 'src/people/invitations.ts',
      find: 'if (grant.subject === user && grant.acceptedAt !== null) {',
      replace: 'if (grant.acceptedAt !== null) {',
    },
    lockOfSqlite,
    locks,
  ],
  round,
})
