import type { SnapshotNaming } from '../store/facts.ts'

/** What a live grant names. */
export const NO_SNAPSHOT: SnapshotNaming = Object.freeze({
  snapshotId: null,
  snapshotRevision: null,
  snapshotTitle: null,
  snapshotAt: null,
})

/** The snapshot that a grant names, for those who manage it. */
export const namedSnapshot = ({
  snapshotRevision: revision,
  snapshotAt: takenAt,
}: SnapshotNaming): { revision: string; takenAt: Date } | null =>
  revision === null || takenAt === null ? null : { revision, takenAt }
