import { type RawBuilder, sql } from 'kysely'
import { kindOf, subjectOf } from '../../src/model/subject.ts'
import type { TenantPolicy } from '../../src/model/tenant-policy.ts'
import {
  type Change,
  type Counter,
  type GrantFacts,
  type LinkFacts,
  type Outcome,
  type ResourceFacts,
  type SnapshotNaming,
  TokenTaken,
} from '../../src/store/index.ts'
import { applyBegun } from './begun.ts'
import {
  type Columns,
  grant as grantColumns,
  link as linkColumns,
  policy as policyColumns,
  resource as resourceColumns,
} from './columns.ts'
import { forgetPerson } from './forgetting.ts'
import { applyFork } from './forks.ts'
import { appendAudit } from './history.ts'
import { Interleaved } from './interleaved.ts'
import { putMessages } from './outbox.ts'
import { type Builder, columnList, fieldsOf, first, type Query, query, run, type Steps } from './query.ts'
import { endTokens, removeLink, removeResource, removeTenant } from './removal.ts'
import { answerRequest, createRequests, withdrawRequests } from './requests.ts'
import { resourceKey } from './resource-row.ts'
import { applySnapshot } from './snapshots.ts'
import { applyToWorkstations, isOfWorkstations, joinEdits, loseFormerOwners } from './workstations/apply.ts'

type StoredResource = Omit<ResourceFacts, 'parent'>

interface NameRow {
  tenantId: string
  kind: string
  key: string
  target: string
  imported: boolean
}

const insertName = query<NameRow, { name: { key: string } }>(
  'name.insert',
  ({ t, p, columns }) => sql`
    insert into ${t.names} (tenant_id, kind, key, target, imported)
    values (${p('tenantId')}, ${p('kind')}, ${p('key')}, ${p('target')}, ${p('imported', 'bool')})
    on conflict do nothing returning ${columns}`,
  { name: ['', { key: 'text' }] },
)

const insertResource = query<StoredResource>(
  'resource.insert',
  ({ t, p }) => sql`
    insert into ${t.resources} (${columnList(resourceColumns)})
    values (${sql.join(fieldsOf(resourceColumns).map(([name, kind]) => p(name as 'uid', kind)))})`,
)

const updateResource = query<StoredResource>(
  'resource.update',
  ({ t, p }) => sql`
    update ${t.resources} set owner_id = ${p('ownerId')}, title = ${p('title')}, visibility = ${p('visibility')},
      traits = ${p('traits', 'traits')}, parent_uid = ${p('parentUid')}, forked_from = ${p('forkedFrom', 'json')}, updated_at = ${p('updatedAt', 'time')}
    where tenant_id = ${p('tenantId')} and uid = ${p('uid')}`,
)

const updatedColumns = {
  uid: 'text',
  ownerId: 'text',
  title: 'text',
  visibility: 'text',
  traits: 'traits',
  parentUid: 'text',
  updatedAt: 'time',
} as const

/** By list and by join: the list is what lets Postgres enter by the key, however few rows it expects to have. */
const updateResources = query<{
  tenantId: string
  uids: readonly string[]
  resources: readonly StoredResource[]
}>(
  'resource.update_many',
  ({ t, p, d, list, rows }) => sql`
    update ${t.resources} as r set owner_id = x.owner_id, title = x.title, visibility = x.visibility,
      traits = x.traits, parent_uid = x.parent_uid, updated_at = x.updated_at
    from ${rows('resources', updatedColumns, 'x')}
    where r.tenant_id = ${p('tenantId')} and ${d.oneOf(sql`r.uid`, list('uids'))} and r.uid = x.uid`,
)

const insertLink = query<LinkFacts>(
  'link.insert',
  ({ t, p }) => sql`
    insert into ${t.grants} (grantee, ${columnList(linkColumns)})
    values ('link', ${sql.join(fieldsOf(linkColumns).map(([name, kind]) => p(name as 'id', kind)))})`,
)

const setSnapshot = (p: Builder<SnapshotNaming>['p']): RawBuilder<unknown> => sql`
  snapshot_id = ${p('snapshotId')}, snapshot_revision = ${p('snapshotRevision')},
  snapshot_title = ${p('snapshotTitle')}, snapshot_at = ${p('snapshotAt', 'time')}`

