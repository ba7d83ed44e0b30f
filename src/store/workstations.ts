import type { Keyset } from '../model/page.ts'
import type { Subject } from '../model/subject.ts'
import type { HeldGrant, ResourceFacts } from './facts.ts'

/** An installation of a person's, as it is stored. One per tenant, person and fingerprint. */
export interface WorkstationFacts {
  id: string
  tenantId: string
  userId: string
  name: string
  fingerprint: string
  lastSeen: Date
  createdAt: Date
}

/** By whose right an edit session was begun. It is judged again at every use. */
export type EditAuthority = 'owner' | 'admin' | 'office' | 'grant' | 'visibility'

/** Why an edit session is over. */
export type EditEndReason = 'ended' | 'expired' | 'right_lost' | 'taken_over' | 'workstation_removed'

/** An edit session as it is stored: at most one of a resource has not ended. */
export interface EditFacts {
  id: string
  tenantId: string
  resourceUid: string
  workstationId: string
  /** The workstation's name when the session was begun. */
  workstationName: string
  userId: string
  /** The tenant of whoever holds it and of the workstation: another than the resource's for a guest. */
  userTenantId: string
  /** From the tenant's counter: higher than that of every session before it. */
  fence: number
  authority: EditAuthority
  /** The user by whose right it was begun, or the grant; empty for a resource that is visible to all. */
  authorityId: string
  startedAt: Date
  expiresAt: Date
  /** Since when the right or the workstation is gone, for a session that nobody has ended yet. */
  lostAt: Date | null
  endedAt: Date | null
  endReason: EditEndReason | null
}

/** A saved state as it is stored, its content aside. */
export interface CheckpointFacts {
  id: string
  tenantId: string
  resourceUid: string
  /** Its place among those of the resource: the newest has the highest. */
  seq: number
  editId: string
  fence: number
  /** Null once the person was forgotten, as the user. */
  workstationId: string | null
  userId: string | null
  /** The length of the content's JSON in UTF-8. */
  bytes: number
  savedAt: Date
  expiresAt: Date
}

/** An edit session with what it stands by. */
export interface HeldEdit {
  edit: EditFacts
  /** The grant by whose right it was begun; null where that has ended or does not reach the resource any more. */
  right: HeldGrant | null
}

/** Of what an edit session's end is written into the history. */
export type EditedResource = Pick<ResourceFacts, 'tenantId' | 'uid' | 'type' | 'id'>

/** What is loaded of workstations beside the anchor. */
export interface WorkstationAsk {
  /** The workstation that a person registered in the anchor's tenant under a fingerprint. */
  registered?: { userId: string; fingerprint: string }
  /** The workstation of this id, if the anchor's tenant is this one. It is locked against its removal. */
  workstation?: { id: string; tenantId: string }
  /** Who edits the anchor's resource. */
  holder?: true
  /** The next number of the tenant's counter. A counter that is made now begins above `from`. */
  fence?: { from: number }
  /** The resource's checkpoints. */
  checkpoints?: true
  /** The workstation that the anchor is at is about to go: with what it edits. The whole tenant is locked. */
  removing?: true
}

/** What was loaded. */
export interface WorkstationSituation {
  /** Of an anchor at a workstation, of `registered`, or of `workstation`. */
  workstation: WorkstationFacts | null
  /** Of an anchor at an edit: that one, ended or not. Of `holder`: the one that has not ended. */
  held: HeldEdit | null
  /** Of `fence`. */
  fence: number
  /** Of `checkpoints`: newest first. */
  checkpoints: CheckpointFacts[]
  /** Of `Ask.member`: what the person registered in the tenant. */
  workstations: WorkstationFacts[]
  /** Of `removing`, and of `Ask.member`: the sessions in the tenant that go with it and have not ended. */
  edits: Array<{ edit: EditFacts; resource: EditedResource }>
}

/** What an edit session can have stood by, where that ends without a write of its own. */
export type LostRight =
  /** This person is no admin any more. */
  | { admin: string }
  /** This person is in this group no more. */
  | { group: Subject; userId: string }
  /** This person has left the tenant. */
  | { userId: string }

/**
 * A write. What has ended stays as it ended. `registered`, `begun` and `saved` give their ids a name, by which they are
 * found without a tenant.
 */
export type WorkstationChange =
  /** Another one of the same tenant, person and fingerprint makes the step run again. */
  | { kind: 'workstation.registered'; workstation: WorkstationFacts }
  /** Its name and when it was last seen. */
  | { kind: 'workstation.seen'; workstation: WorkstationFacts }
  /** What they edit is lost, in other tenants too. */
  | { kind: 'workstations.removed'; ids: string[]; at: Date }
  | { kind: 'edit.begun'; edit: EditFacts }
  | { kind: 'edit.prolonged'; id: string; expiresAt: Date }
  | { kind: 'edits.ended'; ids: string[]; reason: EditEndReason; at: Date }
  /** The sessions by this right are lost. Nothing, where the tables of the module are not there. */
  | { kind: 'edits.lost'; right: LostRight; at: Date }
  | { kind: 'checkpoint.saved'; checkpoint: CheckpointFacts; content: string; dropped: string[] }
  /** A person's name leaves sessions and checkpoints. Nothing, where the tables of the module are not there. */
  | { kind: 'editor.forgotten'; userId: string }

/** Whose workstations, newest first. */
export interface ListWorkstationsRequest extends Keyset {
  /** Null: of every tenant. */
  tenantId: string | null
  /** Null: of everybody there. */
  userId: string | null
}

/** How much a sweep took away. */
export interface WorkstationsSwept {
  checkpoints: number
}

/**
 * What keeps workstations, edit sessions and checkpoints. A store that has it takes `Ask.stations` and every
 * {@link WorkstationChange}. `authority.moved` makes sessions by the former owner's right lost; `authority.joined`
 * takes sessions along; a resource's removal takes its sessions and checkpoints along, a tenant's removal all of its
 * own but the last fence, and it makes its people's sessions in other tenants lost, whether or not the module is used in
 * the process that removes them.
 */
export interface WorkstationVerbs {
  /** Brings the tables of the core and of this part up to date. Any number of processes may call it at once. */
  migrate(): Promise<void>
  /** A workstation by id, in one tenant, or in any where `tenantId` is null. */
  find(tenantId: string | null, id: string): Promise<WorkstationFacts | null>
  /** What a person registered in a tenant under a fingerprint. */
  findByFingerprint(tenantId: string, userId: string, fingerprint: string): Promise<WorkstationFacts | null>
  /** Newest first. One row more than `limit` tells that there is another page. */
  list(request: ListWorkstationsRequest): Promise<WorkstationFacts[]>
  /** Who edits a resource: the session that has not ended. */
  findHeld(tenantId: string, resourceUid: string): Promise<HeldEdit | null>
  /** Newest first. */
  listCheckpoints(tenantId: string, resourceUid: string): Promise<CheckpointFacts[]>
  /** A checkpoint with its content and the resource that it is of, in whichever tenant. */
  findCheckpoint(
    id: string,
  ): Promise<{ checkpoint: CheckpointFacts; content: string; resource: EditedResource } | null>
  /**
   * Sessions of a tenant that have not ended, but whose lease or right has by then: so many at most, and those first
   * whose lease is or was over first.
   */
  overdueEdits(tenantId: string, at: Date, limit: number): Promise<string[]>
  /** Deletes checkpoints that have run out at a moment, and sessions that ended before another. */
  sweep(tenantId: string, at: Date, endedBefore: Date): Promise<WorkstationsSwept>
}
