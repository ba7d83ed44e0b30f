import type { State } from './state.ts'
import { addUp } from './views.ts'

const dayOf = (at: Date): string => at.toISOString().slice(0, 10)

/** The tenant's days before one that come at or after another. */
function days(state: State, tenantId: string, from: string, until: string): Set<string> {
  const all = state.views.filter((view) => view.tenantId === tenantId).map((view) => dayOf(view.viewedAt))
  return new Set(all.filter((day) => day >= from && day < until))
}

/** There is no step too large here: all days at once, and then nothing is left to do. */
export function rollUpViews(state: State, tenantId: string, until: string): number {
  const tenant = state.tenants.get(tenantId)
  if (tenant === undefined || tenant.rolledUntil >= until) return 0
  const due = days(state, tenantId, tenant.rolledUntil, until)
  const views = state.views.filter((view) => view.tenantId === tenantId && due.has(dayOf(view.viewedAt)))
  for (const resourceUid of new Set(views.map((view) => view.resourceUid))) {
    const own = views.filter((view) => view.resourceUid === resourceUid)
    for (const linkId of new Set([null, ...own.map((view) => view.linkId)])) {
      const counted = addUp(linkId === null ? own : own.filter((view) => view.linkId === linkId))
      state.days.push(...counted.map((day) => ({ ...day, resourceUid, linkId })))
    }
  }
  tenant.rolledUntil = until
  return due.size
}

export function anonymiseViews(state: State, tenantId: string, before: string): number {
  const tenant = state.tenants.get(tenantId)
  if (tenant === undefined) return 0
  const until = before < tenant.rolledUntil ? before : tenant.rolledUntil
  const due = days(state, tenantId, tenant.purgedUntil, until)
  if (tenant.purgedUntil < until) tenant.purgedUntil = until
  const views = state.views.filter((view) => view.tenantId === tenantId && due.has(dayOf(view.viewedAt)))
  for (const view of views) Object.assign(view, { ip: null, userAgent: null, visitor: null })
  return views.length
}

export function sweepTokens(state: State, tenantId: string, at: Date): number {
  let swept = 0
  for (const [hash, { tenantId: home, until, imported }] of state.tokens) {
    if (home !== tenantId || imported || until === null || until > at) continue
    state.tokens.delete(hash)
    swept++
  }
  for (const [id, begun] of state.begun) {
    if (begun.tenantId !== tenantId || begun.until > at) continue
    state.begun.delete(id)
    swept += begun.of.length
  }
  return swept
}
