import type { AuditAction, AuditEvent } from '../model/audit.ts'
import type { ResourceRef } from '../model/resource.ts'
import type { Subject, Subjects } from '../model/subject.ts'
import type { TenantPolicy } from '../model/tenant-policy.ts'
import type {
  EndReason,
  GrantFacts,
  HeldGrant,
  LinkFacts,
  RequestFacts,
  ResourceFacts,
  SnapshotFacts,
} from './facts.ts'
import type { NewMessage } from './message.ts'
import type { WorkstationAsk, WorkstationChange, WorkstationSituation } from './workstations.ts'

/** What a change is about. The store resolves it to a tenant, and locks it against every other change. */
export type Anchor =
  /** A resource that is about to be registered: its tenant's row is made if it does not exist. */
  | { at: 'registration'; ref: ResourceRef; tenantId: string }
  /**
   * A registered resource. With a `tenantId` one of another tenant is not there; without, any is found. Where none is,
   * the tenant is that one, or `otherwise`.
   */
  | { at: 'resource'; ref: ResourceRef; tenantId: string | null; otherwise?: string }
  /** A link, and its resource. `tenantId` as above. */
  | { at: 'link'; id: string; tenantId: string | null }
  /** What a person or a group was given, and its resource. `tenantId` as above. */
  | { at: 'grant'; id: string; tenantId: string | null }
  /** A request for access, and its resource. `tenantId` as above. */
  | { at: 'request'; id: string; tenantId: string | null }
  /** A workstation. With a `tenantId` one of another tenant is not there. */
  | { at: 'workstation'; id: string; tenantId: string | null }
  /** An edit session, and its resource, in whichever tenant. */
  | { at: 'edit'; id: string }
  /** What is a person's own in a tenant, and nothing else. The tenant's row is made if it does not exist. */
  | { at: 'person'; tenantId: string }
  /** What somebody spends of a limit in a tenant, and nothing else. The tenant's row is made if it does not exist. */
  | { at: 'counter'; tenantId: string }
  /** A tenant as a whole: nothing else changes in it meanwhile. Its row is made if it does not exist. */
  | { at: 'tenant'; tenantId: string }

/** What is to be loaded beside the anchor. */
export interface Ask {
  /** A parent to be. The whole tenant is locked, so that no two re-parentings make a circle together. */
  parent?: ResourceRef
  /**
   * The resource is about to leave its place. The whole tenant is locked, so that nothing is made meanwhile by right
   * of what lies above.
   */
  moves?: boolean
  /** Who acts: what they were given on the anchor's resource and above it. */
  actor?: Subjects
  /** What was given on the anchor's resource to any of these, and how many people have something at this moment. */
  people?: { subjects: readonly Subject[]; addressKey: string | null; at: Date }
  /** With `people`, of an anchor at a request: what was given to whoever asks, too. */
  asker?: boolean
  /** The open request of this user for the anchor's resource. */
  asked?: string
  /** The active links that were made by right of the anchor's grant, and of those of `people` or of `invited`. */
  linksUnder?: boolean
  /** Of `Counter.kind`, under this key: how much was spent lately. */
  counter?: Pick<Counter, 'kind' | 'key'>
  /** What was given to an address and not claimed, and what its person was given on the same resources. */
  invited?: { email: Subject; user: Subject }
  /** The active links that a user made by right of what this group was given. */
  groupMember?: { group: Subject; userId: string }
  /** A share or a copy that waits for the host: whether it is still to be made. */
  begun?: Begun
  /** A fork by its key: what was made under it, or who is at it. */
  fork?: string
  /** Everything that hangs on a person in the anchor's tenant. */
  member?: string
  /** With `member`: an address that is known to be theirs. */
  memberAddress?: Subject | null
  /** The active links that were made by right of this user being an admin. */
  admin?: string
  /** Of workstations, in a store that has them. */
  stations?: WorkstationAsk
}

/** One fixed situation, loaded under lock. */
export interface Facts {
  tenantId: string
  policy: TenantPolicy
  resource: ResourceFacts | null
  /** Whether a ref that is to be registered is another tenant's. */
  taken: boolean
  link: LinkFacts | null
  /** Of an anchor at a grant. */
  grant: GrantFacts | null
  /** Of an anchor at a request. */
  request: RequestFacts | null
  /** Of `Ask.asked`; null where none is open. */
  asked: RequestFacts | null
  /** Of `Ask.actor`. */
  grants: readonly HeldGrant[]
  /** Of `Ask.people`: oldest first. */
  people: { count: number; found: GrantFacts[] }
  /** Of `Ask.counter`; null where nothing was spent yet. */
  counter: Counter | null
  /** Of `Ask.begun`; false where none was asked for. */
  begun: boolean
  /**
   * Of `Ask.fork`: the copy, or until when somebody has it for themselves to make; null where nobody has begun, or the
   * copy is gone.
   */
  fork: { made: ResourceFacts | null; until: Date | null } | null
  /** Of `Ask.moves`: what lies above the resource, and the active links at or below it by right of a grant. */
  moving: { above: ReadonlySet<string>; links: LinkUnder[] } | null
  parent: { resource: ResourceFacts; ancestors: ReadonlySet<string> } | null
  /**
   * Of `Ask.member`: active links made by the person or on what they own. Of `Ask.admin`, `Ask.linksUnder` and
   * `Ask.groupMember`: as they say.
   */
  links: Array<{ link: LinkFacts; resource: ResourceFacts }>
  /** Of `Ask.member`: what the person owns. */
  owned: ResourceFacts[]
  /**
   * Of `Ask.member`: what the person was given, also by an address of theirs (that of the ask, and those that they
   * have claimed something by in this tenant), and what anybody was given on what they own. Of `Ask.invited`: as it says.
   */
  given: Array<{ grant: GrantFacts; resource: ResourceFacts }>
  /** Of `Ask.stations` and `Ask.member`; null or left out where a store has no workstations, or the module is not used. */
  stations?: WorkstationSituation | null
}

