import type { Actor } from './actor.ts'
import type { Mode } from './link.ts'
import type { Resource } from './resource.ts'

/**
 * Gives what a resource holds now, as one person may see it: whoever shares it as a snapshot, or forks it. Called
 * outside of any transaction, and only for somebody who may do that.
 */
export type SnapshotHook = (request: {
  resource: Resource
  /** Whose rights the content is read under. */
  actor: Actor
}) => Promise<TakenSnapshot> | TakenSnapshot

/** What a {@link SnapshotHook} gives. */
export interface TakenSnapshot {
  /** The host's name of this state, 1 to 255 characters. */
  revision: string
  /** JSON, of 1 MiB at the most unless `limits.snapshotBytes` says otherwise. What is binary is a reference. */
  content: unknown
}

/** What a {@link ResolveHook} answers for a ref that its reader may not see. */
export interface AccessDenied {
  readonly accessDenied: true
}

/**
 * Gives the data behind a ref of a resource, as its reader may see it, as JSON; or `accessDenied`, which an error of
 * ours such as `forbidden` comes to as well. What JSON has no form for, such as a `Map` or bytes, is an error. Whatever
 * else it throws is told to `onError`, and to nobody else.
 */
export type ResolveHook = (request: {
  /** Of a snapshot with the title that it had then; its traits are those of today. */
  resource: Resource
  /** The host's own name of the data or the asset. */
  ref: string
  /** The reader, or null for nobody: a bearer who is not signed in, or anybody outside of the account. */
  as: Actor | null
  mode: Mode
  /** Of a snapshot: the revision that may be shown, and nothing later. Null in live mode. */
  revision: string | null
  accessDenied: AccessDenied
  /** Aborted when it has taken too long, and nobody waits for it any more. */
  signal: AbortSignal
}) => unknown

/** Makes a copy of a resource for somebody. The library registers what it returns as theirs, private. */
export type ForkHook = (request: {
  /** What is copied: of a snapshot with the title that it had then, and the traits of today. */
  resource: Resource
  /** The snapshot's content, or what the `snapshot` hook gives for this person now; null where there is no such hook. */
  content: unknown
  revision: string | null
  /** Whose copy it is to be. */
  actor: Actor
  /** The same for each try at the same fork: of several, one is to be made. */
  idempotencyKey: string | null
}) => Promise<Forked> | Forked

/** What a {@link ForkHook} made. */
export interface Forked {
  /** The id of the copy, of the same type as what was copied. */
  id: string
  /** The copy's title: that of what was copied, unless given. */
  title?: string | null | undefined
  /** The copy's traits: those of what was copied, beside those that you registered it with, unless given. */
  traits?: readonly string[] | undefined
}

/** What the host does for a type of resource. */
export interface Hooks {
  snapshot?: SnapshotHook
  resolve?: ResolveHook
  fork?: ForkHook
}
