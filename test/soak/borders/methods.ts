import type { Actor } from '../../../src/index.ts'
import { createInvitationTokens } from '../../../src/tokens/invitation.ts'
import { createKeyRing } from '../../../src/tokens/keys.ts'
import { BY_ACTOR } from '../../support/border-calls.ts'
import { doc, type Sample, SECRET } from '../../support/sample.ts'
import type { Ground } from '../places.ts'
import type { Attempt } from './attempt.ts'
import { type Names, NOTHING, ownerOf } from './sides.ts'

/** What an attempt is made with: who tries, what is their own, and what is another's. */
export interface Setting {
  ground: Ground
  sharing: Sample
  actor: Actor
  mine: Names
  theirs: Names
  /** Another in each round, for ids that are used once. */
  round: number
}

type Elsewhere = Omit<Attempt, 'name'> | Array<Omit<Attempt, 'name'>>

const without = (call: () => Promise<unknown>): Omit<Attempt, 'name'> => ({
  must: 'be without the other’s',
  call,
})
const refused = (call: () => Promise<unknown>): Omit<Attempt, 'name'> => ({ must: 'be refused', call })

const { mint } = createInvitationTokens(createKeyRing(SECRET), 'shr')
export const invitationTo = (tenantId: string, id: string): string => mint({ tenantId, id })

/** Methods that take no actor with an id, or none. What the host's own code names is the host's to know. */
const elsewhere = ({
  ground,
  sharing,
  actor,
  mine,
  theirs,
  round,
}: Setting): Readonly<Record<string, Elsewhere>> => {
  const mineTenant = mine.tenantId
  const below = (parent: Names['ref']) =>
    sharing.resources.register(doc(`below ${mineTenant} ${round}`), {
      tenantId: mineTenant,
      ownerId: ownerOf(mineTenant).userId,
      parent,
    })
  return {
    list: without(() => sharing.list(actor)),
    filter: without(() => {
      const { sql, parameters } = sharing.filter(actor, 'view', 'document', { column: 'hosted.id' })
      const hosted = `(select '${theirs.ref.id}' as id union select '${mine.ref.id}') hosted`
      return ground.query(`select id from ${hosted} where ${sql}`, parameters)
    }),
    'collaborators.leave': {
      must: 'be as unknown',
      call: () => sharing.collaborators.leave(actor, theirs.ref),
      unknown: () => sharing.collaborators.leave(actor, NOTHING.ref),
    },
    'groups.removeMember': without(() =>
      sharing.groups.removeMember(mineTenant, 'everyone', ownerOf(theirs.tenantId).userId),
    ),
    'policies.get': without(() => sharing.policies.get(actor)),
    'policies.set': without(() => sharing.policies.set(actor, { allowGuests: round % 2 === 0 })),
    'resources.register': [
      {
        must: 'be a conflict',
        call: () => sharing.resources.register(theirs.ref, { tenantId: mineTenant, ownerId: actor.userId }),
      },
      { must: 'be as unknown', call: () => below(theirs.ref), unknown: () => below(NOTHING.ref) },
    ],
    'resources.update': {
      must: 'be as unknown',
      call: () => sharing.resources.update(mine.ref, { parent: theirs.ref }),
      unknown: () => sharing.resources.update(mine.ref, { parent: NOTHING.ref }),
    },
    'resources.get': without(() => sharing.resources.get(mine.ref)),
    'resources.remove': without(async () => {
      const spare = doc(`spare of ${mineTenant} ${round}`)
      await sharing.resources.register(spare, { tenantId: mineTenant, ownerId: 'spare' })
      await sharing.resources.remove(spare)
    }),
    'members.remove': without(() => sharing.members.remove(mineTenant, ownerOf(theirs.tenantId).userId)),
    'admins.remove': without(() => sharing.admins.remove(ownerOf(theirs.tenantId).userId, mineTenant)),
    'tenants.remove': without(async () => {
      const tenantId = `spare ${round}`
      await sharing.resources.register(doc(`of ${tenantId}`), { tenantId, ownerId: 'spare' })
      await sharing.tenants.remove(tenantId)
    }),
    'users.forget': without(async () => {
      const userId = `forgotten of ${mineTenant} ${round}`
      await sharing.resources.register(doc(userId), { tenantId: mineTenant, ownerId: userId })
      await sharing.users.forget(userId)
    }),
    'invitations.claim': without(() => sharing.invitations.claim({ ...actor, email: 'o@example.com' })),
    'invitations.accept': {
      must: 'be as unknown',
      call: () => sharing.invitations.accept(actor, invitationTo(theirs.tenantId, theirs.link)),
      unknown: () => sharing.invitations.accept(actor, invitationTo(theirs.tenantId, NOTHING.link)),
    },
    maintain: without(() => sharing.maintain({ tenantId: mineTenant })),
    open: refused(() => sharing.open(theirs.token, { actor })),
    peek: without(() => sharing.peek(theirs.token)),
    resume: refused(() => sharing.resume(theirs.pass, { actor })),
    fork: refused(() => sharing.fork({ pass: theirs.pass, visitor: { actor } })),
    refresh: refused(() => sharing.refresh({ pass: theirs.pass, visitor: { actor } }, ['rows'])),
    'refs.mint': refused(() => sharing.refs.mint({ pass: theirs.pass, visitor: { actor } }, 'rows')),
    'refs.verify': refused(() => sharing.refs.verify(theirs.dataRef, actor)),
  }
}

export function methodAttempts(setting: Setting): Attempt[] {
  const { sharing, actor, theirs } = setting
  const byActor = Object.entries(BY_ACTOR).flatMap(([name, calls]) =>
    calls.map((call): Attempt => {
      const by = (target: typeof NOTHING) => () => call(sharing, actor, target)
      return { name, must: 'be as unknown', call: by(theirs), unknown: by(NOTHING) }
    }),
  )
  const others = Object.entries(elsewhere(setting)).flatMap(([name, some]) =>
    [some].flat().map((one): Attempt => ({ name, ...one })),
  )
  return [...byActor, ...others]
}
