import type { ParsedSettings } from '../model/link.ts'
import type { Audience, LinkFacts } from '../store/facts.ts'

/** Whom a link is addressed to, after an update of what it had. */
export function audienceOf(settings: ParsedSettings, had: Audience | null): Audience | null {
  const emails = settings.emails === undefined ? (had?.emails ?? null) : settings.emails
  const domains = settings.domains === undefined ? (had?.domains ?? null) : settings.domains
  return emails === null && domains === null ? null : { emails, domains }
}

/** What the audit records of a link's settings: that there is a password, never which. */
export function auditedLink(link: LinkFacts): Record<string, unknown> {
  return {
    name: link.name,
    role: link.role,
    expiresAt: link.expiresAt,
    notBefore: link.notBefore,
    maxViews: link.maxViews,
    hasPassword: link.passwordHash !== null,
    passwordVersion: link.passwordVersion,
    emails: link.audience?.emails ?? null,
    domains: link.audience?.domains ?? null,
  }
}

/** All that is recorded of a link as a whole, at its creation and when it is removed. */
export function auditedWhole(link: LinkFacts): Record<string, unknown> {
  const { visibility, mode, createdBy, createdAt, endedAt, viewCount } = link
  return { ...auditedLink(link), visibility, mode, createdBy, createdAt, endedAt, viewCount }
}
