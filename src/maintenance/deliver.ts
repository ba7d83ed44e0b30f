import type { Kernel } from '../kernel.ts'
import type { Notification, NotificationRecipient } from '../model/notification.ts'
import { idOf, kindOf, subjectOf } from '../model/subject.ts'
import { whyOver } from '../policy/access.ts'
import type { MessageSettlement, TakenMessage } from '../store/index.ts'

const MINUTE_MS = 60 * 1000
const LEASE_MS = MINUTE_MS
/** What takes longer counts as failed, so that one transport that hangs does not hold up the others for good. */
const PATIENCE_MS = 2 * MINUTE_MS
const FIRST_BACK_OFF_MS = MINUTE_MS
/** With the back-off doubled each time, the last one is made after more than eight hours. */
const ATTEMPTS = 10
/** How many notifications of a tenant are under way at once in one process. */
const LANES = 4

/** What became of the messages that were due. */
export interface DeliveryReport {
  delivered: number
  deliveryFailed: number
  deadLetters: number
}

/** Sends what is due in a tenant. A message that fails waits for its next attempt, and the others go on. */
export async function deliver(kernel: Kernel, tenantId: string, report: DeliveryReport): Promise<void> {
  if (kernel.notify === null) return
  const lane = async (): Promise<void> => {
    for (;;) {
      const at = kernel.clock()
      const taken = await kernel.store.takeMessage(tenantId, {
        at,
        lease: kernel.newId(),
        leasedUntil: leaseFrom(at),
        perHour: kernel.limits.emailsPerHour,
      })
      if (taken === null) return
      const settlement = await handle(kernel, tenantId, taken)
      await kernel.store.settleMessage(tenantId, taken, settlement)
      count(report, settlement)
    }
  }
  // All of them are waited for, also where the storage fails one: none goes on unseen.
  const ended = await Promise.allSettled(Array.from({ length: LANES }, lane))
  for (const one of ended) if (one.status === 'rejected') throw one.reason
}

const leaseFrom = (at: Date): Date => new Date(at.getTime() + LEASE_MS)

function count(report: DeliveryReport, settlement: MessageSettlement): void {
  if (settlement.outcome === 'delivered') report.delivered++
  if (settlement.outcome !== 'failed') return
  report.deliveryFailed++
  if (settlement.dueAt === null) report.deadLetters++
}

async function handle(kernel: Kernel, tenantId: string, taken: TakenMessage): Promise<MessageSettlement> {
  if (isPointless(taken, kernel.clock())) return { outcome: 'dropped', unheard: isUnheard(taken) }
  // A message that ends its process at every attempt is given up like one that throws.
  if (taken.attempts > ATTEMPTS) return failure(kernel, taken)
  const renewal = setInterval(() => {
    kernel.store.renewMessage(tenantId, taken, leaseFrom(kernel.clock())).catch(() => {})
  }, LEASE_MS / 3)
  renewal.unref()
  try {
    await inTime(send(kernel, tenantId, taken))
    return { outcome: 'delivered' }
  } catch (error) {
    kernel.reportError(error)
    return failure(kernel, taken)
  } finally {
    clearInterval(renewal)
  }
}

function failure({ clock }: Kernel, { attempts }: TakenMessage): MessageSettlement {
  const at = clock()
  if (attempts >= ATTEMPTS) return { outcome: 'failed', dueAt: null, at }
  const wait = FIRST_BACK_OFF_MS * 2 ** (attempts - 1)
  return { outcome: 'failed', dueAt: new Date(at.getTime() + wait), at }
}

/** Whether what was to be told has ceased to be so. Whoever never heard of a grant need not hear that it was taken away. */
function isPointless(taken: TakenMessage, now: Date): boolean {
  const { message, resource, grant, request, unheard, overtaken } = taken
  const over = grant === null || grant.endedAt !== null || whyOver(grant, now) !== null
  if (resource === null) return true
  switch (message.kind) {
    case 'invited':
      return over
    case 'role_changed':
      return over || overtaken || grant.role !== message.role
    case 'request_made':
      return request?.status !== 'open'
    case 'request_answered':
      return request === null || (message.role !== null && over)
    case 'removed':
      return unheard
  }
}

/** Whether nobody was told of a grant but by this message, which was never tried. */
const isUnheard = ({ message, grant, attempts }: TakenMessage): boolean =>
  (message.kind === 'invited' || message.kind === 'request_answered') &&
  attempts === 1 &&
  message.at.getTime() === grant?.createdAt.getTime()

async function send(kernel: Kernel, tenantId: string, { message, ...taken }: TakenMessage): Promise<void> {
  const { id, kind, role, sender, at, grantId } = message
  const { ownerId, ...resource } = taken.resource!
  // Whoever owns it by now answers.
  const recipient = kind === 'request_made' ? subjectOf('user', ownerId) : message.recipient
  const notification: Notification = {
    id,
    kind,
    to: await recipientOf(kernel, { ...message, recipient }),
    resource,
    role,
    by: sender,
    message: message.message,
    at,
  }
  if (kind === 'invited' && kindOf(recipient) === 'email') {
    notification.token = kernel.invitations.mint({ tenantId, id: grantId! })
  }
  await kernel.notify!(notification)
}

/** Who it is, as the host's directory knows them at this moment. */
async function recipientOf(
  { directory }: Kernel,
  { recipient, address }: TakenMessage['message'],
): Promise<NotificationRecipient> {
  const id = idOf(recipient)
  if (kindOf(recipient) === 'email') {
    const email = address ?? id
    const user = (await directory?.findUserByEmail(email)) ?? null
    return { email, userId: user?.id ?? null, ...named(user?.name) }
  }
  const users = (await directory?.describeUsers([id])) ?? []
  const user = users.find((one) => one.id === id)
  return { email: user?.email ?? null, userId: id, ...named(user?.name) }
}

const named = (name: string | null | undefined): { name?: string } => (name == null ? {} : { name })

function inTime(sending: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('notify took too long')), PATIENCE_MS)
    timer.unref()
    sending.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
