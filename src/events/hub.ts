import Emittery from 'emittery'
import { hostTenant } from '../model/actor.ts'
import type { AuditAction, AuditEvent } from '../model/audit.ts'
import { invalidInput } from '../model/input.ts'
import type { ResourceRef } from '../model/resource.ts'
import type { NewAuditEvent } from '../store/change.ts'

/** That a link was opened: not in the audit, since the view itself is recorded. */
export interface LinkOpenedEvent {
  id: string
  at: Date
  action: 'link.opened'
  actorId: string | null
  tenantId: string | null
  resource: ResourceRef
  target: { kind: 'link'; id: string }
  before: null
  after: { viewId: string; bot: boolean }
}

/** What a listener is told: an event of the audit, or that a link was opened. */
export type SharingEvent = AuditEvent | LinkOpenedEvent
/** What can be listened to by name. */
export type EventName = AuditAction | 'link.opened'
/** Called after the commit. What it throws goes to `onError` and harms nothing. */
export type Listener = (event: SharingEvent) => void | Promise<void>

/** Tells listeners in this process what was committed. A listener that throws harms nobody. */
export interface EventHub {
  on(name: EventName | '*', listener: Listener): () => void
  publish(events: readonly NewAuditEvent[]): void
  opened(event: LinkOpenedEvent): void
  /** Tells the host's `onError` of what failed beside something that did not. */
  report(error: unknown): void
  /** Whether anybody listens, so that nothing is made for nobody. */
  hasListeners(): boolean
}

export function createEventHub(report: (error: unknown) => void): EventHub {
  const onError = (error: unknown): void => {
    try {
      report(error)
    } catch {
      // Whoever is told of errors has failed itself: there is nobody left to tell.
    }
  }
  const emitter = new Emittery<Record<EventName, SharingEvent>>()
  let listeners = 0
  const emit = (event: SharingEvent): void => {
    emitter.emit(event.action, event).catch(onError)
  }
  return {
    on(name, listener) {
      if (typeof name !== 'string') {
        throw invalidInput([{ path: 'name', message: 'must be the name of an event, or "*"' }])
      }
      if (typeof listener !== 'function') {
        throw invalidInput([{ path: 'listener', message: 'must be a function' }])
      }
      const safely = async (event: SharingEvent): Promise<void> => {
        try {
          await listener(event)
        } catch (error) {
          onError(error)
        }
      }
      const off =
        name === '*'
          ? emitter.onAny(({ data }) => safely(data as SharingEvent))
          : emitter.on(name, ({ data }) => safely(data))
      listeners++
      let active = true
      return () => {
        if (!active) return
        active = false
        listeners--
        off()
      }
    },
    publish(events) {
      if (listeners === 0) return
      for (const { resourceUid: _, tenantId, ...event } of events) {
        emit({ ...event, tenantId: hostTenant(tenantId) })
      }
    },
    opened(event) {
      if (listeners > 0) emit(event)
    },
    report: onError,
    hasListeners: () => listeners > 0,
  }
}
