/** What is known of whoever leaves a tenant. */
export interface RemoveMemberInput extends ForgetUserInput {
  /** Who takes over what they own. */
  heir?: string | undefined
}

/** What is known of whoever is gone. */
export interface ForgetUserInput {
  /** Their verified address: what was given to it and that they have not claimed ends, too. */
  email?: string | undefined
}
