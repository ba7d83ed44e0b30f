import { createSharing, type Store } from '../../../src/index.ts'
import { createWorkstations, type Workstations } from '../../../src/workstations/index.ts'

export const EDITOR = { userId: 'editor', tenantId: 'acme' } as const
export const EDITED = { type: 'draft', id: 'd1' } as const

/** So few are kept that each save drops one. */
export const KEPT = 2

const sharingOn = (store: Store) =>
  createSharing({
    store,
    secret: 'a secret of the crashes, longer than 32 bytes',
    resources: { draft: { roles: { editor: ['view', 'edit'] } } },
  })

export const stationsOn = (store: Store): Workstations =>
  createWorkstations(sharingOn(store), {
    checkpointMaxPerItem: KEPT,
    sessionTimeoutMinutes: 1440,
  }) as unknown as Workstations

/** Begins to edit, and keeps as much as is ever kept. */
export async function beginOn(store: Store): Promise<string> {
  const sharing = sharingOn(store)
  const stations = stationsOn(store)
  await stations.migrate()
  await sharing.resources.register(EDITED, { tenantId: EDITOR.tenantId, ownerId: EDITOR.userId })
  const { id: workstationId } = await stations.register(EDITOR, { name: 'a machine', fingerprint: 'f' })
  const { id } = await stations.edits.begin(EDITOR, EDITED, { workstationId })
  for (const number of [-1, 0]) await stations.checkpoints.save(EDITOR, id, contentOf(number))
  return id
}

/** Long enough to fill many of a database's pages, and none like another. */
export const contentOf = (number: number): unknown => ({
  number,
  text: `${number} `.repeat(20_000),
  end: number,
})
