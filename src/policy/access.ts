import type { Actor } from '../model/actor.ts'
import { tenantOf } from '../model/actor.ts'
import type { Considered, Decision, Source } from '../model/decision.ts'
import { domainOf } from '../model/email.ts'
import { compareSubjects, idOf, kindOf, subjectsOf } from '../model/subject.ts'
import type { TenantPolicy } from '../model/tenant-policy.ts'
import type { ConditionSpec } from '../store/condition.ts'
import type { AccessSituation, HeldGrant } from '../store/facts.ts'
import { actionsOf, type CompiledType, type Holder, roleOf, ruleAgainst, traitTerms } from './compile.ts'

/** Decides whether somebody may do something with a resource. A person's rights are the union of all sources. */
export function decideAccess(
  type: CompiledType,
  action: string,
  actor: Actor | null,
  situation: AccessSituation | null,
  now: Date,
): Decision {
  const considered: Considered[] = []
  const allowed = new Set<string>()
  let role: string | null = null
  let via: Source | null = null
  if (situation !== null) {
    const { resource, policy } = situation
    for (const candidate of candidates(type, actor, situation, now)) {
      const { source, holder } = candidate
      if (holder === null) {
        considered.push({ source, role: candidate.role, outcome: 'denied', reason: candidate.reason })
        continue
      }
      const name = typeof holder === 'string' ? 'owner' : roleOf(holder).name
      const left = leftOf(type, holder, resource, policy)
      for (const one of left) allowed.add(one)
      role ??= name
      if (left.includes(action)) {
        via ??= source
        considered.push({ source, role: name, outcome: 'allowed', reason: candidate.reason })
      } else {
        considered.push({
          source,
          role: name,
          outcome: 'denied',
          ...whyNot(type, action, holder, resource, policy),
        })
      }
    }
  }
  const actions = type.actions.filter((one) => allowed.has(one))
  // Outside its tenant, what is hidden looks like what does not exist, here too.
  const hidden =
    !allowed.has('view') &&
    via === null &&
    (actor === null || tenantOf(actor) !== situation?.resource.tenantId)
  return {
    allowed: via !== null,
    action,
    role,
    actions,
    via,
    considered: hidden ? [] : considered,
    code: via !== null ? null : allowed.has('view') ? 'forbidden' : 'not_found',
  }
}

/** Whether an action is allowed, without the reasons: what `can` needs, several times cheaper. */
export function mayAct(
  type: CompiledType,
  action: string,
  actor: Actor | null,
  situation: AccessSituation,
  now: Date,
): boolean {
  for (const { holder } of candidates(type, actor, situation, now)) {
    if (holder === null) continue
    if (leftOf(type, holder, situation.resource, situation.policy).includes(action)) return true
  }
  return false
}

/** The one source that gives all of these actions, strongest first: by its right something is made. Null for none. */
export function authorityFor(
  type: CompiledType,
  actions: readonly string[],
  actor: Actor,
  situation: AccessSituation,
  now: Date,
): { source: Source; holder: Holder } | null {
  for (const { source, holder } of candidates(type, actor, situation, now)) {
    if (holder === null) continue
    const left = leftOf(type, holder, situation.resource, situation.policy)
    if (actions.every((action) => left.includes(action))) return { source, holder }
  }
  return null
}

interface Candidate {
  source: Source
  /** Null where the source gives nothing; then `reason` says why. */
  holder: Holder | null
  role: string | null
  reason: string
}