/** A link that was made by right of a grant, and the registration that this was given on. */
export interface LinkUnder {
  link: LinkFacts
  resource: ResourceFacts
  authorityUid: string
}

/** A share or a copy that somebody has begun, and that is made in a later step: the host is asked in between. */
export interface Begun {
  id: string
  /** Who makes it, and whom it is for. */
  of: readonly Subject[]
}

/** How much of a limit was spent in a window that began at a moment. */
export interface Counter {
  kind: 'invitations' | 'emails' | 'requests'
  key: string
  since: Date
  count: number
}

/** A write. The union is closed: a store knows every kind. */
export type Change =
  | WorkstationChange
  | { kind: 'resource.created'; resource: ResourceFacts }
  | { kind: 'resource.updated'; resource: ResourceFacts }
  /** With all that hangs on it; what is too much for one step is out of reach at once and goes by `purgeSlice`. */
  | { kind: 'resource.removed'; uid: string; ref: ResourceRef; at: Date }
  /** The links of this resource that were made by its owner's right are by this person's from now on. */
  | { kind: 'authority.moved'; resourceUid: string; to: string; at: Date }
  /** An imported token's hash stays taken when it ends, so that it never opens anything else while its tenant exists. */
  | { kind: 'link.created'; link: LinkFacts; imported?: boolean }
  | { kind: 'link.updated'; link: LinkFacts }
  /** The link's hash and sealed token are the new ones. The old one lives until `graceUntil`; null ends all old ones. */
  | { kind: 'link.rotated'; link: LinkFacts; graceUntil: Date | null }
  | { kind: 'links.ended'; ids: string[]; reason: EndReason; at: Date }
  | { kind: 'link.removed'; id: string; at: Date }
  | { kind: 'grant.created'; grant: GrantFacts; resource: Pick<ResourceFacts, 'type' | 'createdAt'> }
  | { kind: 'grant.updated'; grant: GrantFacts }
  /** What was given to an address is its person's from now on. It may have ended: then it only says who claimed it. */
  | { kind: 'grant.claimed'; id: string; userId: string; at: Date }
  /** The grant is made, or (`again`) the one that goes on is changed: by the same statements. */
  | {
      kind: 'grant.given'
      grant: GrantFacts
      again: boolean
      resource: Pick<ResourceFacts, 'type' | 'createdAt'>
    }
  | { kind: 'grants.ended'; ids: string[]; reason: EndReason; at: Date }
  /** What was made by right of one grant is by right of another from now on; or what was made by it on one resource, of its owner. */
  | {
      kind: 'authority.joined'
      from: string
      to: { grant: string } | { owner: string; resourceUid: string }
      at: Date
    }
  /** Stored once: where it is there already, by its id, nothing changes. */
  | { kind: 'snapshot.stored'; snapshot: SnapshotFacts }
  /** It stays at least until then, whether a grant names it or not. An empty id: nothing, by the same statement. */
  | { kind: 'snapshot.kept'; id: string; until: Date }
  /** Swept after `until`, if nothing comes of it. */
  | { kind: 'begun.begun'; begun: Begun; until: Date }
  | { kind: 'begun.ended'; begun: Begun }
  /** The host says that these may do no more what they did: of what is begun by or for them in the tenant nothing comes. */
  | { kind: 'begun.dropped'; subjects: readonly Subject[] }
  /** Somebody has a fork for themselves to make: the first under its key, or (`again`) after another was given up. */
  | { kind: 'fork.begun'; key: string; until: Date; again: boolean }
  | { kind: 'fork.made'; key: string; uid: string }
  /** Of whoever had it until then, and of nobody else. */
  | { kind: 'fork.given_up'; key: string; until: Date }
  | { kind: 'counter.set'; counter: Counter }
  /** Any number, also none: the same statements in either case. */
  | { kind: 'requests.created'; requests: RequestFacts[] }
  /** Answered. One that was answered before stays as it is. */
  | { kind: 'request.answered'; request: RequestFacts }
  /** A person's open requests in the tenant go; with `answered` all of them. */
  | { kind: 'requests.withdrawn'; userId: string; answered: boolean }
  | { kind: 'policy.set'; policy: TenantPolicy; at: Date }
  /**
   * Their views are nobody's, and the addresses leave the grants that they claimed, ended ones too. So do these
   * addresses of theirs leave what nobody claimed, which is the person's then.
   */
  | { kind: 'viewer.forgotten'; userId: string; visitor: string; addresses: Subject[] }
  | { kind: 'tenant.removed' }

/** An event as it is written: the store gives it the next place in its resource's history. */
export interface NewAuditEvent extends Omit<AuditEvent, 'tenantId' | 'action'> {
  action: AuditAction
  tenantId: string
  resourceUid: string | null
}

/** What a decision comes to. All of it is applied, or nothing. */
export interface Outcome<R> {
  changes: Change[]
  audit: NewAuditEvent[]
  /** What people are to be told. An empty list is written by the same statement as a full one. */
  outbox?: NewMessage[]
  /** Whether no events are written by the same statements as one: what is not to be told apart. */
  alike?: boolean
  result: R
}

/** A pure function of the facts. It may throw, which applies nothing, and may run again on a retry. */
export type Decide<R> = (facts: Facts) => Outcome<R>