/** Counts and ends are not among what an update writes: they have statements of their own. */
const updateLink = query<LinkFacts>(
  'link.update',
  ({ t, p }) => sql`
    update ${t.grants} set name = ${p('name')}, role = ${p('role')}, expires_at = ${p('expiresAt', 'time')},
      not_before = ${p('notBefore', 'time')}, max_views = ${p('maxViews', 'int')},
      password_hash = ${p('passwordHash')}, password_version = ${p('passwordVersion', 'int')},
      audience = ${p('audience', 'json')}, ${setSnapshot(p)}, token_hash = ${p('tokenHash')}, sealed_token = ${p('sealedToken')},
      updated_at = ${p('updatedAt', 'time')}
    where tenant_id = ${p('tenantId')} and id = ${p('id')} and ended_at is null`,
)

const insertGrant = query<GrantFacts & { grantee: string; resourceType: string; resourceCreatedAt: Date }>(
  'grant.insert',
  ({ t, p }) => sql`
    insert into ${t.grants} (grantee, resource_type, resource_created_at, ${columnList(grantColumns)})
    values (${p('grantee')}, ${p('resourceType')}, ${p('resourceCreatedAt', 'time')},
      ${sql.join(fieldsOf(grantColumns).map(([name, kind]) => p(name as 'id', kind)))})`,
)

const updateGrant = query<GrantFacts & { grantee: string }>(
  'grant.update',
  ({ t, p }) => sql`
    update ${t.grants} set grantee = ${p('grantee')}, subject = ${p('subject')}, address = ${p('address')},
      address_key = ${p('addressKey')}, role = ${p('role')},
      expires_at = ${p('expiresAt', 'time')}, claimable_until = ${p('claimableUntil', 'time')},
      accepted_at = ${p('acceptedAt', 'time')}, ${setSnapshot(p)}, updated_at = ${p('updatedAt', 'time')}
    where tenant_id = ${p('tenantId')} and id = ${p('id')} and ended_at is null`,
)

const claimGrant = query<{ tenantId: string; id: string; subject: string; at: Date }>(
  'grant.claim',
  ({ t, p }) => sql`
    update ${t.grants} set grantee = 'user', subject = ${p('subject')}, accepted_at = ${p('at', 'time')},
      claimable_until = null, updated_at = ${p('at', 'time')}
    where tenant_id = ${p('tenantId')} and id = ${p('id')} and grantee = 'email'`,
)

type GivenGrant = GrantFacts & { grantee: string; resourceType: string; resourceCreatedAt: Date }
const givenGrant: Columns<GivenGrant> = {
  ...grantColumns,
  grantee: 'text',
  resourceType: 'text',
  resourceCreatedAt: 'time',
}

const insertGrantNames = query<{ tenantId: string; grants: readonly { id: string }[] }>(
  'grant.insert_names',
  ({ t, p, rows }) => sql`
    insert into ${t.names} (tenant_id, kind, key, target)
    select ${p('tenantId')}, 'grant', x.id, x.id from ${rows('grants', { id: 'text' }, 'x')}`,
)

const insertGrants = query<{ grants: readonly GivenGrant[] }>(
  'grant.insert_rows',
  ({ t, rows }) => sql`
    insert into ${t.grants} (${columnList(givenGrant)}) select ${columnList(givenGrant)}
    from ${rows('grants', givenGrant, 'x')}`,
)

/** Whoever adds somebody again gives the database nothing else to do than the first time. */
function* giveGrant(
  tenantId: string,
  { grant, again, resource }: Extract<Change, { kind: 'grant.given' }>,
): Steps<void> {
  const grantee = kindOf(grant.subject)
  const copied = { resourceType: resource.type, resourceCreatedAt: resource.createdAt }
  const grants = again ? [] : [{ ...grant, ...copied, grantee }]
  yield* run(insertGrantNames, { tenantId, grants })
  yield* run(insertGrants, { grants })
  // No grant has an empty id.
  yield* run(updateGrant, { ...grant, id: again ? grant.id : '', grantee })
}