/** Every source of rights, strongest first, with what it gives this actor. */
function candidates(
  type: CompiledType,
  actor: Actor | null,
  { resource, policy, grants }: AccessSituation,
  now: Date,
): Candidate[] {
  const found: Candidate[] = []
  const sameTenant = actor !== null && tenantOf(actor) === resource.tenantId
  if (actor !== null) {
    const owns = actor.userId === resource.ownerId
    found.push({
      source: { kind: 'owner', userId: actor.userId },
      holder: owns && sameTenant ? 'owner' : null,
      role: null,
      reason: owns ? (sameTenant ? 'granted' : 'other_tenant') : 'not_the_owner',
    })
    if (actor.admin !== undefined) {
      found.push({
        source: { kind: 'admin', userId: actor.userId },
        holder: actor.admin === 'system' ? 'admin' : null,
        role: null,
        reason: actor.admin === 'system' ? 'granted' : 'not_an_admin',
      })
    }
    if (grants.length > 0) found.push(...byGrants(type, sameTenant, policy, grants, now))
  }
  if (resource.visibility === 'private') return found
  const closed = resource.visibility === 'public' ? publicClosedBy(type, resource, policy) : null
  const open = resource.visibility === 'public' && closed === null
  found.push({
    source: { kind: 'visibility', visibility: open ? 'public' : 'account' },
    holder: open || sameTenant ? { visible: type.roles[0]! } : null,
    role: null,
    reason: open || sameTenant ? 'granted' : (closed ?? 'other_tenant'),
  })
  return found
}

/** What an actor was given, the strongest role first; of the same role, what was given on the resource itself. */
function byGrants(
  type: CompiledType,
  sameTenant: boolean,
  policy: AccessSituation['policy'],
  grants: readonly HeldGrant[],
  now: Date,
): Candidate[] {
  const ranked = grants.map((grant) => ({ grant, role: type.roles.find(({ name }) => name === grant.role) }))
  if (ranked.length > 1) {
    ranked.sort((a, b) => (b.role?.rank ?? -1) - (a.role?.rank ?? -1) || compareGrants(a.grant, b.grant))
  }
  return ranked.map(({ grant, role }) => {
    const against =
      grantAgainst(grant, sameTenant, policy, now) ?? (role === undefined ? 'unknown_role' : null)
    return {
      source: { kind: 'grant', grantId: grant.id, grantee: kindOf(grant.subject), above: grant.above },
      holder: against !== null ? null : sameTenant ? role! : { guest: role! },
      role: grant.role,
      reason: against ?? 'granted',
    }
  })
}

/** The same on every store, and each time: an id tells nothing that anybody could expect. */
function compareGrants(a: HeldGrant, b: HeldGrant): number {
  const above = ({ above: ref }: HeldGrant): string => (ref === null ? '' : `${ref.type} ${ref.id}`)
  const [of, to] = [above(a), above(b)]
  if (of !== to) return of < to ? -1 : 1
  // What is live comes before what was.
  return compareSubjects(a.subject, b.subject) || (a.mode < b.mode ? -1 : 1)
}

/** Why a grant gives its holder nothing, or null. */
function grantAgainst(
  grant: Pick<HeldGrant, 'subject' | 'mode' | 'expiresAt' | 'claimableUntil'>,
  sameTenant: boolean,
  policy: AccessSituation['policy'],
  now: Date,
): string | null {
  const here = whyNotHere(grant, sameTenant, policy)
  if (here !== null) return here
  const over = whyOver(grant, now)
  if (over !== null) return over
  return grant.mode === 'snapshot' ? 'snapshot_only' : null
}

/** Why a grant gives nothing to whoever acts in this tenant or outside of it, or null. */
export function whyNotHere(
  { subject }: Pick<HeldGrant, 'subject'>,
  sameTenant: boolean,
  policy: AccessSituation['policy'],
): 'not_for_groups' | 'guests_not_allowed' | 'domain_not_allowed' | null {
  if (!sameTenant && kindOf(subject) === 'group') return 'not_for_groups'
  if (!sameTenant && !policy.allowGuests) return 'guests_not_allowed'
  return mayHaveDomain(policy, subject) ? null : 'domain_not_allowed'
}

/** Whether an account shares with the address that something was given to: its policy may have changed since. */
export const mayHaveDomain = (
  { allowedEmailDomains: allowed }: Pick<TenantPolicy, 'allowedEmailDomains'>,
  subject: string,
): boolean => allowed === null || kindOf(subject) !== 'email' || allowed.includes(domainOf(idOf(subject)))

