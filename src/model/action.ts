/**
 * The actions that every type has beside its own: `view`; `share` (links, people, visibility); `publish`
 * (making it public, on top of `share`); `transfer`; `remove`; `history` (the audit).
 */
export const BUILT_IN_ACTIONS = ['view', 'share', 'publish', 'transfer', 'remove', 'history'] as const

/** The name of a built-in action. */
export type ActionName = (typeof BUILT_IN_ACTIONS)[number]
