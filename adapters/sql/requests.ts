import { sql } from 'kysely'
import type { RequestFacts } from '../../src/store/index.ts'
import { type Columns, request as requestColumns } from './columns.ts'
import { columnList, type Query, query, run, type Steps } from './query.ts'

interface RequestName {
  id: string
  resourceUid: string
}
const nameColumns: Columns<RequestName> = { id: 'text', resourceUid: 'text' }

const insertNames = query<{ tenantId: string; requests: readonly RequestName[] }>(
  'request.insert_names',
  ({ t, p, rows }) => sql`
    insert into ${t.names} (tenant_id, kind, key, target)
    select ${p('tenantId')}, 'request', x.id, x.resource_uid from ${rows('requests', nameColumns, 'x')}`,
)

const insertRequests = query<{ requests: readonly RequestFacts[] }>(
  'request.insert',
  ({ t, rows }) => sql`
    insert into ${t.requests} (${columnList(requestColumns)}) select ${columnList(requestColumns)}
    from ${rows('requests', requestColumns, 'x')}`,
)

/** Any number, also none: nobody can tell by the statements. */
export function* createRequests(tenantId: string, requests: readonly RequestFacts[]): Steps<void> {
  yield* run(insertNames, { tenantId, requests })
  yield* run(insertRequests, { requests })
}

export const answerRequest: Query<RequestFacts, Record<never, never>> = query(
  'request.answer',
  ({ t, p }) => sql`
    update ${t.requests} set status = ${p('status')}, role = ${p('role')}, answered_at = ${p('answeredAt', 'time')},
      answered_by = ${p('answeredBy')}
    where tenant_id = ${p('tenantId')} and id = ${p('id')} and status = 'open'`,
)

const withdrawNames = query<{ tenantId: string; userId: string; answered: boolean }>(
  'request.withdraw_names',
  ({ t, p }) => sql`
    delete from ${t.names} where tenant_id = ${p('tenantId')} and kind = 'request' and key in (
      select id from ${t.requests} where tenant_id = ${p('tenantId')} and user_id = ${p('userId')}
        and (status = 'open' or ${p('answered', 'bool')}))`,
)

const withdraw = query<{ tenantId: string; userId: string; answered: boolean }>(
  'request.withdraw',
  ({ t, p }) => sql`
    delete from ${t.requests} where tenant_id = ${p('tenantId')} and user_id = ${p('userId')}
      and (status = 'open' or ${p('answered', 'bool')})`,
)

export function* withdrawRequests(tenantId: string, userId: string, answered: boolean): Steps<void> {
  yield* run(withdrawNames, { tenantId, userId, answered })
  yield* run(withdraw, { tenantId, userId, answered })
}

export const findAsked: Query<{ tenantId: string; uid: string; userId: string }, { request: RequestFacts }> =
  query(
    'request.find_asked',
    ({ t, p, columns }) => sql`
    select ${columns} from ${t.requests} q
    where q.tenant_id = ${p('tenantId')} and q.resource_uid = ${p('uid')} and q.user_id = ${p('userId')}
      and q.status = 'open'`,
    { request: ['q', requestColumns] },
  )

export const requestHome: Query<{ tenantId: string; id: string }, { request: { resourceUid: string } }> =
  query(
    'request.home',
    ({ t, p, columns }) =>
      sql`select ${columns} from ${t.requests} q where q.tenant_id = ${p('tenantId')} and q.id = ${p('id')}`,
    { request: ['q', { resourceUid: 'text' }] },
  )

export const lockRequest: Query<{ tenantId: string; id: string }, { request: RequestFacts }> = query(
  'request.lock',
  ({ t, p, d, columns }) => sql`
    select ${columns} from ${t.requests} q
    where q.tenant_id = ${p('tenantId')} and q.id = ${p('id')} ${d.lock('update', 'q')}`,
  { request: ['q', requestColumns] },
)

export const listRequests: Query<
  { tenantId: string; uid: string; limit: number },
  { request: RequestFacts }
> = query(
  'requests.of_resource',
  ({ t, p, columns }) => sql`
    select ${columns} from ${t.requests} q
    where q.tenant_id = ${p('tenantId')} and q.resource_uid = ${p('uid')}
    order by case when q.status = 'open' then 0 else 1 end, q.created_at desc, q.id desc limit ${p('limit', 'int')}`,
  { request: ['q', requestColumns] },
)
