import type { Dump } from './dump.ts'
import type { Fact } from './ledger.ts'

/** How often each thing is in the database: views of a link, events of an action on what it is about. */
export function countsIn(dump: Dump): Map<string, number> {
  const counts = new Map<string, number>()
  const add = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1)
  for (const { linkId } of dump.views) add(`view ${linkId}`)
  for (const event of dump.audit) add(`${event.action} ${aboutOf(event)}`)
  return counts
}

/** A link is not known by name before it is made: its creation is about the resource. */
function aboutOf({ action, ref, targetId, tenantId }: Dump['audit'][number]): string {
  if (action === 'member.removed') return `${tenantId}/${targetId}`
  if (ref === null) return tenantId
  return action.startsWith('link.') && action !== 'link.created' ? String(targetId) : ref
}

/** Whether a database shows what a host was told. */
export function holds(fact: Fact, tenantId: string, dump: Dump): boolean {
  switch (fact.fact) {
    case 'view':
      return indexOf(dump).views.get(fact.id)?.linkId === fact.link
    case 'link': {
      const name = indexOf(dump).tokens.get(fact.tokenHash)
      const grant = indexOf(dump).grants.get(fact.id)
      return name?.target === fact.id && name.until === null && grant?.tokenHash === fact.tokenHash
    }
    case 'ended':
      return indexOf(dump).grants.get(fact.link)?.ended ?? true
    case 'token gone':
      return (indexOf(dump).tokens.get(fact.tokenHash)?.target ?? '') === ''
    case 'link gone':
      return (
        indexOf(dump).grants.get(fact.id)?.removed !== false &&
        !dump.names.some(({ target, kind }) => target === fact.id && kind !== 'resource')
      )
    case 'resource gone':
      return !dump.resources.some(({ ref, removed }) => ref === fact.ref && !removed)
    case 'tenant gone':
      return Object.values(dump).every((rows: Array<{ tenantId: string }>) =>
        rows.every((row) => row.tenantId !== tenantId),
      )
    case 'forgotten':
      return dump.views.every(({ viewerId }) => viewerId !== fact.userId)
  }
}

interface Index {
  views: Map<string, Dump['views'][number]>
  grants: Map<string, Dump['grants'][number]>
  tokens: Map<string, Dump['names'][number]>
}

const indexes = new WeakMap<Dump, Index>()

function indexOf(dump: Dump): Index {
  const known = indexes.get(dump)
  if (known !== undefined) return known
  const index: Index = {
    views: new Map(dump.views.map((view) => [view.id, view])),
    grants: new Map(dump.grants.map((grant) => [grant.id, grant])),
    tokens: new Map(dump.names.flatMap((name) => (name.kind === 'link' ? [[name.key, name]] : []))),
  }
  indexes.set(dump, index)
  return index
}
