import { createSharing, type Sharing, type Store } from '../../../src/index.ts'
import { createWorkstations, type Workstations } from '../../../src/workstations/index.ts'

export const SECRET = 'a secret of the races, longer than 32 bytes'
const DEFINITIONS = {
  document: { roles: { viewer: ['view'] } },
  draft: { roles: { viewer: ['view'], editor: ['view', 'edit'] } },
  project: { roles: { viewer: ['view'], editor: ['view', 'share', 'publish'] } },
} as const

export type Host = Sharing<typeof DEFINITIONS> & { stations: Workstations<typeof DEFINITIONS> }

/** The machine's clock in nanoseconds: the same one in all its processes, and it never goes back. */
export const moment = (): number => Number(process.hrtime.bigint())

/** What the library is told that the time is: it follows from the machine's clock, so that all processes agree. */
export const dateAt = (ns: number): Date => new Date(Date.UTC(2026, 0, 1) + Math.floor(ns / 1e6))

const TWO_DAYS_NS = 2 * 86_400e9

export const early = (ns: number): number => ns - TWO_DAYS_NS

/** The library as each process of a race has it. An early one lives two days behind the others. */
export function hostOn(store: Store, clock: 'now' | 'early' = 'now'): Host {
  const sharing = createSharing({
    store,
    secret: SECRET,
    limits: { opensPerMinute: false, passwordAttemptsPerMinute: false },
    clock: () => dateAt(clock === 'early' ? early(moment()) : moment()),
    resources: DEFINITIONS,
  })
  return { ...sharing, stations: createWorkstations(sharing) }
}
