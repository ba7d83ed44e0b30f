import { type RawBuilder, sql } from 'kysely'
import type { ResourceRef } from '../../src/model/resource.ts'
import { subjectOf } from '../../src/model/subject.ts'
import { DEFAULT_POLICY, type TenantPolicy } from '../../src/model/tenant-policy.ts'
import type {
  Anchor,
  Ask,
  Counter,
  Facts,
  GrantFacts,
  LinkFacts,
  RequestFacts,
} from '../../src/store/index.ts'
import { isBegun } from './begun.ts'
import {
  counter as counterColumns,
  grant as grantColumns,
  link as linkColumns,
  policy as policyColumns,
} from './columns.ts'
import { loadFork } from './forks.ts'
import { linksBelow, loadHanging } from './hanging.ts'
import { Interleaved } from './interleaved.ts'
import { countPeople, findPeople, loadHeld } from './people.ts'
import { enter, first, type Query, query, run, type Steps, type Tables } from './query.ts'
import { findAsked, lockRequest, requestHome } from './requests.ts'
import { type ResourceRow, resourceGroups, resourceKey, resourceOf } from './resource-row.ts'
import { loadStations } from './workstations/load.ts'

/** Views of a link that is removed are gone, also while `purgeSlice` is still deleting them. */
export const ofLiveLinks = (t: Tables, tenantId: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`(v.link_id is null or v.link_id not in (
    select x.id from ${t.grants} x where x.tenant_id = ${tenantId} and x.removed_at is not null))`

const findName = query<{ kind: string; key: string }, { name: { tenantId: string; target: string } }>(
  'name.find',
  ({ t, p, columns }) =>
    sql`select ${columns} from ${t.names} n where n.kind = ${p('kind')} and n.key = ${p('key')}`,
  { name: ['n', { tenantId: 'text', target: 'text' }] },
)

const makeTenant = query<{ tenantId: string }>(
  'tenant.make',
  ({ t, p }) => sql`insert into ${t.tenants} (tenant_id) values (${p('tenantId')}) on conflict do nothing`,
)

const lockTenant = (strength: 'share' | 'update'): Query<{ tenantId: string }, { policy: TenantPolicy }> =>
  query(
    `tenant.lock_${strength}`,
    ({ t, p, d, columns }) =>
      sql`select ${columns} from ${t.tenants} t where t.tenant_id = ${p('tenantId')}
        ${d.queue(strength, sql.ref('t.tenant_id'))} ${d.lock(strength, 't')}`,
    { policy: ['t', policyColumns] },
  )
const lockTenantToRead = lockTenant('share')
export const lockTenantWhole: Query<{ tenantId: string }, { policy: TenantPolicy }> = lockTenant('update')

const lockResource = query<{ tenantId: string; uid: string }, ResourceRow>(
  'resource.lock',
  ({ t, p, d, columns }) => sql`
    select ${columns} from ${t.resources} r
    left join ${t.resources} u on u.tenant_id = r.tenant_id and u.uid = r.parent_uid
    where r.tenant_id = ${p('tenantId')} and r.uid = ${p('uid')} and r.removed_at is null ${d.lock('update', 'r')}`,
  resourceGroups,
)

const grantHome = query<{ tenantId: string; id: string }, { grant: { resourceUid: string } }>(
  'grant.home',
  ({ t, p, columns }) =>
    sql`select ${columns} from ${t.grants} g where g.tenant_id = ${p('tenantId')} and g.id = ${p('id')}`,
  { grant: ['g', { resourceUid: 'text' }] },
)

const lockLink = query<{ tenantId: string; id: string }, { link: LinkFacts }>(
  'link.lock',
  ({ t, p, d, columns }) => sql`
    select ${columns} from ${t.grants} g
    where g.tenant_id = ${p('tenantId')} and g.id = ${p('id')} and g.grantee = 'link' and g.removed_at is null
      ${d.lock('update', 'g')}`,
  { link: ['g', linkColumns] },
)

const lockGrant = query<{ tenantId: string; id: string }, { grant: GrantFacts }>(
  'grant.lock',
  ({ t, p, d, columns }) => sql`
    select ${columns} from ${t.grants} g
    where g.tenant_id = ${p('tenantId')} and g.id = ${p('id')} and g.subject is not null and g.removed_at is null
      ${d.lock('update', 'g')}`,
  { grant: ['g', grantColumns] },
)

const lockCounter = query<{ tenantId: string; kind: string; key: string }, { counter: Counter }>(
  'counter.lock',
  ({ t, p, d, columns }) => sql`
    select ${columns} from ${t.counters} c
    where c.tenant_id = ${p('tenantId')} and c.kind = ${p('kind')} and c.key = ${p('key')} ${d.lock('update', 'c')}`,
  { counter: ['c', counterColumns] },
)

/** A row that is not there cannot be locked. */
const makeCounter = query<{ tenantId: string; kind: string; key: string }>(
  'counter.make',
  ({ t, p }) => sql`
    insert into ${t.counters} (tenant_id, kind, key)
    select t.tenant_id, ${p('kind')}, ${p('key')} from ${t.tenants} t where t.tenant_id = ${p('tenantId')}
    on conflict do nothing`,
)

const ancestors = query<{ tenantId: string; uid: string }, { ancestor: { uid: string } }>(
  'resource.ancestors',
  ({ t, p, d, columns }) => sql`
    with recursive a(uid, parent_uid) as (
      select r.uid, r.parent_uid from ${t.resources} r
      where r.tenant_id = ${p('tenantId')} and r.uid = ${p('uid')}
      union
      select r.uid, r.parent_uid from a ${d.join} ${t.resources} r
      where r.tenant_id = ${p('tenantId')} and r.uid = a.parent_uid
    ) select ${columns} from a`,
  { ancestor: ['a', { uid: 'text' }] },
)

const MAKE_THEIR_TENANT: readonly Anchor['at'][] = ['tenant', 'registration', 'counter', 'person']

/** Loads one situation under lock: the tenant's row, then the resource's, then what the ask names. */
export function* load(anchor: Anchor, ask: Ask): Steps<Facts> {
  const place = yield* locate(anchor)
  const { tenantId } = place
  // What hangs on a grant may hang on resources below, where others work under locks of their own.
  const whole =
    anchor.at === 'tenant' ||
    ask.parent !== undefined ||
    ask.moves === true ||
    ask.linksUnder === true ||
    ask.stations?.removing === true
  const tenant = yield* first(whole ? lockTenantWhole : lockTenantToRead, { tenantId })
  // Its row was there or was just made: the tenant has been removed since.
  if (tenant === null && MAKE_THEIR_TENANT.includes(anchor.at)) throw new Interleaved()
  const resourceRow =
    anchor.at === 'tenant' ? null : yield* first(lockResource, { tenantId, uid: place.resourceUid })
  const resource = resourceRow && resourceOf(resourceRow)
  const linkRow = anchor.at === 'link' ? yield* first(lockLink, { tenantId, id: anchor.id }) : null
  const grantRow = anchor.at === 'grant' ? yield* first(lockGrant, { tenantId, id: anchor.id }) : null
  const grant = resource && grantRow ? grantRow.grant : null
  const requestRow = anchor.at === 'request' ? yield* first(lockRequest, { tenantId, id: anchor.id }) : null
  const request = resource && requestRow ? requestRow.request : null
  const people = yield* loadPeople(tenantId, place.resourceUid, ask, request)
  return {
    tenantId,
    policy: tenant?.policy ?? DEFAULT_POLICY,
    resource,
    taken: place.taken,
    link: resource && linkRow ? linkRow.link : null,
    grant,
    request,
    asked: ask.asked === undefined ? null : yield* loadAsked(tenantId, place.resourceUid, ask.asked),
    grants: ask.actor ? yield* loadHeld(tenantId, place.resourceUid, ask.actor) : [],
    people,
    counter: ask.counter ? yield* loadCounter(tenantId, ask.counter) : null,
    begun: ask.begun !== undefined && (yield* isBegun(tenantId, ask.begun)),
    fork: ask.fork === undefined ? null : yield* loadFork(tenantId, ask.fork),
    moving: ask.moves ? yield* loadMoving(tenantId, place.resourceUid) : null,
    parent: ask.parent ? yield* loadParent(tenantId, ask.parent) : null,
    ...(yield* loadHanging(tenantId, ask, grant === null ? people.found : [grant, ...people.found])),
    stations: yield* loadStations(tenantId, place.resourceUid, anchor, ask),
  }
}

function* loadAsked(tenantId: string, uid: string, userId: string): Steps<RequestFacts | null> {
  const row = yield* first(findAsked, { tenantId, uid, userId })
  return row?.request ?? null
}

function* loadPeople(
  tenantId: string,
  uid: string,
  { people, asker }: Ask,
  request: RequestFacts | null,
): Steps<Facts['people']> {
  if (people === undefined) return { count: 0, found: [] }
  const { addressKey, at } = people
  const subjects =
    asker && request !== null ? [...people.subjects, subjectOf('user', request.userId)] : people.subjects
  const counted = yield* first(countPeople, { tenantId, uid, at })
  const found = yield* run(findPeople, { tenantId, uid, subjects, addressKey: addressKey ?? '' })
  return { count: counted?.people.count ?? 0, found: found.map(({ grant }) => grant) }
}

export function* loadCounter(
  tenantId: string,
  asked: { kind: string; key: string },
): Steps<Facts['counter']> {
  const args = { tenantId, kind: asked.kind, key: asked.key }
  yield* run(makeCounter, args)
  const row = yield* first(lockCounter, args)
  return row?.counter.since == null ? null : row.counter
}

function* loadMoving(tenantId: string, uid: string): Steps<Facts['moving']> {
  const above = yield* run(ancestors, { tenantId, uid })
  const links = yield* run(linksBelow, { tenantId, uid })
  return {
    above: new Set(above.map(({ ancestor }) => ancestor.uid).filter((one) => one !== uid)),
    links: links.map((row) => ({
      link: row.link,
      resource: resourceOf(row),
      authorityUid: row.right.resourceUid,
    })),
  }
}

interface Place {
  tenantId: string
  resourceUid: string
  taken: boolean
}

/**
 * Resolves an anchor to its tenant. What is unknown or another tenant's comes out as a place where nothing is,
 * so that the same statements follow for both.
 */
function* locate(anchor: Anchor): Steps<Place> {
  switch (anchor.at) {
    case 'tenant':
      yield* enter(anchor)
      yield* run(makeTenant, { tenantId: anchor.tenantId })
      return { tenantId: anchor.tenantId, resourceUid: '', taken: false }
    case 'workstation': {
      const named =
        anchor.tenantId === null ? yield* first(findName, { kind: 'workstation', key: anchor.id }) : null
      const tenantId = anchor.tenantId ?? named?.name.tenantId ?? ''
      yield* enter({ tenantId })
      return { tenantId, resourceUid: '', taken: false }
    }
    case 'edit': {
      const named = yield* first(findName, { kind: 'edit', key: anchor.id })
      const tenantId = named?.name.tenantId ?? ''
      yield* enter({ tenantId })
      return { tenantId, resourceUid: named?.name.target ?? '', taken: false }
    }
    case 'person':
    case 'counter':
      yield* enter({ tenantId: anchor.tenantId })
      yield* run(makeTenant, { tenantId: anchor.tenantId })
      return { tenantId: anchor.tenantId, resourceUid: '', taken: false }
    case 'request': {
      const named =
        anchor.tenantId === null ? yield* first(findName, { kind: 'request', key: anchor.id }) : null
      const tenantId = anchor.tenantId ?? named?.name.tenantId ?? ''
      yield* enter({ tenantId })
      const home = yield* first(requestHome, { tenantId, id: anchor.id })
      return { tenantId, resourceUid: home?.request.resourceUid ?? '', taken: false }
    }
    case 'registration': {
      yield* enter(anchor)
      yield* run(makeTenant, { tenantId: anchor.tenantId })
      const found = yield* first(findName, { kind: 'resource', key: resourceKey(anchor.ref) })
      const taken = found !== null && found.name.tenantId !== anchor.tenantId
      return { tenantId: anchor.tenantId, resourceUid: taken ? '' : (found?.name.target ?? ''), taken }
    }
    case 'resource': {
      const found = yield* first(findName, { kind: 'resource', key: resourceKey(anchor.ref) })
      const there = found !== null && (anchor.tenantId === null || anchor.tenantId === found.name.tenantId)
      const tenantId = there ? found.name.tenantId : (anchor.tenantId ?? anchor.otherwise ?? '')
      yield* enter({ tenantId })
      return { tenantId, resourceUid: there ? found.name.target : '', taken: false }
    }
    case 'grant':
    case 'link': {
      const named =
        anchor.tenantId === null ? yield* first(findName, { kind: 'grant', key: anchor.id }) : null
      const tenantId = anchor.tenantId ?? named?.name.tenantId ?? ''
      yield* enter({ tenantId })
      const home = yield* first(grantHome, { tenantId, id: anchor.id })
      return { tenantId, resourceUid: home?.grant.resourceUid ?? '', taken: false }
    }
  }
}

function* loadParent(tenantId: string, ref: ResourceRef): Steps<Facts['parent']> {
  const found = yield* first(findName, { kind: 'resource', key: resourceKey(ref) })
  const uid = found?.name.tenantId === tenantId ? found.name.target : ''
  const row = yield* first(lockResource, { tenantId, uid })
  if (row === null) return null
  const above = yield* run(ancestors, { tenantId, uid })
  return { resource: resourceOf(row), ancestors: new Set(above.map(({ ancestor }) => ancestor.uid)) }
}
