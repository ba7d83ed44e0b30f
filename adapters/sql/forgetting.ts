import { sql } from 'kysely'
import { subjectOf } from '../../src/model/subject.ts'
import type { Change } from '../../src/store/index.ts'
import { forgetRecipientOf } from './outbox.ts'
import { query, run, type Steps } from './query.ts'

const forgetViewer = query<{ tenantId: string; userId: string; visitor: string }>(
  'viewer.forget',
  ({ t, p }) => sql`
    update ${t.views} set viewer_id = null, ip = null, user_agent = null, visitor = ${p('visitor')}
    where tenant_id = ${p('tenantId')} and viewer_id = ${p('userId')}`,
)

const forgetAddress = query<{ tenantId: string; subject: string }>(
  'grant.forget_address',
  ({ t, p }) => sql`
    update ${t.grants} set address = null, address_key = null
    where tenant_id = ${p('tenantId')} and subject = ${p('subject')} and address is not null`,
)

/** What was given to an address and not claimed says only whose it was. */
const forgetInvited = query<{ tenantId: string; subject: string; addresses: readonly string[] }>(
  'grant.forget_invited',
  ({ t, p, d, list }) => sql`
    update ${t.grants} set grantee = 'user', subject = ${p('subject')}, address = null, address_key = null
    where tenant_id = ${p('tenantId')} and ${d.oneOf(sql`subject`, list('addresses'))} and address is not null`,
)

/** Leaves what a person did, and nothing that says who it was. */
export function* forgetPerson(
  tenantId: string,
  { userId, visitor, addresses }: Extract<Change, { kind: 'viewer.forgotten' }>,
): Steps<void> {
  const subject = subjectOf('user', userId)
  yield* run(forgetViewer, { tenantId, userId, visitor })
  yield* run(forgetAddress, { tenantId, subject })
  yield* run(forgetInvited, { tenantId, subject, addresses })
  yield* forgetRecipientOf(tenantId, userId)
}
