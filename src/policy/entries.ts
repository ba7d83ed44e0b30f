import { hostTenant } from '../model/actor.ts'
import type { AccessEntry } from '../model/decision.ts'
import type { AccessSituation, OpenedLinkFacts } from '../store/facts.ts'
import { mayAct, publicClosedBy } from './access.ts'
import type { CompiledType } from './compile.ts'

/** A link as far as it decides who gets in. */
export type EntryLink = Pick<OpenedLinkFacts, 'id' | 'name' | 'visibility' | 'role'>

/** Everyone who can do what with a resource in one situation. The links are those that are active in it. */
export function accessEntries(
  type: CompiledType,
  situation: AccessSituation,
  links: readonly EntryLink[],
): AccessEntry[] {
  const { resource, policy } = situation
  const owner = { userId: resource.ownerId, tenantId: hostTenant(resource.tenantId) }
  const closed = publicClosedBy(type, resource, policy) !== null
  const weakest = type.roles[0]!
  const entries: AccessEntry[] = [
    {
      who: { kind: 'user', userId: resource.ownerId },
      role: 'owner',
      actions: type.actions.filter((action) => mayAct(type, action, owner, situation)),
      via: 'owner',
    },
  ]
  if (resource.visibility !== 'private') {
    entries.push({
      who: { kind: resource.visibility === 'public' && !closed ? 'everyone' : 'account' },
      role: weakest.name,
      actions: [...type.left({ visible: weakest }, resource.traits)],
      via: 'visibility',
    })
  }
  for (const link of links) {
    const role = type.roles.find((one) => one.name === link.role)
    if (role === undefined || !type.linkRoles.has(role.name) || (link.visibility === 'public' && closed))
      continue
    const actions = type.left({ link: role }, resource.traits)
    if (!actions.includes('view')) continue
    entries.push({
      who: { kind: 'link', linkId: link.id, name: link.name, visibility: link.visibility },
      role: role.name,
      actions: [...actions],
      via: 'link',
    })
  }
  return entries
}
