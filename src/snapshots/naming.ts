import type { SnapshotNaming } from '../store/facts.ts'

/** What a live grant names. */
export const NO_SNAPSHOT: SnapshotNaming = Object.freeze({
  snapshotId: null,
  snapshotRevision: null,
  snapshotTitle: null,
  snapshotAt: null,
})
