import type { ShownSnapshot } from '../../src/index.ts'
import type { State } from './state.ts'

export const snapshotKey = (tenantId: string, id: string): string => `${tenantId}\n${id}`

export function findSnapshotOf(
  state: State,
  tenantId: string,
  grantId: string,
  { content }: { content: boolean },
): ShownSnapshot | null {
  const grant = state.links.get(grantId) ?? state.grants.get(grantId)
  if (grant === undefined || grant.tenantId !== tenantId || grant.endedAt !== null) return null
  const stored = state.snapshots.get(snapshotKey(tenantId, grant.snapshotId ?? ''))
  if (stored === undefined || grant.snapshotAt === null) return null
  const { id, revision, title } = stored
  return { id, revision, title, content: content ? stored.content : '', takenAt: new Date(grant.snapshotAt) }
}

export function findSnapshot(
  state: State,
  tenantId: string,
  resourceUid: string,
  id: string,
  { content }: { content: boolean },
): Omit<ShownSnapshot, 'takenAt'> | null {
  const stored = state.snapshots.get(snapshotKey(tenantId, id))
  if (stored === undefined || stored.resourceUid !== resourceUid) return null
  const { revision, title } = stored
  return { id, revision, title, content: content ? stored.content : '' }
}

export function sweepSnapshots(state: State, tenantId: string, at: Date): number {
  const goesOn = ({ expiresAt, claimableUntil }: { expiresAt: Date | null; claimableUntil: Date | null }) =>
    (expiresAt === null || expiresAt > at) && (claimableUntil === null || claimableUntil > at)
  const shows = [
    ...[...state.links.values()].filter(({ endedAt, authority, authorityId }) => {
      const right = authority === 'grant' ? state.grants.get(authorityId) : undefined
      return endedAt === null && (right === undefined || goesOn(right))
    }),
    ...[...state.grants.values()].filter((grant) => grant.endedAt === null && goesOn(grant)),
  ]
  const named = new Set(shows.map((grant) => snapshotKey(grant.tenantId, grant.snapshotId ?? '')))
  const before = state.snapshots.size
  for (const [key, { tenantId: home, keptUntil }] of state.snapshots) {
    const kept = named.has(key) || (keptUntil !== null && keptUntil > at)
    if (home === tenantId && !kept) state.snapshots.delete(key)
  }
  return before - state.snapshots.size
}
