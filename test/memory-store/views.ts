import type {
  AuditRow,
  CountedViews,
  CountRequest,
  DayCount,
  LinkFacts,
  LinkViewFacts,
  ListAuditRequest,
  ResourceFacts,
  View,
  ViewFacts,
  ViewsRequest,
  VisitRight,
} from '../../src/index.ts'
import { SharingError } from '../../src/index.ts'
import type { Keyset } from '../../src/model/page.ts'
import { compareBytes, pageOf, type State, type StoredView, situationOf } from './state.ts'

/** Writes a view with its link's count and last view, if `allowed` says so of the link as it is now. */
export function writeView(
  state: State,
  view: LinkViewFacts,
  allowed: (link: LinkFacts) => boolean,
): 'recorded' | 'moved' {
  const link = state.links.get(view.linkId)
  if (link === undefined || link.tenantId !== view.tenantId || link.endedAt !== null || !allowed(link)) {
    return 'moved'
  }
  if (state.views.some(({ id }) => id === view.id)) throw new SharingError('storage_unavailable')
  if (view.counted) link.viewCount++
  if (link.lastViewedAt === null || link.lastViewedAt < view.viewedAt) link.lastViewedAt = view.viewedAt
  state.views.push(structuredClone(view))
  return 'recorded'
}

/** Writes a view of a resource that no link led to, if this registration of it and the right are there. */
export function writeVisit(
  state: State,
  view: ViewFacts,
  { resource, grant }: VisitRight,
): 'recorded' | 'moved' {
  const now = state.resources.get(view.resourceUid)
  if (now?.tenantId !== view.tenantId || judgedBy(now) !== judgedBy(resource)) return 'moved'
  if (grant !== null && state.grants.get(grant.id)?.endedAt !== null) return 'moved'
  if (state.views.some(({ id }) => id === view.id)) throw new SharingError('storage_unavailable')
  state.views.push(structuredClone(view))
  return 'recorded'
}

const judgedBy = ({ ownerId, visibility, traits, parentUid }: ResourceFacts): string =>
  JSON.stringify([ownerId, visibility, traits, parentUid])

const among =
  ({ tenantId, resourceUid, linkId }: ViewsRequest) =>
  (view: StoredView): boolean =>
    view.tenantId === tenantId &&
    (linkId === null ? view.resourceUid === resourceUid : view.linkId === linkId)

export function listViews(state: State, request: ViewsRequest & Keyset): View[] {
  const rows = pageOf(state.views.filter(among(request)), request, (view) => ({
    at: view.viewedAt,
    id: view.id,
  }))
  return rows.map(({ id, linkId, resourceUid, viewerId, ip, userAgent, bot, viewedAt }) => {
    const { type, id: resourceId } = state.resources.get(resourceUid)!
    const resource = { type, id: resourceId }
    return { id, linkId, resource, viewerId, ip, userAgent, bot, viewedAt: new Date(viewedAt) }
  })
}

const dayOf = (view: StoredView): string => view.viewedAt.toISOString().slice(0, 10)

/** What views come to, day by day, oldest first. */
export function addUp(views: readonly StoredView[]): DayCount[] {
  const days = new Map<string, StoredView[]>()
  for (const view of views) days.set(dayOf(view), [...(days.get(dayOf(view)) ?? []), view])
  return [...days].map(([day, all]) => {
    const counted = all.filter((view) => view.counted)
    return {
      day,
      views: counted.length,
      visitors: new Set(counted.map((view) => view.viewerId ?? view.visitor)).size,
      bots: all.filter((view) => view.bot).length,
    }
  })
}

export function countViews(state: State, request: CountRequest): CountedViews | null {
  const found = situationOf(state, request.resourceUid, null)
  if (found === null || found.resource.tenantId !== request.tenantId) return null
  const { policy, resource } = found
  const { uid, type, tenantId, ownerId, visibility, traits } = resource
  const link = request.linkId === null ? undefined : state.links.get(request.linkId)
  const rolledUntil = state.tenants.get(request.tenantId)?.rolledUntil ?? ''
  const fresh = addUp(state.views.filter((view) => among(request)(view) && dayOf(view) >= rolledUntil))
  const old = state.days
    .filter((day) => day.resourceUid === request.resourceUid && day.linkId === request.linkId)
    .map(({ day, views, visitors, bots }) => ({ day, views, visitors, bots }))
  const days = [...old, ...fresh]
    .filter(({ day }) => day >= request.from && day <= request.to)
    .sort((a, b) => compareBytes(a.day, b.day))
  return {
    resource: { uid, type, tenantId, ownerId, visibility, traits },
    policy: {
      allowPublicShares: policy.allowPublicShares,
      allowGuests: policy.allowGuests,
      allowedEmailDomains: policy.allowedEmailDomains,
    },
    link: link?.resourceUid === uid ? { createdBy: link.createdBy, authorityId: link.authorityId } : null,
    rolledUntil,
    days,
  }
}

/** Of a resource by its place in the history; of a tenant by time. */
export function listAudit(state: State, request: ListAuditRequest): AuditRow[] {
  const { tenantId, resourceUid, action, after, limit } = request
  const position = (event: (typeof state.audit)[number]): string =>
    resourceUid === null ? event.id : String(event.seq)
  const found = state.audit.filter(
    (event) =>
      event.tenantId === tenantId &&
      (resourceUid === null || event.resourceUid === resourceUid) &&
      (action === undefined || event.action === action),
  )
  const rows =
    resourceUid === null
      ? pageOf(found, request, ({ at, id }) => ({ at, id }))
      : found
          .sort((a, b) => b.seq - a.seq)
          .filter(({ seq }) => after === null || seq < Number(after.id))
          .slice(0, limit + 1)
  return rows.map((event) => {
    const { resourceUid: _, seq: __, ...row } = event
    return structuredClone({ ...row, position: position(event) })
  })
}
