import type { Actor } from '../../../src/index.ts'
import { BY_ACTOR, type Target } from '../../support/border-calls.ts'
import { doc, outcomeOf, type Sample } from '../../support/sample.ts'
import { TABLES } from '../../support/tables.ts'
import type { Ground } from '../places.ts'

export const SIDES = [
  { mine: 'tenant-a', other: 'tenant-b' },
  { mine: 'tenant-b', other: 'tenant-a' },
] as const

/** What belongs to a tenant and is named by those of another. */
export interface Names extends Target {
  tenantId: string
  /** Of a link for the tenant's own people: what others say of it must be a refusal. */
  token: string
  pass: string
  dataRef: string
}

export const ownerOf = (tenantId: string): Actor => ({
  userId: `owner of ${tenantId}`,
  tenantId,
  admin: 'tenant',
})

/** What nobody has. */
export const NOTHING: Target = {
  ref: doc('unknown'),
  link: 'unknown',
  collaborator: 'unknown',
  request: 'unknown',
}

/** A document with a link that was opened. */
export async function furnish(sharing: Sample, tenantId: string, id: string): Promise<Names> {
  const owner = ownerOf(tenantId)
  const ref = doc(id)
  await sharing.resources.register(ref, { tenantId, ownerId: owner.userId, title: `title of ${id}` })
  await sharing.resources.setVisibility(owner, ref, 'account')
  const { id: link, token } = await sharing.links.create(owner, ref, { visibility: 'account', name: id })
  const { id: collaborator } = await sharing.collaborators.add(owner, ref, { userId: 'pat', role: 'viewer' })
  const asker = { userId: 'asker', tenantId }
  await sharing.requests.create(asker, ref, { role: 'editor' })
  const [request] = await sharing.requests.list(owner, ref)
  const { pass } = await sharing.open(token, { actor: owner, ip: '192.0.2.1' })
  const dataRef = await sharing.refs.mint({ actor: owner, resource: ref }, 'rows')
  return { tenantId, ref, link, collaborator, request: request!.id, token, pass, dataRef }
}

/** The methods that fail even on what is one's own: of those, that another's is refused would show nothing. */
export async function refusedToOwners(sharing: Sample): Promise<string[]> {
  const refused: string[] = []
  for (const [method, calls] of Object.entries(BY_ACTOR)) {
    for (const [index, call] of calls.entries()) {
      const own = await furnish(sharing, 'tenant-a', `own-${method}-${index}`)
      const outcome = await outcomeOf(() => call(sharing, ownerOf('tenant-a'), own))
      if (outcome !== 'ok') refused.push(`${method}: ${outcome}`)
    }
  }
  return refused
}

/** All rows of a tenant. */
export async function rowsOf({ query }: Ground, tenantId: string): Promise<string> {
  const rows: string[] = []
  for (const table of TABLES) {
    const found = await query(`select * from share_${table} where tenant_id = '${tenantId}'`)
    rows.push(...found.map((row) => `${table} ${JSON.stringify(row)}`).sort())
  }
  return rows.join('\n')
}
