import type { LinkVisibility, Mode } from './link.ts'
import type { ResourceRef } from './resource.ts'

/** What whoever opened a link, or attached, gets to know, and no more: no tenant, owner, maker or counts. */
export interface OpenedShare {
  resource: ResourceRef & { title: string | null }
  /** Null for whoever attached by a right of their own. */
  link: { name: string | null; visibility: LinkVisibility; expiresAt: Date | null } | null
  role: string
  actions: string[]
  mode: Mode
  snapshot: { revision: string; content: unknown; takenAt: Date } | null
  viewId: string
  /** Given back to `resume` by the same reader: 24 hours, never past the expiry of the link or the grant. */
  pass: string
  passExpiresAt: Date
}

/** What a landing page may show before anything is spent. */
export interface LinkPreview {
  /** Only when nothing is needed. */
  title: string | null
  visibility: LinkVisibility
  /** `confirmation`: openings are counted, so a person should click first. */
  needs: Array<'signin' | 'password' | 'confirmation'>
}
