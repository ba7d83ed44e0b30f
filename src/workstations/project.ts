import { hostTenant } from '../model/actor.ts'
import type { ResourceRef } from '../model/resource.ts'
import type { CheckpointFacts, EditFacts, WorkstationFacts } from '../store/index.ts'
import type { Checkpoint, Edit, Workstation } from './model.ts'

export const workstationOf = ({ tenantId, ...facts }: WorkstationFacts): Workstation => ({
  ...facts,
  tenantId: hostTenant(tenantId),
})

export const editOf = (
  { id, workstationId, userId, fence, startedAt, expiresAt }: EditFacts,
  { type, id: resourceId }: ResourceRef,
): Edit => ({
  id,
  resource: { type, id: resourceId },
  workstationId,
  userId,
  fence,
  startedAt,
  expiresAt,
})

export const checkpointOf = (
  { tenantId: _, resourceUid: __, seq: ___, ...facts }: CheckpointFacts,
  { type, id }: ResourceRef,
): Checkpoint => ({ ...facts, resource: { type, id } })
