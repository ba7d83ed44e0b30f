import type { ForgetUserInput, RemoveMemberInput } from './model/leaving.ts'

/** People of an account, as the host tells of them. */
export interface MembersApi {
  /**
   * A person leaves a tenant: what they were given there ends, the links they made, and all shares of what they own,
   * unless an heir takes the resources over with their shares. People whom they added to others' resources stay.
   * What was given to an address and not claimed ends where the address is known to be theirs: by `email`, or from
   * what they claimed in the tenant.
   */
  remove(tenantId: string, userId: string, options?: RemoveMemberInput): Promise<void>
}

/** Groups of an account, as the host tells of them. */
export interface GroupsApi {
  /** Somebody is in a group no more: the links that they made by right of what it was given end. */
  removeMember(tenantId: string, groupId: string, userId: string): Promise<void>
}

/** Administrators, of an account or of the whole system. */
export interface AdminsApi {
  /** Somebody is no admin any more, of a tenant or (null) of the system: the links made by that right end. */
  remove(userId: string, tenantId: string | null): Promise<void>
}

/** People, whichever accounts they are in. */
export interface UsersApi {
  /**
   * The account is gone: as `members.remove` everywhere, and their views stay counted without them. Their `email`
   * leaves what was given to it, too.
   */
  forget(userId: string, options?: ForgetUserInput): Promise<void>
}

/** Accounts, as the host tells of them. */
export interface TenantsApi {
  /** Removes a tenant with all that it has, its audit too. */
  remove(tenantId: string): Promise<void>
}
