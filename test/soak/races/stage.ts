import type { Round } from './arena.ts'
import type { Done } from './attempt.ts'

type CreateOptions = Omit<Parameters<Round['host']['links']['create']>[2], 'role'>

/** Of one round: a resource of its own tenant, and a link that was opened once. */
export async function setStage(round: Round, options: Partial<CreateOptions> = {}) {
  const { host, tenantId } = round
  const owner = { userId: `owner of ${tenantId}`, tenantId }
  const ref = { type: 'document', id: `of ${tenantId}` } as const
  await host.resources.register(ref, { tenantId, ownerId: owner.userId })
  const { id, token } = await host.links.create(owner, ref, { visibility: 'public', ...options })
  const { pass, viewId } = await host.open(token)
  return { owner, ref, link: { id, token, pass, viewId } }
}

/** The views that were acknowledged. */
export const acknowledged = (done: readonly Done[], note?: string): string[] =>
  done.flatMap((one) =>
    one.call.method === 'open' && one.outcome === 'ok' && (note === undefined || one.note === note)
      ? [String(one.value)]
      : [],
  )

/** How many views of a link there are, by one statement. */
export const countRows = (tenantId: string, linkId: string): string =>
  `select count(*) as n from share_views where tenant_id = '${tenantId}' and link_id = '${linkId}'`

/** The views of a link are those that were acknowledged, each once, and as many as it has counted. */
export async function checkViews(
  { query, tenantId, violation }: Round,
  linkId: string,
  expected: readonly string[],
  counted = expected.length,
): Promise<void> {
  const rows = await query(
    `select id from share_views where tenant_id = '${tenantId}' and link_id = '${linkId}'`,
  )
  const ids = new Set(rows.map(({ id }) => String(id)))
  const missing = expected.filter((id) => !ids.has(id)).length
  if (ids.size !== expected.length || missing > 0) {
    violation('views are not those that were acknowledged', {
      acknowledged: expected.length,
      rows: ids.size,
      missing,
    })
  }
  const [grant] = await query(
    `select view_count from share_grants where tenant_id = '${tenantId}' and id = '${linkId}'`,
  )
  if (Number(grant?.['view_count']) !== counted) {
    violation('the count is not that of the views', { rows: ids.size, count: Number(grant?.['view_count']) })
  }
}
