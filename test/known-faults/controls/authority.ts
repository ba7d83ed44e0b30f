import type { Controls } from './control.ts'

/** Who may do what, and by whose right. */
export const authority: Controls = {
  'an id not authorised because another in the same call was': {
    'a pass goes on at its own token only': [
      'src/opening/open.ts',
      'pass?.tokenHash !== tokenHash ||',
      'pass === null ||',
    ],
    'one target a call': [
      'src/model/view.ts',
      '(input.link === undefined) !== (input.resource === undefined)',
      'true',
    ],
    'a parent of another account is not there': [
      'src/resources/register.ts',
      'if (facts.parent === null) {',
      'if (facts.parent === undefined) {',
    ],
    'a grant is looked for where the path says': [
      'src/people/manage.ts',
      'if (on !== undefined && (on.type !== resource.type || on.id !== resource.id)) {',
      'if (on?.id === resource.uid) {',
    ],
    'a grant is changed by whoever manages its own resource': [
      'src/people/manage.ts',
      'if (!standingAmong(kernel.types, actor, situation, now)[need]) {',
      "if (situation.resource.type === '') {",
    ],
    'a request is answered by whoever manages its own resource': [
      'src/people/requests.ts',
      '    throw refuseLink(kernel.types, actor, situation, now)\n  }\n  if (request.status',
      '  }\n  if (request.status',
    ],
    'the host reads what the pass is for': ['examples/app/documents.ts', ' && resource.id === id &&', ' &&'],
  },
  'an update reassigning maker, role or resource': {
    'an update takes settings and nothing else': [
      'src/model/link.ts',
      '  z.strictObject({ ...settings, snapshot:',
      '  z.object({ ...settings, snapshot:',
    ],
    'an update’s body takes settings and nothing else': [
      'src/http/schema/link.ts',
      '  z.strictObject({ ...settings, snapshot:',
      '  z.object({ ...settings, snapshot:',
    ],
    'whoever changes a link lends it no right': [
      'src/links/update.ts',
      'const renewed: LinkFacts = { ...link,',
      'const renewed: LinkFacts = { ...link, createdBy: actor.userId,',
    ],
    'another owner’s registration is a conflict': [
      'src/resources/register.ts',
      'facts.resource.ownerId !== options.ownerId',
      'false',
    ],
    'another account’s registration is a conflict': [
      'src/resources/register.ts',
      "if (facts.taken) throw new SharingError('conflict')",
      '',
    ],
  },
  'a sharer giving a role above their own': {
    'a link carries the roles that links may': [
      'src/policy/making.ts',
      'if (type.linkRoles.has(role)) return',
      'if (role) return',
    ],
    'a changed link too': ['src/links/update.ts', 'checkLinkRole(type, merged.role)', ''],
    'and at every use': [
      'src/policy/opening.ts',
      'type.linkRoles.has(role.name) ? type.left({ link: role }, resource.traits) : []',
      'type.left({ link: role }, resource.traits)',
    ],
    'a grant too, or an invitation': [
      'src/people/collaborators.ts',
      'checkOwnRole(type, decision.role, options.role)',
      '',
    ],
    'and another role': ['src/people/manage.ts', 'checkOwnRole(type, own, role)', ''],
    'and what was asked for': ['src/people/requests.ts', 'checkOwnRole(type, own, role)', ''],
    'what stands above them is not theirs to take away': [
      'src/people/manage.ts',
      "if (allowed && !byOffice && isAbove(type, grant.role, role)) throw new SharingError('forbidden')",
      '',
    ],
    'visibility gives nothing that manages': [
      'src/policy/access.ts',
      'open || sameTenant ? { visible: type.roles[0]! } : null',
      'open || sameTenant ? type.roles[0]! : null',
    ],
    'nor does it in a filter': [
      'src/policy/access.ts',
      'actionsOf({ visible: type.roles[0]! }).includes(action)',
      'type.roles[0]!.actions.includes(action)',
    ],
  },
  'a rule skipped below a link': {
    'rules hold for a link’s bearer': [
      'src/policy/opening.ts',
      'type.left({ link: role }, resource.traits)',
      'type.left({ link: role }, [])',
    ],
    'what is left to the owner is left to nobody else': [
      'src/policy/compile.ts',
      "ruleAgainst(rules, action, traits, holder === 'owner') === null",
      'ruleAgainst(rules, action, traits, true) === null',
    ],
    'a rule against viewing closes the link': [
      'src/policy/opening.ts',
      "if (!actions.includes('view')) return refused('not_found')",
      '',
    ],
    'a rule against publishing closes a public link': [
      'src/policy/access.ts',
      "publishRule(type, resource.traits) === null ? null : 'closed_by_rule'",
      'null',
    ],
  },
  'a link outliving its maker’s right': {
    'the right is asked for at every use': [
      'src/policy/opening.ts',
      "return link.authorityId === resource.ownerId ? 'all' : null",
      "return 'all'",
    ],
    'what stood by an admin’s right ends with it': [
      'src/people/leave.ts',
      'endLinks(kernel, facts.links, options)',
      'endLinks(kernel, [], options)',
    ],
    'what stood by a member’s right ends with it': [
      'src/people/leave.ts',
      '[endLinks(kernel, ending, options), ',
      '[endLinks(kernel, [], options), ',
    ],
    'what has ended is not changed any more': [
      'src/links/update.ts',
      '  if (link.endedAt !== null) throw revoked()\n  const type',
      '  const type',
    ],
  },
  'a bearer listing or inviting': {
    'a link’s role gives nothing that manages': [
      'src/policy/compile.ts',
      "return actions.filter((action) => action === 'view' || !BUILT_IN.has(action))",
      'return actions',
    ],
    'a resource’s links are for whoever manages them': [
      'src/links/manage.ts',
      'if (!standing.oversees) throw refuseLink(kernel.types, actor, situation, now)',
      '',
    ],
    'access is told to whoever may share': [
      'src/deciding/access.ts',
      "demand(kernel.types, 'share', actor, situation, ref.type, now)",
      "demand(kernel.types, 'share', { ...actor, admin: 'system' }, situation, ref.type)",
    ],
    'who is named is for those who manage, and for the named': [
      'src/people/manage.ts',
      'if (!oversees && !named) throw refuseLink(kernel.types, actor, situation, now)',
      '',
    ],
    'to invite takes the right to share': [
      'src/people/collaborators.ts',
      "demand(kernel.types, 'share', actor, situation, type.name, now)",
      "demand(kernel.types, 'view', actor, situation, type.name, now)",
    ],
    'requests are for whoever may answer them': [
      'src/people/requests.ts',
      '    throw refuseLink(kernel.types, actor, situation, now)\n  }\n  const { tenantId',
      '  }\n  const { tenantId',
    ],
    'a route for people takes a person': [
      'src/http/route.ts',
      "if (actor === null) throw new SharingError('authentication_required', { message: 'Sign in first.' })",
      "if (actor === null) return { ...call, actor: { userId: 'nobody', tenantId: null } }",
    ],
  },
  'a view key that deletes': {
    'what is done to a link takes standing to it': [
      'src/links/manage.ts',
      'if (!standingTo(kernel.types, actor, found, now)[need]) throw refuseLink(kernel.types, actor, found, now)',
      '',
    ],
    'an opening does not tell the link’s id': [
      'src/opening/open.ts',
      '      name: link.name,',
      'id: link.id, name: link.name,',
    ],
  },
  'an actor from the request body': {
    'a visitor’s body has a password and a pass, and no more': [
      'src/http/schema/share.ts',
      "'OpenShare',\n  z.strictObject({",
      "'OpenShare',\n  z.looseObject({",
    ],
    'who asks is nobody’s to say but the host’s': [
      'src/http/route.ts',
      'return await whoAsks(request)',
      'return (await whoAsks(request)) ?? ((await request.json()) as { actor?: Actor } | undefined)?.actor ?? null',
    ],
    'a link’s body has settings, and no more': [
      'src/http/schema/link.ts',
      "'CreateLink',\n  z.strictObject({",
      "'CreateLink',\n  z.object({",
    ],
  },
}
