import { auditedEdit, loseEdits } from '../grants/workstations.ts'
import { auditEvent, change, type Kernel } from '../kernel.ts'
import type { EditEndReason, EditFacts, Outcome, ResourceFacts } from '../store/index.ts'
import type { Ground } from './ground.ts'
import { overByItself, whyOver } from './right.ts'

type Writes = Pick<Outcome<unknown>, 'changes' | 'audit'>

/** Writes down that an edit session ran out, or lost its right. */
export const lost = (
  kernel: Kernel,
  resource: ResourceFacts,
  edit: EditFacts,
  reason: EditEndReason,
  at: Date,
): Writes => loseEdits(kernel, [{ edit, resource }], { at, actorId: null, reason })

/** Its holder is done. */
export const ended = (kernel: Kernel, resource: ResourceFacts, edit: EditFacts, at: Date): Writes => ({
  changes: [{ kind: 'edits.ended', ids: [edit.id], reason: 'ended', at }],
  audit: [
    auditEvent(kernel, resource, {
      action: 'edit.ended',
      at,
      actorId: edit.userId,
      target: { kind: 'edit', id: edit.id },
      before: auditedEdit(edit),
    }),
  ],
})

/** Writes down the end of an edit session that is over, if nobody has. Whether it did. */
export function settleEdit({ kernel }: Ground, id: string): Promise<boolean> {
  return change(kernel, { at: 'edit', id }, { stations: {} }, (facts): Outcome<boolean> => {
    const { resource, policy, stations } = facts
    const held = stations?.held ?? null
    const now = kernel.clock()
    const type = resource === null ? undefined : kernel.types.get(resource.type)
    if (held === null || resource === null || held.edit.endedAt !== null) {
      return { changes: [], audit: [], result: false }
    }
    const reason =
      type === undefined ? overByItself(held.edit, now) : whyOver(type, { resource, policy }, held, now)
    if (reason === null) return { changes: [], audit: [], result: false }
    return { ...lost(kernel, resource, held.edit, reason, now), result: true }
  })
}

/** Writes down that an edit session is lost, if it is not over. */
export function loseEdit({ kernel }: Ground, id: string, reason: EditEndReason): Promise<void> {
  return change(kernel, { at: 'edit', id }, { stations: {} }, ({ resource, stations }): Outcome<void> => {
    const edit = stations?.held?.edit
    const open = resource !== null && edit !== undefined && edit.endedAt === null
    const writes = open ? lost(kernel, resource, edit, reason, kernel.clock()) : { changes: [], audit: [] }
    return { ...writes, result: undefined }
  })
}

const AT_ONCE = 100
/** How long whoever asks about a session that is over is told so. */
const REMEMBERED_MS = 24 * 60 * 60 * 1000

/** Ends what has run out in a tenant, and forgets what ended long ago. */
export async function sweep(
  ground: Ground,
  tenantId: string,
  now: Date,
): Promise<{ editsEnded: number; checkpointsSwept: number }> {
  let editsEnded = 0
  for (;;) {
    const ids = await ground.store.overdueEdits(tenantId, now, AT_ONCE)
    let settled = 0
    for (const id of ids) if (await settleEdit(ground, id)) settled++
    editsEnded += settled
    // What is left cannot be told of: its resource is being removed.
    if (ids.length < AT_ONCE || settled === 0) break
  }
  const { checkpoints } = await ground.store.sweep(tenantId, now, new Date(now.getTime() - REMEMBERED_MS))
  return { editsEnded, checkpointsSwept: checkpoints }
}
