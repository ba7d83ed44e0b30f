import { hostTenant } from '../model/actor.ts'
import type { AccessEntry } from '../model/decision.ts'
import { idOf, kindOf } from '../model/subject.ts'
import type { AccessSituation, GrantFacts, HeldGrant, OpenedLinkFacts } from '../store/facts.ts'
import { mayAct, mayHaveDomain, publicClosedBy, whyOver } from './access.ts'
import type { CompiledType } from './compile.ts'
import { snapshotActions } from './snapshot.ts'

/** A link as far as it decides who gets in. */
export type EntryLink = Pick<OpenedLinkFacts, 'id' | 'name' | 'visibility' | 'role' | 'mode'> & {
  /** What the right that it was made by gives; `all` unless said. */
  entitled?: readonly string[] | 'all'
}

/** A grant to people as far as it decides what they can do. */
export type EntryGrant = HeldGrant & Pick<GrantFacts, 'address'>

/** Everyone who can do what with a resource in one situation. The links are those that are active in it. */
export function accessEntries(
  type: CompiledType,
  given: Omit<AccessSituation, 'grants'>,
  { links, people }: { links: readonly EntryLink[]; people: readonly EntryGrant[] },
  now: Date,
): AccessEntry[] {
  const { resource, policy } = given
  const situation = { ...given, grants: [] }
  const owner = { userId: resource.ownerId, tenantId: hostTenant(resource.tenantId) }
  const closed = publicClosedBy(type, resource, policy) !== null
  const weakest = type.roles[0]!
  const entries: AccessEntry[] = [
    {
      who: { kind: 'user', userId: resource.ownerId },
      role: 'owner',
      actions: type.actions.filter((action) => mayAct(type, action, owner, situation, now)),
      via: 'owner',
      mode: 'live',
    },
  ]
  for (const grant of people) {
    const role = type.roles.find((one) => one.name === grant.role)
    if (role === undefined || whyOver(grant, now) !== null) continue
    if (!mayHaveDomain(policy, grant.subject)) continue
    // What was given above as it was then is of that one.
    if (grant.mode === 'snapshot' && grant.above !== null) continue
    const left =
      grant.mode === 'snapshot'
        ? snapshotActions(type, role, resource.traits)
        : type.left(role, resource.traits)
    const actions = left.filter((action) => action !== 'publish' || !closed)
    if (actions.length === 0) continue
    entries.push({
      who: whoOf(grant),
      role: role.name,
      actions: [...actions],
      via: 'grant',
      grantId: grant.id,
      ...(grant.above === null ? {} : { above: grant.above }),
      mode: grant.mode,
    })
  }
  if (resource.visibility !== 'private') {
    entries.push({
      who: { kind: resource.visibility === 'public' && !closed ? 'everyone' : 'account' },
      role: weakest.name,
      actions: [...type.left({ visible: weakest }, resource.traits)],
      via: 'visibility',
      mode: 'live',
    })
  }
  for (const link of links) {
    const role = type.roles.find((one) => one.name === link.role)
    if (role === undefined || !type.linkRoles.has(role.name) || (link.visibility === 'public' && closed))
      continue
    const { entitled = 'all' } = link
    const given = type.left({ link: role }, resource.traits)
    const actions = entitled === 'all' ? given : given.filter((action) => entitled.includes(action))
    if (!actions.includes('view')) continue
    entries.push({
      who: { kind: 'link', linkId: link.id, name: link.name, visibility: link.visibility },
      role: role.name,
      actions: [...actions],
      via: 'link',
      mode: link.mode,
    })
  }
  return entries
}

function whoOf({ subject, address }: EntryGrant): AccessEntry['who'] {
  const id = idOf(subject)
  switch (kindOf(subject)) {
    case 'user':
      return { kind: 'user', userId: id, ...(address === null ? {} : { email: address }) }
    case 'email':
      return { kind: 'email', email: address ?? id }
    case 'group':
      return { kind: 'group', groupId: id }
  }
}
