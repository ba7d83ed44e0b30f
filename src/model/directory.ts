/** A person as the host knows them. */
export interface DirectoryUser {
  id: string
  name?: string | null | undefined
  email?: string | null | undefined
  avatarUrl?: string | null | undefined
}

/**
 * The host's users. It is asked when a notification goes out, never when somebody is added: whether an address
 * belongs to anybody shows in no answer and in no statement.
 */
export interface Directory {
  /** Whose address this is; null for nobody's. */
  findUserByEmail(email: string): Promise<DirectoryUser | null>
  /** Who these are, for mails and dialogs, in any order. Unknown ids are left out. */
  describeUsers(ids: readonly string[]): Promise<readonly DirectoryUser[]>
}
