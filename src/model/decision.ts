import type { ErrorCode } from '../errors.ts'
import type { ResourceRef } from './resource.ts'

/** Where a right comes from. */
export type Source =
  | { kind: 'owner'; userId: string }
  | { kind: 'admin'; userId: string }
  /** `above` names what it was given on, where that is not the resource itself. */
  | { kind: 'grant'; grantId: string; grantee: 'user' | 'email' | 'group'; above: ResourceRef | null }
  | { kind: 'visibility'; visibility: 'account' | 'public' }

/** One source that was looked at, what it would give, and why it counts or does not. */
export interface Considered {
  source: Source
  role: string | null
  outcome: 'allowed' | 'denied'
  /**
   * `granted`; `not_the_owner`; `not_an_admin`; `other_tenant`; `guests_not_allowed` (a grant in a tenant whose
   * policy lets nobody in from outside); `not_for_groups` (a group's grant, outside its tenant); `grant_expired`;
   * `invitation_expired`; `domain_not_allowed` (an address in a domain that the policy does not share with);
   * `snapshot_only`; `unknown_role` (the type has no role of this name); `not_in_role` (the
   * role lacks the action); `closed_by_policy`; `closed_by_rule` (public counts as account); `forbidden_by_rule`.
   */
  reason: string
  /** The rule that took the action away: its place in `rules`, and the rule. */
  rule?: { index: number; when?: string; unless?: string }
}

/** What somebody may do with a resource, and why. */
export interface Decision {
  allowed: boolean
  action: string
  /** The strongest role, `owner` for its owner and system admins, or null for none. */
  role: string | null
  /** Everything that is allowed, whichever action was asked for. */
  actions: string[]
  /** What allowed it, or null. */
  via: Source | null
  considered: Considered[]
  /** Why it is denied, or null. `not_found` for whoever may not view the resource. */
  code: ErrorCode | null
}

/** Somebody, or a group of people, who can do something with a resource, and through what. */
export interface AccessEntry {
  who:
    | { kind: 'user'; userId: string; email?: string }
    | { kind: 'email'; email: string }
    | { kind: 'group'; groupId: string }
    | { kind: 'account' }
    | { kind: 'everyone' }
    | { kind: 'link'; linkId: string; name: string | null; visibility: 'public' | 'account' }
  /** `owner`, or a role. */
  role: string
  actions: string[]
  via: 'owner' | 'grant' | 'visibility' | 'link'
  /** The grant, where it is by one. */
  grantId?: string
  /** What the grant was given on, where that lies above the resource. */
  above?: ResourceRef
  mode: 'live' | 'snapshot'
}
