import type { Actor } from '../model/actor.ts'
import { tenantOf } from '../model/actor.ts'
import type { Considered, Decision, Source } from '../model/decision.ts'
import type { TenantPolicy } from '../model/tenant-policy.ts'
import type { ConditionSpec } from '../store/condition.ts'
import type { AccessSituation } from '../store/facts.ts'
import { actionsOf, type CompiledType, type Holder, roleOf, ruleAgainst, traitTerms } from './compile.ts'

/** Decides whether somebody may do something with a resource. A person's rights are the union of all sources. */
export function decideAccess(
  type: CompiledType,
  action: string,
  actor: Actor | null,
  situation: AccessSituation | null,
): Decision {
  const considered: Considered[] = []
  const allowed = new Set<string>()
  let role: string | null = null
  let via: Source | null = null
  if (situation !== null) {
    const { resource, policy } = situation
    for (const candidate of candidates(type, actor, resource, policy)) {
      const { source, holder } = candidate
      if (holder === null) {
        considered.push({ source, role: null, outcome: 'denied', reason: candidate.reason })
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
  { resource, policy }: AccessSituation,
): boolean {
  for (const { holder } of candidates(type, actor, resource, policy)) {
    if (holder !== null && leftOf(type, holder, resource, policy).includes(action)) return true
  }
  return false
}

interface Candidate {
  source: Source
  holder: Holder | null
  reason: string
}

/** Every source of rights, strongest first, with what it gives this actor. */
function candidates(
  type: CompiledType,
  actor: Actor | null,
  resource: AccessSituation['resource'],
  policy: AccessSituation['policy'],
): Candidate[] {
  const found: Candidate[] = []
  const sameTenant = actor !== null && tenantOf(actor) === resource.tenantId
  if (actor !== null) {
    const owns = actor.userId === resource.ownerId
    found.push({
      source: { kind: 'owner', userId: actor.userId },
      holder: owns && sameTenant ? 'owner' : null,
      reason: owns ? (sameTenant ? 'granted' : 'other_tenant') : 'not_the_owner',
    })
    if (actor.admin !== undefined) {
      found.push({
        source: { kind: 'admin', userId: actor.userId },
        holder: actor.admin === 'system' ? 'admin' : null,
        reason: actor.admin === 'system' ? 'granted' : 'not_an_admin',
      })
    }
  }
  if (resource.visibility === 'private') return found
  const closed = resource.visibility === 'public' ? publicClosedBy(type, resource, policy) : null
  const open = resource.visibility === 'public' && closed === null
  found.push({
    source: { kind: 'visibility', visibility: open ? 'public' : 'account' },
    holder: open || sameTenant ? { visible: type.roles[0]! } : null,
    reason: open || sameTenant ? 'granted' : (closed ?? 'other_tenant'),
  })
  return found
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
): Pick<ConditionSpec, 'owned' | 'visible' | 'needsPublicShares'> {
  const publish = action === 'publish'
  // For `publish` the owner's exception does not hold: see publishRule.
  const ownerTerms = traitTerms(type, action, !publish)
  const terms = traitTerms(type, action, false)
  const owned = ownerTerms === null ? null : { ownerId: actor.userId, traits: ownerTerms }
  let visible: ConditionSpec['visible'] = null
  if (terms !== null && actor.admin === 'system') {
    visible = { visibilities: ['private', 'account', 'public'], traits: terms }
  } else if (terms !== null && actionsOf({ visible: type.roles[0]! }).includes(action)) {
    visible = { visibilities: ['account', 'public'], traits: terms }
  }
  return { owned, visible, needsPublicShares: publish }
}
