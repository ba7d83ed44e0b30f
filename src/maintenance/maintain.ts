import { z } from 'zod'
import { DAY_MS } from '../clock.ts'
import type { Kernel } from '../kernel.ts'
import { sealPlace } from '../links/token.ts'
import { hostId, parse } from '../model/input.ts'
import { dayOf } from '../model/view.ts'
import { seal, unseal } from '../tokens/seal.ts'
import { deliver } from './deliver.ts'

/** What `maintain` covers. */
export interface MaintainOptions {
  /** One tenant only; all unless set. */
  tenantId?: string | undefined
}

/** What a run of `maintain` did. */
export interface MaintenanceReport {
  tenants: number
  /** Days of views that were added up. */
  daysRolledUp: number
  /** Views that lost address and agent. */
  viewsAnonymised: number
  /** Removed links and resources, with their views, that were too much for one step. */
  rowsPurged: number
  /** Old tokens whose grace had passed, and for each person concerned what waited for a day and came to nothing. */
  tokensSwept: number
  /** Snapshots that nothing shows any more. */
  snapshotsSwept: number
  /** Sealed tokens that are now sealed by the first secret. */
  tokensResealed: number
  /** Notifications that the host's `notify` took. */
  delivered: number
  /** Attempts to notify that failed. They are made again, but for those of dead letters. */
  deliveryFailed: number
  /** Notifications that failed for the tenth time: kept in the outbox, and not tried again. */
  deadLetters: number
  /** Edit sessions whose lease or right had run out; 0 without `sharegrant/workstations`. */
  editsEnded: number
  /** Checkpoints that had run out; 0 without `sharegrant/workstations`. */
  checkpointsSwept: number
}

/** A view that was judged just before midnight may be written after it. */
const LATE_MS = 60 * 60 * 1000
const TENANTS_AT_ONCE = 100
const SEALED_AT_ONCE = 100

const schema: z.ZodType<MaintainOptions> = z.strictObject({ tenantId: hostId.optional() })

export async function maintain(kernel: Kernel, input: MaintainOptions = {}): Promise<MaintenanceReport> {
  const { tenantId } = parse(schema, input, 'options')
  const report: MaintenanceReport = {
    tenants: 0,
    daysRolledUp: 0,
    viewsAnonymised: 0,
    rowsPurged: 0,
    tokensSwept: 0,
    snapshotsSwept: 0,
    tokensResealed: 0,
    delivered: 0,
    deliveryFailed: 0,
    deadLetters: 0,
    editsEnded: 0,
    checkpointsSwept: 0,
  }
  if (tenantId !== undefined) {
    await maintainTenant(kernel, tenantId, report)
    return report
  }
  let after = ''
  for (;;) {
    const ids = await kernel.store.tenantIds(after, TENANTS_AT_ONCE)
    for (const id of ids) await maintainTenant(kernel, id, report)
    if (ids.length < TENANTS_AT_ONCE) return report
    after = ids.at(-1)!
  }
}

async function maintainTenant(kernel: Kernel, tenantId: string, report: MaintenanceReport): Promise<void> {
  const { store, retainDays } = kernel
  const now = kernel.clock()
  report.tenants++
  report.rowsPurged += await untilDone(() => store.purgeSlice(tenantId))
  const today = dayOf(new Date(now.getTime() - LATE_MS))
  report.daysRolledUp += await untilDone(() => store.rollUpViews(tenantId, today))
  if (retainDays !== null) {
    const before = dayOf(new Date(now.getTime() - retainDays * DAY_MS))
    report.viewsAnonymised += await untilDone(() => store.anonymiseViews(tenantId, before))
  }
  report.tokensSwept += await store.sweepTokens(tenantId, now)
  report.snapshotsSwept += await untilDone(() => store.sweepSnapshots(tenantId, now))
  report.tokensResealed += await reseal(kernel, tenantId)
  for (const module of kernel.modules.values()) {
    const swept = await module.sweep(tenantId, now)
    report.editsEnded += swept.editsEnded
    report.checkpointsSwept += swept.checkpointsSwept
  }
  await deliver(kernel, tenantId, report)
}

async function untilDone(step: () => Promise<number>): Promise<number> {
  let all = 0
  for (;;) {
    const done = await step()
    if (done === 0) return all
    all += done
  }
}

/** Seals again under the first secret what an older one sealed. What no key opens is left as it is. */
async function reseal(kernel: Kernel, tenantId: string): Promise<number> {
  const keys = kernel.keys.seal
  let done = 0
  let after = ''
  for (;;) {
    const rows = await kernel.store.sealedByOthers(tenantId, keys.current.id, after, SEALED_AT_ONCE)
    for (const { id, sealedToken } of rows) {
      const place = sealPlace({ tenantId, id })
      const token = unseal(keys, sealedToken, place)
      if (token === null) continue
      if (await kernel.store.reseal(tenantId, id, sealedToken, seal(keys, token, place))) done++
    }
    if (rows.length < SEALED_AT_ONCE) return done
    after = rows.at(-1)!.id
  }
}
