import type { Actor } from '../../src/index.ts'
import type { Workstations } from '../../src/workstations/index.ts'
import type { DEFINITIONS } from './sample.ts'

export type Stations = Workstations<typeof DEFINITIONS>

/** What somebody names in a call on the module. */
export interface StationTarget {
  ref: { type: 'document'; id: string }
  workstation: string
  edit: string
  checkpoint: string
  fence: number
}

/** What a good call of a method is given: by whom, of what, and from which workstation of their own. */
export type StationCall = (actor: Actor, target: StationTarget, own: string) => unknown[]

/** Every method that takes an actor and the id of something. An unknown id and another tenant's get one answer. */
export const STATION_CALLS: Readonly<Record<string, StationCall>> = {
  get: (actor, { workstation }) => [actor, workstation],
  touch: (actor, { workstation }) => [actor, workstation],
  'edits.begin': (actor, { ref }, own) => [actor, ref, { workstationId: own }],
  'edits.takeOver': (actor, { ref }, own) => [actor, ref, { workstationId: own }],
  'edits.current': (actor, { ref }) => [actor, ref],
  'edits.heartbeat': (actor, { edit }) => [actor, edit],
  'checkpoints.save': (actor, { edit }) => [actor, edit, { text: ['so far', 1, null] }],
  'checkpoints.list': (actor, { ref }) => [actor, ref],
  'checkpoints.get': (actor, { checkpoint }) => [actor, checkpoint],
  'edits.end': (actor, { edit }) => [actor, edit],
  remove: (actor, { workstation }) => [actor, workstation],
}

/** Those that name nothing of anybody's, or by the host's own code: each has a case of its own. */
export const OTHER_STATION_CALLS: Readonly<Record<string, StationCall>> = {
  register: (actor) => [actor, { name: 'a machine', fingerprint: 'its fingerprint' }],
  list: (actor) => [actor, { all: false, limit: 5 }],
  getByFingerprint: (actor) => [actor, 'its fingerprint'],
  'edits.check': (_, { ref, fence }) => [ref, fence],
}

export function stationMethod(stations: Stations, name: string): (...given: unknown[]) => Promise<unknown> {
  const found = name.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], stations)
  return found as (...given: unknown[]) => Promise<unknown>
}
