import { type Change, type LinkFacts, type NewAuditEvent, type Outcome, TokenTaken } from '../../src/index.ts'
import { forgetRecipient, putMessages } from './outbox.ts'
import { snapshotKey } from './snapshots.ts'
import { counterKey, makeTenant, refKey, type State, type StoredToken } from './state.ts'
import { applyToStations, isOfStations, loseWhere, removeStationsOf } from './workstations.ts'

/** Applies an outcome. What can refuse it is looked at before anything is written. */
export function apply(state: State, tenantId: string, outcome: Outcome<unknown>): void {
  for (const change of outcome.changes) {
    if (change.kind !== 'link.created' && change.kind !== 'link.rotated') continue
    if (state.tokens.has(change.link.tokenHash)) throw new TokenTaken()
  }
  appendAudit(state, outcome.audit)
  for (const change of outcome.changes) applyChange(state, tenantId, structuredClone(plain(change)))
  putMessages(state, tenantId, outcome.outbox ?? [])
}

/** Making and changing a grant have no statements here that could differ. */
const plain = (change: Change): Change =>
  change.kind === 'grant.given'
    ? { ...change, kind: change.again ? 'grant.updated' : 'grant.created' }
    : change

function appendAudit(state: State, events: readonly NewAuditEvent[]): void {
  for (const event of events) {
    const seq = state.audit.filter(({ resourceUid }) => resourceUid === event.resourceUid).length + 1
    // What is recorded is JSON: a date in it is text from now on.
    const { before, after } = JSON.parse(JSON.stringify({ before: event.before, after: event.after }))
    state.audit.push({ ...structuredClone(event), before, after, seq })
  }
}

