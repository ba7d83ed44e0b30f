import type { ErrorCode } from '../errors.ts'

/** Where a right comes from. */
export type Source =
  | { kind: 'owner'; userId: string }
  | { kind: 'admin'; userId: string }
  | { kind: 'visibility'; visibility: 'account' | 'public' }

/** One source that was looked at, what it would give, and why it counts or does not. */
export interface Considered {
  source: Source
  role: string | null
  outcome: 'allowed' | 'denied'
  /**
   * `granted`; `not_the_owner`; `not_an_admin`; `other_tenant`; `private`; `not_in_role` (the role lacks the
   * action); `closed_by_policy`; `closed_by_rule` (public counts as account); `forbidden_by_rule`.
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
    | { kind: 'user'; userId: string }
    | { kind: 'account' }
    | { kind: 'everyone' }
    | { kind: 'link'; linkId: string; name: string | null; visibility: 'public' | 'account' }
  /** `owner`, or a role. */
  role: string
  actions: string[]
  via: 'owner' | 'visibility' | 'link'
}
