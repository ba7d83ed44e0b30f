import type { RefOf, Sharing } from '../api.ts'
import type { Actor } from '../model/actor.ts'
import type { Definitions } from '../model/definition.ts'
import type { Page } from '../model/page.ts'
import { getCheckpoint, listCheckpoints, saveCheckpoint } from './checkpoints.ts'
import { beginEdit, checkFence, currentEdit, takeOverEdit } from './edits.ts'
import { sweep } from './ending.ts'
import { groundOf } from './ground.ts'
import { endEdit, heartbeat } from './holding.ts'
import type {
  BeginEditInput,
  Checkpoint,
  Edit,
  ListWorkstationsInput,
  RegisterWorkstationInput,
  SavedCheckpoint,
  Workstation,
  WorkstationsOptions,
} from './model.ts'
import {
  getByFingerprint,
  getWorkstation,
  listWorkstations,
  registerWorkstation,
  removeWorkstation,
  touchWorkstation,
} from './workstations.ts'

/** Who edits what, one holder at a time. */
export interface EditsApi<D extends Definitions = Definitions> {
  /**
   * Begins to edit a resource, for someone who may `edit` it. Again from the same workstation: the same session, with a
   * new lease.
   *
   * @throws SharingError `conflict` while somebody else edits it, or oneself from another workstation; its
   *   `public.holder` says who, from which workstation, since when, to those who may view the resource.
   */
  begin(actor: Actor, ref: RefOf<D>, input: BeginEditInput): Promise<Edit>
  /**
   * The holder is still there: the lease begins anew.
   *
   * @throws SharingError `conflict` once the session is over; `public.reason` says why.
   */
  heartbeat(actor: Actor, editId: string): Promise<Edit>
  /** The holder is done. What is over already stays so. */
  end(actor: Actor, editId: string): Promise<void>
  /** Who edits it now, or null; for those who may view it, and for its administrators. */
  current(actor: Actor, ref: RefOf<D>): Promise<Edit | null>
  /**
   * Begins to edit in place of whoever does: once their lease is over anyone who may `edit`, before only the resource's
   * owner or an administrator, whose edit stands by their office if they may not edit.
   */
  takeOver(actor: Actor, ref: RefOf<D>, input: BeginEditInput): Promise<Edit>
  /**
   * Whether the session with this fence edits the resource now, by a right that still holds: the authorisation of a
   * write, for the host's own code. It answers for its own moment. So that a write which stalls after it cannot land on
   * a later session's, store the fence beside what is written, and let the write itself refuse one lower than that which
   * is stored. Whoever may view the resource sees the fence: it says which session, not who asks.
   */
  check(ref: RefOf<D>, fence: number): Promise<boolean>
}

/** What was edited so far, kept for when a machine goes away. */
export interface CheckpointsApi<D extends Definitions = Definitions> {
  /**
   * Keeps a state of what is edited, whole or not at all. `content` is JSON.
   *
   * @throws SharingError `conflict` once the session is over; `invalid_input` for what is no JSON, or too long.
   */
  save(actor: Actor, editId: string, content: unknown): Promise<Checkpoint>
  /** Newest first, for those who may `edit` the resource. */
  list(actor: Actor, ref: RefOf<D>): Promise<Checkpoint[]>
  /** With its content, for those who may `edit` the resource. */
  get(actor: Actor, id: string): Promise<SavedCheckpoint>
}

/** Installations of people's own, who edits what from them, and what they saved. Made by `createWorkstations`. */
export interface Workstations<D extends Definitions = Definitions> {
  /** Brings the tables of the core and of this module up to date. `sharing.migrate()` does the same from now on. */
  migrate(): Promise<void>
  /** Notes an installation of the actor's. Again with the same fingerprint: the same one, with the new name. */
  register(actor: Actor, input: RegisterWorkstationInput): Promise<Workstation>
  /** One's own, newest first. With `all`, for an admin: those of the account, or (for a system admin) of all. */
  list(actor: Actor, input?: ListWorkstationsInput): Promise<Page<Workstation>>
  /** One's own, or one that the actor administers. */
  get(actor: Actor, id: string): Promise<Workstation>
  /** The actor's own installation of this fingerprint. */
  getByFingerprint(actor: Actor, fingerprint: string): Promise<Workstation>
  /** The installation is there: sets `lastSeen`. */
  touch(actor: Actor, id: string): Promise<Workstation>
  /** One's own, or for an admin anybody's of the account: with the edit sessions from it. */
  remove(actor: Actor, id: string): Promise<void>
  edits: EditsApi<D>
  checkpoints: CheckpointsApi<D>
}

/**
 * Adds workstations, edit sessions and checkpoints to a host's sharing. They have tables of their own, which
 * `migrate()` makes.
 *
 * @throws SharingError `invalid_input` where the store does not keep them, or no role of a type has the action `edit`.
 *
 * @example
 * ```ts
 * import Database from 'better-sqlite3'
 * import { createSharing } from 'sharegrant'
 * import { sqliteStore } from 'sharegrant/sqlite'
 * import { createWorkstations } from 'sharegrant/workstations'
 *
 * const sharing = createSharing({
 *   store: sqliteStore({ database: new Database(':memory:') }),
 *   secret: 'at least 32 bytes that nobody else knows',
 *   resources: { document: { roles: { viewer: ['view'], editor: ['view', 'edit'] } } },
 * })
 * const workstations = createWorkstations(sharing)
 * await workstations.migrate()
 *
 * const ann = { userId: 'ann', tenantId: 'acme' }
 * const plan = { type: 'document', id: 'plan' } as const
 * await sharing.resources.register(plan, { tenantId: 'acme', ownerId: 'ann' })
 * const laptop = await workstations.register(ann, { name: 'Laptop', fingerprint: 'b1946ac9' })
 * const edit = await workstations.edits.begin(ann, plan, { workstationId: laptop.id })
 * await workstations.checkpoints.save(ann, edit.id, { text: 'so far' })
 * console.assert(await workstations.edits.check(plan, edit.fence))
 * ```
 */
export function createWorkstations<D extends Definitions>(
  sharing: Sharing<D>,
  options: WorkstationsOptions = {},
): Workstations<D> {
  const ground = groundOf(sharing, options)
  ground.kernel.modules.set('workstations', {
    migrate: () => ground.store.migrate(),
    sweep: (tenantId, now) => sweep(ground, tenantId, now),
  })
  return {
    migrate: () => ground.store.migrate(),
    register: (actor, input) => registerWorkstation(ground, actor, input),
    list: (actor, input) => listWorkstations(ground, actor, input),
    get: (actor, id) => getWorkstation(ground, actor, id),
    getByFingerprint: (actor, fingerprint) => getByFingerprint(ground, actor, fingerprint),
    touch: (actor, id) => touchWorkstation(ground, actor, id),
    remove: (actor, id) => removeWorkstation(ground, actor, id),
    edits: {
      begin: (actor, ref, input) => beginEdit(ground, actor, ref, input),
      heartbeat: (actor, id) => heartbeat(ground, actor, id),
      end: (actor, id) => endEdit(ground, actor, id),
      current: (actor, ref) => currentEdit(ground, actor, ref),
      takeOver: (actor, ref, input) => takeOverEdit(ground, actor, ref, input),
      check: (ref, fence) => checkFence(ground, ref, fence),
    },
    checkpoints: {
      save: (actor, editId, content) => saveCheckpoint(ground, actor, editId, content),
      list: (actor, ref) => listCheckpoints(ground, actor, ref),
      get: (actor, id) => getCheckpoint(ground, actor, id),
    },
  }
}
