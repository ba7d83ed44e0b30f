import type { Dump } from './dump.ts'

type Event = Dump['audit'][number]
type Resource = Dump['resources'][number]
type Grant = Dump['grants'][number]

/** Everything in which state and audit differ: what is recorded has happened, and what has happened is recorded. */
export function historiesAgree({ resources, grants, audit, tenants }: Dump): string[] {
  const wrong: string[] = []
  const registered = new Map(resources.map((resource) => [`${resource.tenantId}/${resource.uid}`, resource]))
  const linksOf = Map.groupBy(grants, ({ tenantId, resourceUid }) => `${tenantId}/${resourceUid}`)
  const histories = Map.groupBy(
    audit.filter(({ resourceUid }) => resourceUid !== null),
    ({ tenantId, resourceUid }) => `${tenantId}/${resourceUid}`,
  )
  for (const key of registered.keys()) if (!histories.has(key)) wrong.push(`${key} has no history`)
  for (const [key, events] of histories) {
    events.sort((a, b) => a.seq - b.seq)
    if (events.some(({ seq }, index) => seq !== index + 1)) {
      wrong.push(`${key} has the history ${events.map(({ seq, action }) => `${seq} ${action}`).join(', ')}`)
      continue
    }
    wrong.push(...replay(key, events, registered.get(key) ?? null, linksOf.get(key) ?? []))
  }
  for (const tenant of tenants) wrong.push(...policyAgrees(tenant, audit))
  return [...wrong, ...leavingsAgree(audit)]
}

/** Goes through the history of one resource, and compares what comes out with what is stored. */
function replay(
  key: string,
  events: readonly Event[],
  resource: Resource | null,
  grants: readonly Grant[],
): string[] {
  const wrong: string[] = []
  const say = (what: string): void => void wrong.push(`${key}: ${what}`)
  if (events[0]!.action !== 'resource.registered') say(`begins with ${events[0]!.action}`)
  const last = events.at(-1)!
  const gone = last.action === 'resource.removed'
  const there = resource !== null && !resource.removed
  if (gone === there) say(gone ? 'was removed, and is there' : 'is gone without an event')
  if (resource !== null && resource.auditSeq !== events.length) say(`counts ${resource.auditSeq} events`)
  if (gone || resource === null) {
    if (grants.some(({ removed }) => !removed)) say('is gone, and has links')
    return wrong
  }
  const own = events.filter(({ action }) => action.startsWith('resource.') || action === 'visibility.changed')
  const state = Object.assign({}, ...own.map(({ after }) => after)) as Record<string, unknown>
  const traits = ((state['traits'] ?? []) as string[]).toSorted().join(',')
  if (state['ownerId'] !== resource.ownerId) say(`is ${resource.ownerId}'s, not ${state['ownerId']}'s`)
  if (state['title'] !== resource.title) say(`has the title ${resource.title}, not ${state['title']}`)
  if (state['visibility'] !== resource.visibility)
    say(`is ${resource.visibility}, not ${state['visibility']}`)
  if (resource.traits.split(',').filter(Boolean).toSorted().join(',') !== traits)
    say(`lacks traits ${traits}`)
  if (resource.updatedAt !== own.at(-1)!.at) say('was changed at another time than its last event')

  const transfers = events.flatMap(({ action, at }) => (action === 'resource.transferred' ? [at] : []))
  const byLink = Map.groupBy(
    events.filter(({ action }) => action.startsWith('link.')),
    ({ targetId }) => String(targetId),
  )
  const links = new Map(grants.map((grant) => [grant.id, grant]))
  for (const id of links.keys()) if (!byLink.has(id)) say(`${id} was never created`)
  for (const [id, own] of byLink) wrong.push(...linkAgrees(id, own, transfers, links.get(id) ?? null))
  return wrong
}

function linkAgrees(
  id: string,
  events: readonly Event[],
  transfers: readonly number[],
  grant: Grant | null,
): string[] {
  const wrong: string[] = []
  const say = (what: string): void => void wrong.push(`link ${id}: ${what}`)
  const times = (action: string): number => events.filter((event) => event.action === action).length
  if (events[0]!.action !== 'link.created' || times('link.created') !== 1) say('has no one creation')
  const gone = events.at(-1)!.action === 'link.removed'
  if (gone !== (grant === null || grant.removed))
    say(gone ? 'was removed, and is there' : 'is gone without an event')
  if (gone || grant === null) return wrong
  const endings = events.filter(({ action }) => action === 'link.revoked')
  if (endings.length !== (grant.ended ? 1 : 0))
    say(`ended ${endings.length} times, and is ended: ${grant.ended}`)
  if (grant.ended && endings[0]?.after['reason'] !== grant.endReason) say(`ended as ${grant.endReason}`)
  const settings = events.filter(({ action }) => action === 'link.created' || action === 'link.updated')
  const state = Object.assign({}, ...settings.map(({ after }) => after)) as Record<string, unknown>
  if (state['name'] !== grant.name) say(`has the name ${grant.name}, not ${state['name']}`)
  if (state['maxViews'] !== grant.maxViews) say(`has the limit ${grant.maxViews}, not ${state['maxViews']}`)
  if (state['hasPassword'] !== grant.hasPassword) say('differs in its password')
  const last = events.at(-1)!.at
  if (grant.updatedAt !== last && !transfers.includes(grant.updatedAt)) {
    say('was changed at another time than its last event')
  }
  return wrong
}

/** Two policies may have been set in one millisecond: either may be the one that holds. */
function policyAgrees({ tenantId, maxLinkDays }: Dump['tenants'][number], audit: readonly Event[]): string[] {
  const events = audit.filter((event) => event.action === 'policy.changed' && event.tenantId === tenantId)
  const last = Math.max(...events.map(({ at }) => at))
  const allowed = events.filter(({ at }) => at === last).map(({ after }) => after['maxLinkDays'])
  const agrees = events.length === 0 ? maxLinkDays === null : allowed.includes(maxLinkDays)
  return agrees ? [] : [`${tenantId}: the policy is ${maxLinkDays} days, not ${allowed.join(' or ')}`]
}

/** Who left took as many links along as their event says. */
function leavingsAgree(audit: readonly Event[]): string[] {
  const momentOf = ({ tenantId, at, after }: Event): string => `${tenantId} ${at} ${after['reason']}`
  const ended = Map.groupBy(
    audit.filter(({ action }) => action === 'link.revoked'),
    momentOf,
  )
  const left = Map.groupBy(
    audit.filter(({ action }) => action === 'member.removed'),
    momentOf,
  )
  return [...left].flatMap(([moment, events]) => {
    const said = events.reduce((sum, { after }) => sum + Number(after['linksEnded']), 0)
    const found = ended.get(moment)?.length ?? 0
    return said === found ? [] : [`${moment}: ${said} links ended, and ${found} have`]
  })
}
