import type { Kernel } from '../kernel.ts'
import type { OpenedShare } from '../model/opening.ts'
import type { ShownSnapshot } from '../store/facts.ts'
import type { PassedSnapshot } from '../tokens/pass.ts'

/** With its content, as most want it. */
const WHOLE: { content: boolean } = { content: true }

/** What a grant in snapshot mode shows now; null where another step has just taken it away. */
export const shownBy = (
  kernel: Kernel,
  tenantId: string,
  grantId: string,
  options: { content: boolean } = WHOLE,
): Promise<ShownSnapshot | null> => kernel.store.findSnapshotOf(tenantId, grantId, options)

/** What a pass was opened with. */
export async function shownTo(
  kernel: Kernel,
  { tenantId, resourceUid }: { tenantId: string; resourceUid: string },
  { id, takenAt }: PassedSnapshot,
  options: { content: boolean } = WHOLE,
): Promise<ShownSnapshot | null> {
  const found = await kernel.store.findSnapshot(tenantId, resourceUid, id, options)
  return found && { ...found, takenAt: new Date(takenAt) }
}

/** A snapshot as its reader is given it. */
export const snapshotOf = (shown: ShownSnapshot | null): OpenedShare['snapshot'] =>
  shown && { revision: shown.revision, content: JSON.parse(shown.content), takenAt: shown.takenAt }

/** The same as a pass names it. */
export const passedOf = (shown: ShownSnapshot | null): PassedSnapshot | null =>
  shown && { id: shown.id, takenAt: shown.takenAt.getTime() }

/** Whether a pass names what is shown now. */
export const isShown = (passed: PassedSnapshot, shown: ShownSnapshot): boolean =>
  passed.id === shown.id && passed.takenAt === shown.takenAt.getTime()