const joinAuthority = query<{
  tenantId: string
  from: string
  kind: string
  to: string
  at: Date
  uid: string
}>(
  'grant.join_authority',
  ({ t, p }) => sql`
    update ${t.grants} set authority = ${p('kind')}, authority_id = ${p('to')}, updated_at = ${p('at', 'time')}
    where tenant_id = ${p('tenantId')} and authority = 'grant' and authority_id = ${p('from')} and ended_at is null
      and (${p('kind')} = 'grant' or resource_uid = ${p('uid')})`,
)

export const setCounter: Query<{ tenantId: string } & Counter, Record<never, never>> = query(
  'counter.set',
  ({ t, p }) => sql`
    update ${t.counters} set since = ${p('since', 'time')}, count = ${p('count', 'int')}
    where tenant_id = ${p('tenantId')} and kind = ${p('kind')} and key = ${p('key')}`,
)

const endLinks = query<{ tenantId: string; ids: readonly string[]; reason: string; at: Date }>(
  'grant.end',
  ({ t, p, d, list }) => sql`
    update ${t.grants} set ended_at = ${p('at', 'time')}, end_reason = ${p('reason')}, updated_at = ${p('at', 'time')},
      sealed_token = null
    where tenant_id = ${p('tenantId')} and ${d.oneOf(sql`id`, list('ids'))} and ended_at is null`,
)

const moveAuthority = query<{ tenantId: string; uids: readonly string[]; to: string; at: Date }>(
  'link.move_authority',
  ({ t, p, d, list }) => sql`
    update ${t.grants} set authority_id = ${p('to')}, updated_at = ${p('at', 'time')}
    where tenant_id = ${p('tenantId')} and ${d.oneOf(sql`resource_uid`, list('uids'))} and authority = 'owner'
      and ended_at is null`,
)

const graceTokens = query<{ tenantId: string; id: string; until: Date }>(
  'token.grace',
  ({ t, p }) => sql`
    update ${t.names} set until = ${p('until', 'time')}
    where kind = 'link' and tenant_id = ${p('tenantId')} and target = ${p('id')} and until is null`,
)

const setPolicy = query<{ tenantId: string } & TenantPolicy>(
  'policy.set',
  ({ t, p }) => sql`
    update ${t.tenants} set ${sql.join(
      fieldsOf(policyColumns).map(
        ([name, kind]) => sql`${columnList({ [name]: kind })} = ${p(name as 'maxLinkDays', kind)}`,
      ),
    )} where tenant_id = ${p('tenantId')}`,
)

/** Applies an outcome: first its history, which needs the resource's row, then what it changes. */
export function* apply(tenantId: string, outcome: Outcome<unknown>): Steps<void> {
  const { changes, audit, outbox, alike = false } = outcome
  for (const change of changes)
    if (change.kind === 'resource.created') yield* create(tenantId, change.resource)
  if (audit.length > 0 || alike) yield* appendAudit(tenantId, audit, alike)
  yield* applyAlike(tenantId, changes)
  for (const change of changes) yield* applyChange(tenantId, change)
  if (outbox !== undefined) yield* putMessages(tenantId, outbox)
}

/** What comes in numbers, when somebody leaves with thousands of resources, is one statement for all. */
function* applyAlike(tenantId: string, changes: readonly Change[]): Steps<void> {
  const resources = changes.flatMap((change) => (change.kind === 'resource.updated' ? [change.resource] : []))
  if (resources.length === 1) yield* run(updateResource, resources[0]!)
  if (resources.length > 1) {
    yield* run(updateResources, { tenantId, uids: resources.map(({ uid }) => uid), resources })
  }
  const moved = changes.filter((change) => change.kind === 'authority.moved')
  for (const [to, same] of Map.groupBy(moved, (change) => change.to)) {
    const uids = same.map((change) => change.resourceUid)
    yield* run(moveAuthority, { tenantId, uids, to, at: same[0]!.at })
    yield* loseFormerOwners(tenantId, uids, same[0]!.at)
  }
}

