import { SharingError } from '../errors.ts'
import { type Actor, tenantOf } from '../model/actor.ts'
import type { Decision } from '../model/decision.ts'
import type { AccessSituation, LinkFacts, ResourceSituation } from '../store/facts.ts'
import { decideAccess, mayAct } from './access.ts'
import { type CompiledType, type CompiledTypes, roleNamed, ruleAgainst, typeOf } from './compile.ts'

/** The decision, or an error: `not_found` for whoever may not even view the resource, else `forbidden`. */
export function demand(
  types: CompiledTypes,
  action: string,
  actor: Actor | null,
  situation: AccessSituation | null,
  type: string,
  now: Date,
): Decision {
  const decision = decideAccess(typeOf(types, type), action, actor, situation, now)
  if (decision.code !== null) throw new SharingError(decision.code, { details: decision })
  return decision
}

/** Whether an actor administers a tenant: lists and revokes, without opening or changing resources. */
export function administers(actor: Actor, tenantId: string): boolean {
  if (actor.admin === 'system') return true
  // A person without an account administers their own tenant of one.
  return tenantOf(actor) === tenantId && (actor.admin === 'tenant' || actor.tenantId === null)
}

/** The tenant within which an actor finds things by id; null for a system admin, who finds them everywhere. */
export function scopeOf(actor: Actor): string | null {
  return actor.admin === 'system' ? null : tenantOf(actor)
}

/** What somebody's standing follows from, the link aside. */
interface StandingSituation extends AccessSituation {
  resource: AccessSituation['resource'] & { type: string }
}

/** How an actor stands to a link. */
export interface LinkStanding {
  /** Sees it in lists, and may revoke it: its maker, who may share the resource, an admin. */
  oversees: boolean
  /** May change it and show its token: whoever may share the resource now. */
  manages: boolean
  /** May delete it with its views: whoever may share the resource, and its maker while it stands by their right. */
  disposes: boolean
  /** Sees who opened it: as above, and an admin of the tenant. */
  watches: boolean
}

export function standingTo(
  types: CompiledTypes,
  actor: Actor,
  {
    link,
    ...situation
  }: StandingSituation & { link: Pick<LinkFacts, 'createdBy' | 'authorityId' | 'tenantId'> },
  now: Date,
): LinkStanding {
  const type = types.get(situation.resource.type)
  const manages = type !== undefined && mayAct(type, 'share', actor, situation, now)
  const made = link.createdBy === actor.userId && tenantOf(actor) === link.tenantId
  const admin = administers(actor, link.tenantId)
  // After a transfer its visitors are the new owner's business.
  const stands = made && link.authorityId === actor.userId
  return {
    manages,
    disposes: manages || stands,
    watches: manages || stands || admin,
    oversees: manages || made || admin,
  }
}

/** How an actor stands to the people of a resource. */
export interface PeopleStanding {
  /** Adds them and changes their roles: whoever may share the resource. */
  manages: boolean
  /** Takes them away: as above, and an admin of the tenant. */
  oversees: boolean
  /** Sees who else is named: the owner, and whoever is named on it or above it, unless a rule lets them not view it. */
  named: boolean
}

/** Why a grant that somebody has counts for nothing, whatever is asked for. */
const GIVES_NOTHING = new Set([
  'grant_expired',
  'invitation_expired',
  'domain_not_allowed',
  'guests_not_allowed',
  'not_for_groups',
  // Whoever was named since is nothing that the resource was then.
  'snapshot_only',
])

const givesView = (type: CompiledType, role: string | null): boolean =>
  roleNamed(type, role)?.actions.includes('view') ?? false

export function standingAmong(
  types: CompiledTypes,
  actor: Actor,
  situation: ResourceSituation,
  now: Date,
): PeopleStanding {
  const type = types.get(situation.resource.type)
  const decision = type === undefined ? null : decideAccess(type, 'share', actor, situation, now)
  const manages = decision?.allowed ?? false
  return {
    manages,
    oversees: manages || administers(actor, situation.resource.tenantId),
    named:
      type !== undefined &&
      decision!.considered.some(({ source, role, reason }) => {
        const owns = source.kind === 'owner' && role !== null
        const given = source.kind === 'grant' && !GIVES_NOTHING.has(reason) && givesView(type, role)
        return (owns || given) && !ruleAgainst(type.rules, 'view', situation.resource.traits, owns)
      }),
  }
}

/** What somebody gets who may not do this to a link: `forbidden` only if they may view its resource. */
export function refuseLink(
  types: CompiledTypes,
  actor: Actor,
  situation: StandingSituation | null,
  now: Date,
): SharingError {
  const type = situation === null ? undefined : types.get(situation.resource.type)
  const views = situation !== null && type !== undefined && mayAct(type, 'view', actor, situation, now)
  return new SharingError(views ? 'forbidden' : 'not_found')
}
