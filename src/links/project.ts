import { hostTenant } from '../model/actor.ts'
import type { ShareLink } from '../model/link.ts'
import type { TenantPolicy } from '../model/tenant-policy.ts'
import { effectiveExpiry, statusOf } from '../policy/opening.ts'
import { namedSnapshot } from '../snapshots/naming.ts'
import type { LinkFacts, ResourceFacts } from '../store/facts.ts'

/** A link as those see it who manage it: no token, no hash. */
export function shareLink(
  link: LinkFacts,
  resource: Pick<ResourceFacts, 'type' | 'id'>,
  policy: Pick<TenantPolicy, 'maxLinkDays'>,
  now: Date,
): ShareLink {
  const status = statusOf(link, policy, now)
  return {
    id: link.id,
    resource: { type: resource.type, id: resource.id },
    tenantId: hostTenant(link.tenantId),
    name: link.name,
    visibility: link.visibility,
    role: link.role,
    mode: link.mode,
    snapshot: namedSnapshot(link),
    createdBy: link.createdBy,
    createdAt: link.createdAt,
    updatedAt: link.updatedAt,
    expiresAt: effectiveExpiry(link, policy),
    notBefore: link.notBefore,
    maxViews: link.maxViews,
    hasPassword: link.passwordHash !== null,
    emails: link.audience?.emails ?? null,
    domains: link.audience?.domains ?? null,
    viewCount: link.viewCount,
    lastViewedAt: link.lastViewedAt,
    isActive: status === 'active',
    status,
  }
}
