import { DAY_MS } from '../clock.ts'
import type { ErrorCode } from '../errors.ts'
import { type Actor, tenantOf } from '../model/actor.ts'
import { domainOf, emailKey } from '../model/email.ts'
import type { LinkStatus } from '../model/link.ts'
import type { TenantPolicy } from '../model/tenant-policy.ts'
import type { AuthorityFacts, LinkSituation, OpenedLinkFacts } from '../store/facts.ts'
import { mayHaveDomain, publicClosedBy, whyOver } from './access.ts'
import type { CompiledType } from './compile.ts'

/** What somebody brings to a link. */
export interface OpeningRequest {
  actor: Actor | null
  /** `open` spends a view; `resume` follows an opening; `peek` only looks. */
  purpose: 'open' | 'resume' | 'peek'
}

export type OpeningDecision =
  | { outcome: 'refused'; code: ErrorCode }
  | { outcome: 'allowed'; actions: readonly string[]; expiresAt: Date | null; needsPassword: boolean }

/** When a link ends: its own expiry, or earlier where the policy caps its days. */
export function effectiveExpiry(
  link: Pick<OpenedLinkFacts, 'expiresAt' | 'createdAt'>,
  policy: Pick<TenantPolicy, 'maxLinkDays'>,
): Date | null {
  if (policy.maxLinkDays === null) return link.expiresAt
  const capped = new Date(link.createdAt.getTime() + policy.maxLinkDays * DAY_MS)
  return link.expiresAt !== null && link.expiresAt < capped ? link.expiresAt : capped
}

export function statusOf(
  link: Pick<OpenedLinkFacts, 'endedAt' | 'expiresAt' | 'createdAt' | 'maxViews' | 'viewCount' | 'notBefore'>,
  policy: Pick<TenantPolicy, 'maxLinkDays'>,
  now: Date,
): LinkStatus {
  if (link.endedAt !== null) return 'revoked'
  const expiresAt = effectiveExpiry(link, policy)
  if (expiresAt !== null && expiresAt <= now) return 'expired'
  if (link.maxViews !== null && link.viewCount >= link.maxViews) return 'exhausted'
  return link.notBefore !== null && link.notBefore > now ? 'scheduled' : 'active'
}

/**
 * Judges the opening of a link, in the fixed order: what a stranger may learn from a refusal depends on it.
 * Whether the password is right is found out outside, since it takes long.
 */
export function judgeOpening(
  type: CompiledType | undefined,
  situation: LinkSituation | null,
  request: OpeningRequest,
  now: Date,
): OpeningDecision {
  if (situation === null || type === undefined) return refused('not_found')
  const { link, resource, policy, tokenUntil } = situation
  const role = type.roles.find((one) => one.name === link.role)
  // A token that was rotated away is unknown after its grace.
  if (tokenUntil !== null && tokenUntil <= now) return refused('not_found')
  if (role === undefined) return refused('not_found')
  const entitled = entitledActions(type, situation, now)
  if (entitled === null) return refused('not_found')
  if (link.endedAt !== null || (link.notBefore !== null && link.notBefore > now)) return refused('not_found')
  // A role that the host no longer lets links carry, or a rule against viewing, leaves nothing to open.
  const given = type.linkRoles.has(role.name) ? type.left({ link: role }, resource.traits) : []
  const actions = entitled === 'all' ? given : given.filter((action) => entitled.includes(action))
  if (!actions.includes('view')) return refused('not_found')
  const status = statusOf(link, policy, now)
  if (status === 'expired') return refused('expired')
  // What is used up admits nobody new; whoever was let in keeps reading.
  if (status === 'exhausted' && request.purpose !== 'resume') return refused('exhausted')
  if (link.visibility === 'public' && publicClosedBy(type, resource, policy) !== null) {
    return refused('public_shares_disabled')
  }
  if (needsSignIn(link) && request.purpose !== 'peek') {
    if (request.actor === null) return refused('authentication_required')
    if (!isAddressed(situation, request.actor)) return refused('forbidden')
  }
  return {
    outcome: 'allowed',
    actions,
    expiresAt: earliest(effectiveExpiry(link, policy), situation.authority),
    needsPassword: link.passwordHash !== null && request.purpose !== 'resume',
  }
}

/** What decides whether a link's right still holds. */
interface Entitling extends Pick<LinkSituation, 'authority'> {
  link: Pick<OpenedLinkFacts, 'authority' | 'authorityId' | 'visibility'>
  resource: Pick<LinkSituation['resource'], 'ownerId'>
  policy: Pick<TenantPolicy, 'allowedEmailDomains'>
}

const refused = (code: ErrorCode): OpeningDecision => ({ outcome: 'refused', code })

/** What the right by which a link was made gives now, beyond which the link gives nothing; null where it is over. */
export function entitledActions(
  type: CompiledType,
  { link, resource, policy, authority }: Entitling,
  now: Date,
): readonly string[] | 'all' | null {
  if (link.authority === 'admin') return 'all'
  if (link.authority === 'owner') return link.authorityId === resource.ownerId ? 'all' : null
  if (authority === null || authority.endedAt !== null || authority.mode !== 'live') return null
  if (whyOver(authority, now) !== null || !mayHaveDomain(policy, authority.subject)) return null
  const actions = type.roles.find(({ name }) => name === authority.role)?.actions ?? []
  if (!actions.includes('share')) return null
  return link.visibility === 'public' && !actions.includes('publish') ? null : actions
}

/** A pass ends with the grant by whose right its link was made, too. */
function earliest(expiresAt: Date | null, authority: AuthorityFacts | null): Date | null {
  if (authority === null) return expiresAt
  return sooner(sooner(expiresAt, authority.expiresAt), authority.claimableUntil)
}

const sooner = (a: Date | null, b: Date | null): Date | null => (a === null ? b : b === null || a < b ? a : b)

/** Whether a link asks its visitor to sign in. */
export function needsSignIn(link: Pick<OpenedLinkFacts, 'visibility' | 'audience'>): boolean {
  return link.visibility === 'account' || link.audience !== null
}

/** Whether a link that asks for a sign-in is meant for this person. */
function isAddressed({ link, policy }: LinkSituation, actor: Actor): boolean {
  if (link.visibility === 'account' && tenantOf(actor) !== link.tenantId && actor.admin !== 'system')
    return false
  const { audience } = link
  if (audience === null && policy.allowedEmailDomains === null) return true
  const email = actor.email === undefined ? null : emailKey(actor.email)
  if (email === null) return false
  const domain = domainOf(email)
  if (policy.allowedEmailDomains !== null && !policy.allowedEmailDomains.includes(domain)) return false
  if (audience === null) return true
  return (audience.emails?.includes(email) ?? false) || (audience.domains?.includes(domain) ?? false)
}
