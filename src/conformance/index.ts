/**
 * The suite that every store must pass, for any test runner: a case is a noun, a sentence and a function that
 * throws where the store does not keep the contract.
 *
 * @example
 * ```ts no-run
 * import { conformanceCases } from 'sharegrant/conformance'
 * import { describe, test } from 'vitest'
 *
 * const harness = { open: async () => openFreshStoreOfMine() }
 * for (const { noun, name, run } of conformanceCases) {
 *   describe(noun, () => test(name, () => run(harness)))
 * }
 * ```
 */
import { attaching } from './attach.ts'
import { audit } from './audit.ts'
import type { ConformanceCase } from './case.ts'
import { checkpoints } from './checkpoints.ts'
import { collaborators } from './collaborators.ts'
import { deciding } from './deciding.ts'
import { delegated } from './delegated.ts'
import { deliveries } from './deliveries.ts'
import { editSessions } from './edits.ts'
import { editRights } from './edits-rights.ts'
import { events } from './events.ts'
import { forks } from './forks.ts'
import { givers } from './givers.ts'
import { accepting } from './invitations.ts'
import { claiming } from './invitations-claim.ts'
import { leaving } from './leaving.ts'
import { linkCreation } from './links-create.ts'
import { linkLists } from './links-list.ts'
import { linkEnds } from './links-revoke.ts'
import { tokenLife } from './links-rotate.ts'
import { linkUpdates } from './links-update.ts'
import { notifications } from './notifications.ts'
import { openings } from './opening.ts'
import { openingOrder } from './opening-order.ts'
import { policies } from './policies.ts'
import { refreshing } from './refresh.ts'
import { minting } from './refs-mint.ts'
import { verifying } from './refs-verify.ts'
import { requests } from './requests.ts'
import { resources } from './resources.ts'
import { resuming } from './resume.ts'
import { sharedWithMe } from './shared-with-me.ts'
import { snapshots } from './snapshots.ts'
import { snapshotsKept } from './snapshots-kept.ts'
import { snapshotsMeanwhile } from './snapshots-meanwhile.ts'
import { peoplesSnapshots } from './snapshots-people.ts'
import { statistics } from './statistics.ts'
import { storeChange } from './store-change.ts'
import { storeEdits } from './store-edits.ts'
import { storeHanging } from './store-hanging.ts'
import { storeOutbox } from './store-outbox.ts'
import { storeVerbs } from './store-reads.ts'
import { storeRemembered } from './store-remembered.ts'
import { storeRequests } from './store-requests.ts'
import { storeShown } from './store-shown.ts'
import { storeStations } from './store-stations.ts'
import { storeEverywhere, storeWhose } from './store-whose.ts'
import { tenants } from './tenants.ts'
import { timeLimits } from './time-limits.ts'
import { tokenCollisions } from './token-collisions.ts'
import { views } from './views.ts'
import { visibility } from './visibility.ts'
import { workstationRows } from './workstations.ts'

/** Cases of `sharegrant/workstations`, for stores that keep them. */
export const workstationCases: readonly ConformanceCase[] = [
  ...workstationRows,
  ...editSessions,
  ...editRights,
  ...checkpoints,
  ...storeEdits,
  ...storeStations,
]

export {
  type ConformanceCase,
  type ConformanceHarness,
  type ConformanceStore,
  HOST_COLUMN,
} from './case.ts'

/** Every case, in an order in which they read as the contract. */
export const conformanceCases: readonly ConformanceCase[] = [
  ...storeChange,
  ...storeVerbs,
  ...storeWhose,
  ...storeEverywhere,
  ...storeHanging,
  ...storeOutbox,
  ...storeRequests,
  ...storeRemembered,
  ...storeShown,
  ...resources,
  ...visibility,
  ...deciding,
  ...collaborators,
  ...givers,
  ...delegated,
  ...accepting,
  ...claiming,
  ...notifications,
  ...deliveries,
  ...requests,
  ...sharedWithMe,
  ...linkCreation,
  ...tokenCollisions,
  ...linkLists,
  ...linkUpdates,
  ...linkEnds,
  ...tokenLife,
  ...openingOrder,
  ...openings,
  ...resuming,
  ...attaching,
  ...minting,
  ...verifying,
  ...refreshing,
  ...snapshots,
  ...snapshotsKept,
  ...snapshotsMeanwhile,
  ...peoplesSnapshots,
  ...forks,
  ...timeLimits,
  ...views,
  ...statistics,
  ...policies,
  ...tenants,
  ...leaving,
  ...audit,
  ...events,
]
