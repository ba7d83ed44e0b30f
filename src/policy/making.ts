import { DAY_MS } from '../clock.ts'
import { SharingError } from '../errors.ts'
import { isPersonal } from '../model/actor.ts'
import { domainOf } from '../model/email.ts'
import type { LinkVisibility } from '../model/link.ts'
import type { Visibility } from '../model/resource.ts'
import type { TenantPolicy } from '../model/tenant-policy.ts'
import type { Audience, ResourceFacts } from '../store/facts.ts'
import { publishRule } from './access.ts'
import { type CompiledType, roleNamed } from './compile.ts'

/** Refuses what may not be made visible so far: the same rules at registration, for visibility and for links. */
export function checkVisibility(
  type: CompiledType,
  resource: Pick<ResourceFacts, 'tenantId' | 'traits'>,
  policy: TenantPolicy,
  visibility: Visibility | LinkVisibility,
): void {
  if (visibility === 'account' && isPersonal(resource.tenantId)) throw new SharingError('account_required')
  if (visibility !== 'public') return
  const against = publishRule(type, resource.traits)
  if (against !== null) throw new SharingError('publish_forbidden', { details: against })
  if (!policy.allowPublicShares) throw new SharingError('public_shares_disabled')
}

/** A link's settings, merged with what it had. */
export interface LinkTerms {
  role: string
  expiresAt: Date | null
  hasPassword: boolean
  audience: Audience | null
  createdAt: Date
}

/** Refuses a role that a link of this type may not carry. */
export function checkLinkRole(type: CompiledType, role: string): void {
  if (type.linkRoles.has(role)) return
  const known = [...type.linkRoles].join(', ')
  throw new SharingError('invalid_role', {
    message: `A link to a ${type.name} carries one of these roles: ${known}.`,
    public: { roles: [...type.linkRoles] },
  })
}

/** Refuses a role that a type does not have. */
export function checkTypeRole(type: CompiledType, role: string): void {
  if (roleNamed(type, role) !== null) return
  const known = type.roles.map(({ name }) => name)
  throw new SharingError('invalid_role', {
    message: `A ${type.name} is shared in one of these roles: ${known.join(', ')}.`,
    public: { roles: known },
  })
}

/** Refuses one more person where as many are named as may be. */
export function checkRoom(most: number | false, named: number): void {
  if (most !== false && named >= most) {
    throw new SharingError('collaborator_limit', { public: { limit: most } })
  }
}

/** The roles that somebody with this one can give: `owner` gives all of them, nobody one above their own. */
export function rolesUpTo(type: CompiledType, own: string | null): string[] {
  const rank = own === 'owner' ? Number.POSITIVE_INFINITY : (roleNamed(type, own)?.rank ?? -1)
  return type.roles.filter((role) => role.rank <= rank).map(({ name }) => name)
}

/** Whether a role stands above one's own. What the type has no name for is nobody's role, and above none. */
export const isAbove = (type: CompiledType, role: string, own: string | null): boolean =>
  type.roles.some(({ name }) => name === role) && !rolesUpTo(type, own).includes(role)

/** Refuses a role above that of whoever gives it. */
export function checkOwnRole(type: CompiledType, own: string | null, role: string): void {
  const known = rolesUpTo(type, own)
  if (known.includes(role)) return
  throw new SharingError('invalid_role', {
    message: `Nobody gives a role above their own. You can give: ${known.join(', ')}.`,
    public: { roles: known },
  })
}

/** Refuses addresses that the account does not share with. */
export function checkInvitedDomain({ allowedEmailDomains }: TenantPolicy, domain: string): void {
  if (allowedEmailDomains !== null && !allowedEmailDomains.includes(domain)) {
    throw foreignDomain(allowedEmailDomains)
  }
}

const foreignDomain = (allowed: readonly string[]): SharingError =>
  violation('allowedEmailDomains', allowed, `The account shares with ${allowed.join(', ')} only.`)

/** Refuses what the account demands of whoever makes or changes a link. */
export function checkPolicy(policy: TenantPolicy, terms: LinkTerms): void {
  if (policy.requireExpiry && terms.expiresAt === null) {
    throw violation('requireExpiry', true, 'The account asks for an expiry: set expiresAt.')
  }
  if (policy.requirePassword && !terms.hasPassword) {
    throw violation('requirePassword', true, 'The account asks for a password: set password.')
  }
  const { maxLinkDays, allowedEmailDomains } = policy
  if (maxLinkDays !== null && terms.expiresAt !== null) {
    if (terms.expiresAt.getTime() > terms.createdAt.getTime() + maxLinkDays * DAY_MS) {
      throw violation(
        'maxLinkDays',
        maxLinkDays,
        `Links of this account end after ${maxLinkDays} days at the latest.`,
      )
    }
  }
  if (allowedEmailDomains !== null && terms.audience !== null) {
    const named = [...(terms.audience.domains ?? []), ...(terms.audience.emails ?? []).map(domainOf)]
    const foreign = named.find((domain) => !allowedEmailDomains.includes(domain))
    if (foreign !== undefined) throw foreignDomain(allowedEmailDomains)
  }
}

function violation(policy: keyof TenantPolicy, value: unknown, message: string): SharingError {
  return new SharingError('policy_violation', { message, public: { policy, value } })
}
