import { auditEvent, type Kernel } from '../kernel.ts'
import type { EditEndReason, EditFacts, Facts, NewAuditEvent, WorkstationFacts } from '../store/index.ts'
import { type Ending, type EndingOptions, NOTHING } from './ending.ts'

/** What the audit records of an installation. Its fingerprint is what a client claims, and tells nobody else anything. */
export const auditedWorkstation = ({ userId, name }: WorkstationFacts): Record<string, unknown> => ({
  userId,
  name,
})

/** What the audit records of an edit session. */
export const auditedEdit = ({
  userId,
  workstationId,
  workstationName,
  fence,
  authority,
  startedAt,
}: EditFacts): Record<string, unknown> => ({
  userId,
  workstation: { id: workstationId, name: workstationName },
  fence,
  authority,
  startedAt,
})

export function workstationRemoved(
  kernel: Kernel,
  workstation: WorkstationFacts,
  { at, actorId, reason }: { at: Date; actorId: string | null; reason: string },
): NewAuditEvent {
  return auditEvent(
    kernel,
    { tenantId: workstation.tenantId },
    {
      action: 'workstation.removed',
      at,
      actorId,
      target: { kind: 'workstation', id: workstation.id },
      before: auditedWorkstation(workstation),
      after: { reason },
    },
  )
}

/** Ends edit sessions that nobody meant to end, each with its event. */
export function loseEdits(
  kernel: Kernel,
  losing: NonNullable<Facts['stations']>['edits'],
  { at, actorId, reason }: { at: Date; actorId: string | null; reason: EditEndReason },
): Ending {
  if (losing.length === 0) return NOTHING
  return {
    changes: [{ kind: 'edits.ended', ids: losing.map(({ edit }) => edit.id), reason, at }],
    audit: losing.map(({ edit, resource }) =>
      auditEvent(kernel, resource, {
        action: 'edit.lost',
        at,
        actorId,
        target: { kind: 'edit', id: edit.id },
        before: auditedEdit(edit),
        after: { reason },
      }),
    ),
  }
}

/** Whoever leaves a tenant takes along what they registered there, and edits nothing there any more. */
export function endWorkstations(
  kernel: Kernel,
  { stations }: Pick<Facts, 'stations'>,
  userId: string,
  options: EndingOptions,
): Ending {
  if (!stations || stations.workstations.length + stations.edits.length === 0) return NOTHING
  const { at, actorId } = options
  const lost = loseEdits(kernel, stations.edits, { at, actorId, reason: 'right_lost' })
  const ids = stations.workstations.map(({ id }) => id)
  return {
    changes: [
      ...lost.changes,
      ...(ids.length === 0 ? [] : [{ kind: 'workstations.removed', ids, at } as const]),
      { kind: 'edits.lost', right: { userId }, at },
    ],
    audit: [...lost.audit, ...stations.workstations.map((one) => workstationRemoved(kernel, one, options))],
  }
}
