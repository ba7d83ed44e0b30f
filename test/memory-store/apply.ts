import { type Change, type LinkFacts, type NewAuditEvent, type Outcome, TokenTaken } from '../../src/index.ts'
import { makeTenant, refKey, type State, type StoredToken } from './state.ts'

/** Applies an outcome. What can refuse it is looked at before anything is written. */
export function apply(state: State, tenantId: string, outcome: Outcome<unknown>): void {
  for (const change of outcome.changes) {
    if (change.kind !== 'link.created' && change.kind !== 'link.rotated') continue
    if (state.tokens.has(change.link.tokenHash)) throw new TokenTaken()
  }
  appendAudit(state, outcome.audit)
  for (const change of outcome.changes) applyChange(state, tenantId, structuredClone(change))
}

function appendAudit(state: State, events: readonly NewAuditEvent[]): void {
  for (const event of events) {
    const seq = state.audit.filter(({ resourceUid }) => resourceUid === event.resourceUid).length + 1
    // What is recorded is JSON: a date in it is text from now on.
    const { before, after } = JSON.parse(JSON.stringify({ before: event.before, after: event.after }))
    state.audit.push({ ...structuredClone(event), before, after, seq })
  }
}

function applyChange(state: State, tenantId: string, change: Change): void {
  switch (change.kind) {
    case 'resource.created':
    case 'resource.updated':
      state.resources.set(change.resource.uid, change.resource)
      state.uids.set(refKey(change.resource), change.resource.uid)
      return
    case 'resource.removed':
      removeResource(state, change.uid, refKey(change.ref))
      return
    case 'authority.moved':
      for (const link of state.links.values()) {
        if (link.resourceUid !== change.resourceUid || link.authority !== 'owner' || link.endedAt) continue
        link.authorityId = change.to
        link.updatedAt = change.at
      }
      return
    case 'link.created':
      state.links.set(change.link.id, change.link)
      nameToken(state, change.link, change.imported ?? false)
      return
    case 'link.updated':
      updateLink(state, change.link)
      return
    case 'link.rotated':
      for (const [hash, token] of state.tokens) {
        if (token.linkId !== change.link.id) continue
        if (change.graceUntil === null) endToken(state, hash, token)
        else token.until ??= change.graceUntil
      }
      nameToken(state, change.link, false)
      updateLink(state, change.link)
      return
    case 'links.ended':
      for (const id of change.ids) {
        const link = state.links.get(id)
        if (link === undefined || link.endedAt !== null) continue
        const ended = {
          endedAt: change.at,
          endReason: change.reason,
          updatedAt: change.at,
          sealedToken: null,
        }
        Object.assign(link, ended)
      }
      return
    case 'link.removed':
      removeLink(state, change.id)
      return
    case 'policy.set':
      makeTenant(state, tenantId).policy = change.policy
      return
    case 'viewer.forgotten':
      for (const view of state.views) {
        if (view.tenantId !== tenantId || view.viewerId !== change.userId) continue
        Object.assign(view, { viewerId: null, ip: null, userAgent: null, visitor: change.visitor })
      }
      return
    case 'tenant.removed':
      removeTenant(state, tenantId)
  }
}

function nameToken(state: State, { tenantId, id, tokenHash }: LinkFacts, imported: boolean): void {
  state.tokens.set(tokenHash, { tenantId, linkId: id, until: null, imported })
}

function endToken(state: State, hash: string, token: StoredToken): void {
  if (token.imported) token.linkId = null
  else state.tokens.delete(hash)
}

/** Counts and ends have changes of their own. */
function updateLink(state: State, link: LinkFacts): void {
  const had = state.links.get(link.id)
  if (had === undefined || had.endedAt !== null) return
  const { viewCount, lastViewedAt, endedAt, endReason } = had
  state.links.set(link.id, { ...link, viewCount, lastViewedAt, endedAt, endReason })
}

function removeResource(state: State, uid: string, key: string): void {
  for (const link of [...state.links.values()]) if (link.resourceUid === uid) removeLink(state, link.id)
  for (const child of state.resources.values()) if (child.parentUid === uid) child.parentUid = null
  state.views = state.views.filter((view) => view.resourceUid !== uid)
  state.days = state.days.filter((day) => day.resourceUid !== uid)
  state.resources.delete(uid)
  state.uids.delete(key)
}

function removeLink(state: State, id: string): void {
  for (const [hash, token] of state.tokens) if (token.linkId === id) endToken(state, hash, token)
  state.links.delete(id)
  state.views = state.views.filter((view) => view.linkId !== id)
  const gone = state.days.filter((day) => day.linkId === id)
  for (const day of gone) {
    const whole = state.days.find(
      (one) => one.linkId === null && one.resourceUid === day.resourceUid && one.day === day.day,
    )
    if (whole === undefined) continue
    whole.views -= day.views
    whole.bots -= day.bots
    // Who came through several links cannot be told any more.
    whole.visitors = Math.min(whole.visitors, whole.views)
  }
  state.days = state.days.filter((day) => day.linkId !== id && day.views + day.bots > 0)
}

function removeTenant(state: State, tenantId: string): void {
  for (const resource of [...state.resources.values()]) {
    if (resource.tenantId === tenantId) removeResource(state, resource.uid, refKey(resource))
  }
  state.audit = state.audit.filter((event) => event.tenantId !== tenantId)
  for (const [hash, token] of state.tokens) if (token.tenantId === tenantId) state.tokens.delete(hash)
  state.tenants.delete(tenantId)
}