/** Why a grant is over, or null. */
export function whyOver(
  grant: Pick<HeldGrant, 'expiresAt' | 'claimableUntil'>,
  now: Date,
): 'grant_expired' | 'invitation_expired' | null {
  if (grant.expiresAt !== null && grant.expiresAt <= now) return 'grant_expired'
  return grant.claimableUntil !== null && grant.claimableUntil <= now ? 'invitation_expired' : null
}

/** Why something public counts as `account`, or null if it is open to everyone. */
export function publicClosedBy(
  type: CompiledType,
  resource: { traits: readonly string[] },
  policy: Pick<TenantPolicy, 'allowPublicShares'>,
): 'closed_by_policy' | 'closed_by_rule' | null {
  if (!policy.allowPublicShares) return 'closed_by_policy'
  return publishRule(type, resource.traits) === null ? null : 'closed_by_rule'
}

/** The rule that forbids making it public, whoever asks: `exceptOwner` gives the owner no public of their own. */
export function publishRule(type: CompiledType, traits: readonly string[]): ReturnType<typeof ruleAgainst> {
  return ruleAgainst(type.rules, 'publish', traits, false)
}

/** What is left to a holder: rules count, and so does the policy for `publish`. */
function leftOf(
  type: CompiledType,
  holder: Holder,
  resource: AccessSituation['resource'],
  policy: AccessSituation['policy'],
): readonly string[] {
  const left = type.left(holder, resource.traits)
  if (!left.includes('publish') || publicClosedBy(type, resource, policy) === null) return left
  return left.filter((action) => action !== 'publish')
}

function whyNot(
  type: CompiledType,
  action: string,
  holder: Holder,
  resource: AccessSituation['resource'],
  policy: AccessSituation['policy'],
): Pick<Considered, 'reason' | 'rule'> {
  const against =
    ruleAgainst(type.rules, action, resource.traits, holder === 'owner') ??
    (action === 'publish' ? publishRule(type, resource.traits) : null)
  if (typeof holder !== 'string' && !actionsOf(holder).includes(action)) return { reason: 'not_in_role' }
  if (against === null) {
    return { reason: action === 'publish' && !policy.allowPublicShares ? 'closed_by_policy' : 'not_in_role' }
  }
  const { index, rule } = against
  return {
    reason: 'forbidden_by_rule',
    rule: {
      index,
      ...(rule.when === undefined ? {} : { when: rule.when }),
      ...(rule.unless === undefined ? {} : { unless: rule.unless }),
    },
  }
}

/** The same rule as {@link mayAct}, as terms for the actor's own tenant. */
export function accessTerms(
  type: CompiledType,
  action: string,
  actor: Actor,
): Pick<ConditionSpec, 'owned' | 'given' | 'visible' | 'needsPublicShares'> {
  const publish = action === 'publish'
  // For `publish` the owner's exception does not hold: see publishRule.
  const ownerTerms = traitTerms(type, action, !publish)
  const terms = traitTerms(type, action, false)
  const owned = ownerTerms === null ? null : { ownerId: actor.userId, traits: ownerTerms }
  const roles = type.roles.filter((role) => actionsOf(role).includes(action)).map(({ name }) => name)
  const { user, email, groups } = subjectsOf(actor)
  const subjects = [user, ...(email === null ? [] : [email]), ...groups]
  const address = email === null ? null : { subject: email, domain: domainOf(idOf(email)) }
  const given = terms === null || roles.length === 0 ? null : { subjects, address, roles, traits: terms }
  let visible: ConditionSpec['visible'] = null
  if (terms !== null && actor.admin === 'system') {
    visible = { visibilities: ['private', 'account', 'public'], traits: terms }
  } else if (terms !== null && actionsOf({ visible: type.roles[0]! }).includes(action)) {
    visible = { visibilities: ['account', 'public'], traits: terms }
  }
  return { owned, given, visible, needsPublicShares: publish }
}
