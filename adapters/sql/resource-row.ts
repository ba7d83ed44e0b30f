import type { ResourceRef } from '../../src/model/resource.ts'
import type { ResourceFacts } from '../../src/store/index.ts'
import { type Columns, parentRef, resource as resourceColumns } from './columns.ts'

export const resourceKey = (ref: ResourceRef): string => `${ref.type}:${ref.id}`

export interface ResourceRow {
  resource: Omit<ResourceFacts, 'parent'>
  parent: { type: string | null; id: string | null }
}

export function resourceOf({ resource, parent }: ResourceRow): ResourceFacts {
  return { ...resource, parent: parent.type === null ? null : { type: parent.type, id: parent.id! } }
}

export const resourceGroups: {
  resource: readonly [string, Columns<ResourceRow['resource']>]
  parent: readonly [string, Columns<ResourceRow['parent']>]
} = { resource: ['r', resourceColumns], parent: ['u', parentRef] }
