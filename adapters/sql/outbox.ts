import { sql } from 'kysely'
import { subjectOf } from '../../src/model/subject.ts'
import type { NewMessage } from '../../src/store/index.ts'
import { message as messageColumns } from './columns.ts'
import { columnList, query, run, type Steps } from './query.ts'

const insertMessages = query<{ tenantId: string; messages: readonly NewMessage[] }>(
  'outbox.insert',
  ({ t, p, rows }) => sql`
    insert into ${t.outbox} (tenant_id, due_at, ${columnList(messageColumns)})
    select ${p('tenantId')}, x.at, ${columnList(messageColumns)} from ${rows('messages', messageColumns, 'x')}`,
)

/** Any number, also none: nobody can tell by the statements. */
export function* putMessages(tenantId: string, messages: readonly NewMessage[]): Steps<void> {
  yield* run(insertMessages, { tenantId, messages })
}

const forgetRecipient = query<{ tenantId: string; subject: string }>(
  'outbox.forget',
  ({ t, p }) => sql`
    delete from ${t.outbox} where tenant_id = ${p('tenantId')} and recipient = ${p('subject')}`,
)

/** From what waits, which is little: a person's grants that have ended are found by no index. */
const forgetMessages = query<{ tenantId: string; subject: string }>(
  'outbox.forget_of_grants',
  ({ t, p }) => sql`
    delete from ${t.outbox} as o where o.tenant_id = ${p('tenantId')} and exists (
      select 1 from ${t.grants} g
      where g.tenant_id = ${p('tenantId')} and g.id = o.grant_id and g.subject = ${p('subject')})`,
)

/** What was to be told to a person, by user id or by the address that they were invited under. */
export function* forgetRecipientOf(tenantId: string, userId: string): Steps<void> {
  const subject = subjectOf('user', userId)
  yield* run(forgetRecipient, { tenantId, subject })
  yield* run(forgetMessages, { tenantId, subject })
}