function applyChange(state: State, tenantId: string, change: Change): void {
  if (isOfStations(change)) {
    applyToStations(state, tenantId, change)
    return
  }
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
      loseWhere(
        state,
        (edit) => edit.resourceUid === change.resourceUid && edit.authority === 'owner',
        change.at,
      )
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
    case 'grant.created':
      state.grants.set(change.grant.id, change.grant)
      return
    case 'grant.given':
      return
    case 'grant.updated': {
      const had = state.grants.get(change.grant.id)
      if (had === undefined || had.endedAt !== null) return
      const { subject, address, addressKey, role, expiresAt, claimableUntil, acceptedAt, updatedAt } =
        change.grant
      const { snapshotId, snapshotRevision, snapshotTitle, snapshotAt } = change.grant
      Object.assign(had, { subject, address, addressKey, role })
      Object.assign(had, { snapshotId, snapshotRevision, snapshotTitle, snapshotAt })
      Object.assign(had, { expiresAt, claimableUntil, acceptedAt, updatedAt })
      return
    }
    case 'grant.claimed': {
      const had = state.grants.get(change.id)
      if (had === undefined || !had.subject.startsWith('email:')) return
      had.subject = `user:${change.userId}`
      Object.assign(had, { acceptedAt: change.at, claimableUntil: null, updatedAt: change.at })
      return
    }
    case 'grants.ended':
      for (const id of change.ids) {
        const grant = state.grants.get(id)
        if (grant === undefined || grant.endedAt !== null) continue
        Object.assign(grant, { endedAt: change.at, endReason: change.reason, updatedAt: change.at })
      }
      return
    case 'authority.joined':
      for (const edit of state.stations.edits.values()) {
        if (edit.authority !== 'grant' || edit.authorityId !== change.from || edit.endedAt !== null) continue
        const { to } = change
        if ('grant' in to) {
          if (state.grants.get(to.grant)?.subject === `user:${edit.userId}`) edit.authorityId = to.grant
        } else if (edit.resourceUid === to.resourceUid && edit.userId === to.owner)
          Object.assign(edit, { authority: 'owner', authorityId: to.owner })
      }
      for (const link of state.links.values()) {
        if (link.authority !== 'grant' || link.authorityId !== change.from || link.endedAt !== null) continue
        const { to, at } = change
        if ('owner' in to && link.resourceUid !== to.resourceUid) continue
        Object.assign(link, { updatedAt: at })
        if ('grant' in to) link.authorityId = to.grant
        else Object.assign(link, { authority: 'owner', authorityId: to.owner })
      }
      return
    case 'snapshot.stored': {
      const { snapshot } = change
      const key = snapshotKey(tenantId, snapshot.id)
      if (!state.snapshots.has(key)) state.snapshots.set(key, { ...snapshot, keptUntil: null })
      return
    }
    case 'snapshot.kept': {
      const stored = state.snapshots.get(snapshotKey(tenantId, change.id))
      if (stored !== undefined && (stored.keptUntil ?? change.until) <= change.until)
        stored.keptUntil = change.until
      return
    }
    case 'begun.begun':
      state.begun.set(change.begun.id, { tenantId, of: change.begun.of, until: change.until })
      return
    case 'begun.ended':
      state.begun.delete(change.begun.id)
      return
    case 'begun.dropped':
      for (const [id, begun] of state.begun)
        if (begun.tenantId === tenantId)
          state.begun.set(id, { ...begun, of: begun.of.filter((one) => !change.subjects.includes(one)) })
      return
    case 'fork.begun':
      state.forks.set(`${tenantId}\n${change.key}`, { uid: '', until: change.until })
      return
    case 'fork.made':
      state.forks.set(`${tenantId}\n${change.key}`, { uid: change.uid, until: null })
      return
    case 'fork.given_up': {
      const fork = state.forks.get(`${tenantId}\n${change.key}`)
      if (fork?.until?.getTime() === change.until.getTime()) state.forks.delete(`${tenantId}\n${change.key}`)
      return
    }
    case 'counter.set':
      state.counters.set(counterKey(tenantId, change.counter), change.counter)
      return
    case 'requests.created':
      for (const request of change.requests) state.requests.set(request.id, request)
      return
    case 'request.answered':
      if (state.requests.get(change.request.id)?.status !== 'open') return
      state.requests.set(change.request.id, change.request)
      return
    case 'requests.withdrawn':
      for (const [id, request] of state.requests) {
        if (request.tenantId !== tenantId || request.userId !== change.userId) continue
        if (request.status === 'open' || change.answered) state.requests.delete(id)
      }
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
      for (const grant of state.grants.values()) {
        const theirs = [`user:${change.userId}`, ...change.addresses].includes(grant.subject)
        if (grant.tenantId !== tenantId || !theirs) continue
        Object.assign(grant, { subject: `user:${change.userId}`, address: null, addressKey: null })
      }
      forgetRecipient(state, tenantId, change.userId)
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
  for (const [id, grant] of state.grants) if (grant.resourceUid === uid) state.grants.delete(id)
  for (const [key, fork] of state.forks) if (fork.uid === uid) state.forks.delete(key)
  for (const [id, one] of state.snapshots) if (one.resourceUid === uid) state.snapshots.delete(id)
  for (const [id, request] of state.requests) if (request.resourceUid === uid) state.requests.delete(id)
  state.outbox = state.outbox.filter(({ resourceUid }) => resourceUid !== uid)
  removeStationsOf(state, (one) => 'resourceUid' in one && one.resourceUid === uid)
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
  for (const key of [...state.counters.keys()]) {
    if (key.startsWith(`${tenantId}\n`)) state.counters.delete(key)
  }
  removeStationsOf(state, (one) => one.tenantId === tenantId)
  for (const edit of state.stations.edits.values()) {
    if (edit.userTenantId === tenantId && edit.endedAt === null) edit.lostAt ??= edit.startedAt
  }
  for (const [id, begun] of state.begun) if (begun.tenantId === tenantId) state.begun.delete(id)
  for (const key of [...state.forks.keys()]) if (key.startsWith(`${tenantId}\n`)) state.forks.delete(key)
  state.tenants.delete(tenantId)
}
