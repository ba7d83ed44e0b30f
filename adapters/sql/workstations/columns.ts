import type { CheckpointFacts, EditFacts, WorkstationFacts } from '../../../src/store/index.ts'
import type { Columns } from '../columns.ts'

export const workstation: Columns<WorkstationFacts> = {
  id: 'text',
  tenantId: 'text',
  userId: 'text',
  name: 'text',
  fingerprint: 'text',
  lastSeen: 'time',
  createdAt: 'time',
}

export const edit: Columns<EditFacts> = {
  id: 'text',
  tenantId: 'text',
  resourceUid: 'text',
  workstationId: 'text',
  workstationName: 'text',
  userId: 'text',
  userTenantId: 'text',
  fence: 'int',
  authority: 'text',
  authorityId: 'text',
  startedAt: 'time',
  expiresAt: 'time',
  lostAt: 'time',
  endedAt: 'time',
  endReason: 'text',
}

export const checkpoint: Columns<CheckpointFacts> = {
  id: 'text',
  tenantId: 'text',
  resourceUid: 'text',
  seq: 'int',
  editId: 'text',
  fence: 'int',
  workstationId: 'text',
  userId: 'text',
  bytes: 'int',
  savedAt: 'time',
  expiresAt: 'time',
}
