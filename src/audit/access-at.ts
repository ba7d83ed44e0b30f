import { allLinks, shownTo } from '../deciding/access.ts'
import type { Kernel } from '../kernel.ts'
import { type Actor, actorSchema } from '../model/actor.ts'
import type { AccessEntry } from '../model/decision.ts'
import { moment, parse } from '../model/input.ts'
import type { Position } from '../model/page.ts'
import { type ResourceRef, refSchema } from '../model/resource.ts'
import { subjectOf } from '../model/subject.ts'
import type { TenantPolicy } from '../model/tenant-policy.ts'
import { typeOf } from '../policy/compile.ts'
import { accessEntries, type EntryGrant, type EntryLink } from '../policy/entries.ts'
import { statusOf } from '../policy/opening.ts'
import type {
  AuditRow,
  GranteeKind,
  GrantFacts,
  ListAuditRequest,
  OpenedLinkFacts,
  ResourceFacts,
} from '../store/index.ts'
import { auditSubject } from './list.ts'

/**
 * Who had access at a moment: what was recorded since then is undone, event by event, and the situation judged
 * under today's roles and rules. Whether a limited link was used up by then is not recorded, and not asked.
 */
export async function accessAt(
  kernel: Kernel,
  actorInput: Actor,
  refInput: ResourceRef,
  dateInput: Date | string,
): Promise<AccessEntry[]> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const ref = parse(refSchema, refInput, 'resource')
  const date = parse(moment, dateInput, 'date')
  const type = typeOf(kernel.types, ref.type)
  const { situation } = await auditSubject(kernel, actor, ref)
  const { tenantId, uid, createdAt } = situation.resource
  if (createdAt > date) return []
  const past: Past = {
    ...(await placeAt(kernel, situation.resource)),
    policy: { ...situation.policy },
    links: new Map((await allLinks(kernel, { tenantId, uid }, null)).map((link) => [link.id, { ...link }])),
  }
  await undoSince(kernel, past, date)
  for await (const event of eventsSince(
    kernel,
    { tenantId, resourceUid: null, action: 'policy.changed' },
    date,
  )) {
    Object.assign(past.policy, event.before)
  }
  const active = [...past.links.values()]
    .filter(
      (link) =>
        link.createdAt <= date &&
        statusOf({ ...link, maxViews: null, endedAt: endedBy(link, date) }, past.policy, date) === 'active',
    )
    // Newest first, those too that were removed since.
    .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime())
  const people = await shownTo(kernel, actor, await peopleAt(kernel, past, date), kernel.clock())
  return accessEntries(type, past, { links: active, people }, date)
}

type PastLink = EntryLink &
  Pick<OpenedLinkFacts, 'createdAt' | 'expiresAt' | 'notBefore' | 'endedAt' | 'viewCount'>

/** A resource and who was named on it, to be taken back event by event. */
interface Place {
  resource: ResourceFacts
  people: Map<string, GrantFacts>
}

interface Past extends Place {
  policy: TenantPolicy
  links: Map<string, PastLink>
}

async function placeAt(kernel: Kernel, resource: ResourceFacts): Promise<Place> {
  const { tenantId, uid: resourceUid } = resource
  const people = await kernel.store.listPeople({ tenantId, resourceUid, above: false, ended: true })
  return {
    resource: { ...resource },
    people: new Map(people.map(({ above: _, ...grant }) => [grant.id, { ...grant }])),
  }
}

async function undoSince(
  kernel: Kernel,
  place: Place & { links?: Past['links'] },
  date: Date,
): Promise<void> {
  const { tenantId, uid: resourceUid } = place.resource
  for await (const event of eventsSince(kernel, { tenantId, resourceUid }, date)) undo(place, event)
}

/** Who was named on a resource then, and on what it lay below then. What was removed since is not known any more. */
async function peopleAt(kernel: Kernel, past: Past, date: Date): Promise<EntryGrant[]> {
  const found = namedAt(past, null, date)
  const seen = new Set([past.resource.uid])
  let { parent } = past.resource
  while (parent !== null) {
    const situation = await kernel.store.findResource(parent, null)
    const resource = situation?.resource
    if (resource?.tenantId !== past.resource.tenantId || resource.createdAt > date || seen.has(resource.uid))
      break
    seen.add(resource.uid)
    const place = await placeAt(kernel, resource)
    await undoSince(kernel, place, date)
    found.push(...namedAt(place, parent, date))
    parent = place.resource.parent
  }
  return found
}

const namedAt = ({ people }: Place, above: ResourceRef | null, date: Date): EntryGrant[] =>
  [...people.values()]
    .filter(({ createdAt, endedAt }) => createdAt <= date && (endedAt === null || endedAt > date))
    .map((grant) => ({ ...grant, above }))

const endedBy = (link: PastLink, date: Date): Date | null =>
  link.endedAt !== null && link.endedAt <= date ? link.endedAt : null

/** Takes one event back. Newest first, so each leaves what was there before it. */
function undo(past: Place & { links?: Past['links'] }, event: AuditRow): void {
  const id = event.target?.id ?? ''
  switch (event.action) {
    case 'resource.updated':
    case 'resource.transferred':
    case 'visibility.changed':
      Object.assign(past.resource, event.before)
      return
    case 'link.updated': {
      const link = past.links?.get(id)
      if (link !== undefined) Object.assign(link, withDates(event.before))
      return
    }
    case 'link.removed':
      past.links?.set(id, { ...(withDates(event.before) as unknown as PastLink), id })
      return
    case 'collaborator.added':
    case 'collaborator.role_changed':
    case 'collaborator.claimed': {
      const grant = past.people.get(id)
      if (grant !== undefined && event.before !== null) Object.assign(grant, grantBefore(grant, event.before))
    }
  }
}

/** The address is not in the audit: the grant has kept it, unless its person was forgotten. */
function grantBefore(grant: GrantFacts, state: Record<string, unknown>): Partial<GrantFacts> {
  const { grantee, ...before } = withDates(state) as { grantee: { kind: GranteeKind; id?: string } }
  return { ...before, subject: subjectOf(grantee.kind, grantee.id ?? grant.addressKey ?? '') }
}

/** The audit keeps moments as JSON does. */
function withDates(state: Record<string, unknown> | null): Record<string, unknown> {
  const dated = { ...state }
  for (const field of ['createdAt', 'expiresAt', 'notBefore', 'endedAt', 'claimableUntil']) {
    if (typeof dated[field] === 'string') dated[field] = new Date(dated[field])
  }
  return dated
}

const AT_ONCE = 100

/** What was recorded after a moment, newest first. */
async function* eventsSince(
  kernel: Kernel,
  about: Pick<ListAuditRequest, 'tenantId' | 'resourceUid' | 'action'>,
  date: Date,
): AsyncGenerator<AuditRow> {
  let after: Position | null = null
  for (;;) {
    const rows: AuditRow[] = await kernel.store.listAudit({ ...about, after, limit: AT_ONCE })
    for (const row of rows.slice(0, AT_ONCE)) {
      if (row.at <= date) return
      yield row
    }
    const last = rows[AT_ONCE - 1]
    if (rows.length <= AT_ONCE || last === undefined) return
    after = { at: last.at, id: last.position }
  }
}
