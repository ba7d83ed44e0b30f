import type { Actor } from '../model/actor.ts'
import {
  createWorkstations,
  type Edit,
  type Workstations,
  type WorkstationsOptions,
} from '../workstations/index.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { ACTORS, type Definitions, documentRef, type World } from './world.ts'

/** A world whose library knows workstations. */
export interface StationWorld extends World {
  stations: Workstations<Definitions>
  stationsWith(options: WorkstationsOptions): Workstations<Definitions>
  /** A live document of ann's, which bob was given as an editor. */
  shared(): Promise<{ grantId: string }>
  /** The id of a workstation that somebody registers, under the same name each time. */
  at(actor: Actor, name?: string): Promise<string>
  /** Somebody begins to edit the document. */
  edits(actor: Actor, name?: string): Promise<Edit>
}

export const ref: { type: 'document'; id: string } = documentRef()

/** Cases of a store that keeps workstations. */
export function stationCasesOf(
  noun: string,
  cases: Record<string, (world: StationWorld) => Promise<void>>,
): ConformanceCase[] {
  const asked = Object.entries(cases).map(
    ([name, show]) => [name, async (world: World) => show(await withStations(world))] as const,
  )
  return casesOf(noun, Object.fromEntries(asked))
}

async function withStations(world: World): Promise<StationWorld> {
  const { sharing } = world
  const stations = createWorkstations(sharing)
  await stations.migrate()
  const at: StationWorld['at'] = async (actor, name = `${actor.userId}'s laptop`) =>
    (await stations.register(actor, { name, fingerprint: `of ${name}` })).id
  return {
    ...world,
    stations,
    stationsWith: (options) => createWorkstations(sharing, options),
    at,
    async shared() {
      await world.document('d1', { traits: ['live'] })
      const { id } = await sharing.collaborators.add(ACTORS.ann, ref, { userId: 'bob', role: 'editor' })
      return { grantId: id }
    },
    edits: async (actor, name) => stations.edits.begin(actor, ref, { workstationId: await at(actor, name) }),
  }
}
