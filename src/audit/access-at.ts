import { allLinks } from '../deciding/access.ts'
import type { Kernel } from '../kernel.ts'
import { type Actor, actorSchema } from '../model/actor.ts'
import type { AccessEntry } from '../model/decision.ts'
import { moment, parse } from '../model/input.ts'
import type { Position } from '../model/page.ts'
import { type ResourceRef, refSchema } from '../model/resource.ts'
import type { TenantPolicy } from '../model/tenant-policy.ts'
import { typeOf } from '../policy/compile.ts'
import { accessEntries, type EntryLink } from '../policy/entries.ts'
import { statusOf } from '../policy/opening.ts'
import type { AuditRow, ListAuditRequest, OpenedLinkFacts, ResourceFacts } from '../store/index.ts'
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
    resource: { ...situation.resource },
    policy: { ...situation.policy },
    links: new Map((await allLinks(kernel, { tenantId, uid }, null)).map((link) => [link.id, { ...link }])),
  }
  for await (const event of eventsSince(kernel, { tenantId, resourceUid: uid }, date)) undo(past, event)
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
  return accessEntries(type, past, active)
}

type PastLink = EntryLink &
  Pick<OpenedLinkFacts, 'createdAt' | 'expiresAt' | 'notBefore' | 'endedAt' | 'viewCount'>

interface Past {
  resource: ResourceFacts
  policy: TenantPolicy
  links: Map<string, PastLink>
}

const endedBy = (link: PastLink, date: Date): Date | null =>
  link.endedAt !== null && link.endedAt <= date ? link.endedAt : null

/** Takes one event back. Newest first, so each leaves what was there before it. */
function undo(past: Past, event: AuditRow): void {
  const id = event.target?.id ?? ''
  switch (event.action) {
    case 'resource.updated':
    case 'resource.transferred':
    case 'visibility.changed':
      Object.assign(past.resource, event.before)
      return
    case 'link.updated': {
      const link = past.links.get(id)
      if (link !== undefined) Object.assign(link, withDates(event.before))
      return
    }
    case 'link.removed':
      past.links.set(id, { ...(withDates(event.before) as unknown as PastLink), id })
  }
}

/** The audit keeps moments as JSON does. */
function withDates(state: Record<string, unknown> | null): Record<string, unknown> {
  const dated = { ...state }
  for (const field of ['createdAt', 'expiresAt', 'notBefore', 'endedAt']) {
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
