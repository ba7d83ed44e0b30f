import type { Sharing } from '../api.ts'
import type { Directory } from '../model/directory.ts'
import type { Notification } from '../model/notification.ts'
import type { SharingOptions } from '../options.ts'
import type { Definitions, World } from './world.ts'

export const MAIL = 'Cyd@Acme.example'

/** A host that notes what it is to send. */
export interface Mailing {
  sharing: Sharing<Definitions>
  sent: Notification[]
  /** Runs maintenance, and says what was sent by it: the kinds and to whom, in any order. */
  delivered(): Promise<string[]>
}

export function mailing(world: World, options: Partial<SharingOptions<Definitions>> = {}): Mailing {
  const sent: Notification[] = []
  const sharing = world.sharingWith({
    notify: async (notification) => {
      sent.push(notification)
    },
    ...options,
  })
  return {
    sharing,
    sent,
    async delivered() {
      const before = sent.length
      await sharing.maintain()
      return sent
        .slice(before)
        .map(({ kind, to, role }) => `${kind} ${to.email ?? to.userId} ${role}`)
        .sort()
    },
  }
}

export const people: Directory = {
  findUserByEmail: async (email) =>
    email.toLowerCase() === 'cyd@acme.example' ? { id: 'cyd', name: 'Cyd' } : null,
  describeUsers: async (ids) => ids.map((id) => ({ id, name: `The ${id}`, email: `${id}@acme.example` })),
}
