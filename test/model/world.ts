import type { Actor } from 'sharegrant'

/** Everybody that histories are about. */
export const ACTORS: readonly Actor[] = [
  { userId: 'ann', tenantId: 'acme', email: 'ann@acme.example' },
  { userId: 'bob', tenantId: 'acme', email: 'bob@acme.example' },
  { userId: 'ada', tenantId: 'acme', admin: 'tenant' },
  { userId: 'eve', tenantId: 'rival', email: 'eve@rival.example' },
  { userId: 'zoe', tenantId: null },
  { userId: 'root', tenantId: 'acme', admin: 'system' },
]

export const IDS = ['d1', 'd2', 'd3', 'd4'] as const

export const refOf = (id: string): { type: 'document'; id: string } => ({ type: 'document', id })