/** Somebody who registered it between our look and our step makes the step run again. */
function* create(tenantId: string, resource: ResourceFacts): Steps<void> {
  const key = resourceKey(resource)
  const name = { tenantId, kind: 'resource', key, target: resource.uid, imported: false }
  if ((yield* first(insertName, name)) === null) throw new Interleaved()
  yield* run(insertResource, resource)
}

function* applyChange(tenantId: string, change: Change): Steps<void> {
  if (isOfWorkstations(change)) return yield* applyToWorkstations(tenantId, change)
  switch (change.kind) {
    case 'resource.created':
    case 'resource.updated':
    case 'authority.moved':
      return
    case 'resource.removed':
      yield* removeResource(tenantId, change)
      return
    case 'link.created':
      yield* nameToken(tenantId, change.link, change.imported ?? false)
      yield* run(insertName, {
        tenantId,
        kind: 'grant',
        key: change.link.id,
        target: change.link.id,
        imported: false,
      })
      yield* run(insertLink, change.link)
      return
    case 'grant.created': {
      const { id } = change.grant
      const { type, createdAt } = change.resource
      yield* run(insertName, { tenantId, kind: 'grant', key: id, target: id, imported: false })
      const copied = { resourceType: type, resourceCreatedAt: createdAt }
      yield* run(insertGrant, { ...change.grant, ...copied, grantee: kindOf(change.grant.subject) })
      return
    }
    case 'grant.given':
      yield* giveGrant(tenantId, change)
      return
    case 'grant.updated':
      yield* run(updateGrant, { ...change.grant, grantee: kindOf(change.grant.subject) })
      return
    case 'grant.claimed': {
      const { id, userId, at } = change
      yield* run(claimGrant, { tenantId, id, subject: subjectOf('user', userId), at })
      return
    }
    case 'authority.joined': {
      const { from, to, at } = change
      const right =
        'grant' in to
          ? { kind: 'grant', to: to.grant, uid: '' }
          : { kind: 'owner', to: to.owner, uid: to.resourceUid }
      yield* run(joinAuthority, { tenantId, from, at, ...right })
      yield* joinEdits(tenantId, { from, ...right })
      return
    }
    case 'snapshot.stored':
    case 'snapshot.kept':
      yield* applySnapshot(tenantId, change)
      return
    case 'begun.begun':
    case 'begun.ended':
    case 'begun.dropped':
      yield* applyBegun(tenantId, change)
      return
    case 'fork.begun':
    case 'fork.made':
    case 'fork.given_up':
      yield* applyFork(tenantId, change)
      return
    case 'counter.set':
      yield* run(setCounter, { tenantId, ...change.counter })
      return
    case 'requests.created':
      yield* createRequests(tenantId, change.requests)
      return
    case 'request.answered':
      yield* run(answerRequest, change.request)
      return
    case 'requests.withdrawn':
      yield* withdrawRequests(tenantId, change.userId, change.answered)
      return
    case 'link.updated':
      yield* run(updateLink, change.link)
      return
    case 'link.rotated':
      if (change.graceUntil === null) yield* endTokens(tenantId, change.link.id, change.link.updatedAt)
      else yield* run(graceTokens, { tenantId, id: change.link.id, until: change.graceUntil })
      yield* nameToken(tenantId, change.link, false)
      yield* run(updateLink, change.link)
      return
    case 'grants.ended':
    case 'links.ended':
      yield* run(endLinks, { tenantId, ids: change.ids, reason: change.reason, at: change.at })
      return
    case 'link.removed':
      yield* removeLink(tenantId, change)
      return
    case 'policy.set':
      yield* run(setPolicy, { tenantId, ...change.policy })
      return
    case 'viewer.forgotten':
      yield* forgetPerson(tenantId, change)
      return
    case 'tenant.removed':
      yield* removeTenant(tenantId)
  }
}

function* nameToken(tenantId: string, link: LinkFacts, imported: boolean): Steps<void> {
  const named = yield* first(insertName, {
    tenantId,
    kind: 'link',
    key: link.tokenHash,
    target: link.id,
    imported,
  })
  if (named === null) throw new TokenTaken()
}
