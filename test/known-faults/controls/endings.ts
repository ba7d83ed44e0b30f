// biome-ignore-all lint/suspicious/noTemplateCurlyInString: each is a piece of a source, to be found and replaced there as it is written; none is meant to be evaluated
import type { Controls } from './control.ts'

/** What has ended, what is used up, and what is gone. */
export const endings: Controls = {
  'a derived token surviving revocation': {
    'a pass is judged by its link as it is now': [
      'src/policy/opening.ts',
      'if (link.endedAt !== null || (link.notBefore',
      'if ((link.notBefore',
    ],
    'a new password ends it': ['src/opening/open.ts', 'link.passwordVersion === pass.passwordVersion &&', ''],
    'a new token ends it': [
      'adapters/sql/apply.ts',
      'if (change.graceUntil === null) yield* endTokens(tenantId, change.link.id, change.link.updatedAt)',
      'if (change.graceUntil === null) yield* []',
    ],
    'it is over after a day': [
      'src/tokens/pass.ts',
      'const PASS_MS: number = 24 * 60 * 60 * 1000',
      'const PASS_MS: number = 25 * 60 * 60 * 1000',
    ],
  },
  'a cache outliving access': {
    'what a role leaves is remembered by the traits that it is left under': [
      'src/policy/compile.ts',
      '`${keyOf(holder)} ${traits.join()}`',
      'keyOf(holder)',
    ],
    'can asks the store': [
      'src/deciding/decide.ts',
      'const situation = await kernel.store.findAccess(ref, actor && subjectsOf(actor))\n  return situation',
      'const seen = ((kernel as unknown as { seen?: Map<string, unknown> }).seen ??= new Map())\n  if (!seen.has(ref.id)) seen.set(ref.id, await kernel.store.findAccess(ref, null))\n  const situation = seen.get(ref.id) as Awaited<ReturnType<typeof kernel.store.findAccess>>\n  return situation',
    ],
    'what was remembered of a link counts while it is as it was': [
      'adapters/postgres/append.ts',
      "${versionOf(builder)} = ${builder.p('version')}",
      "${builder.p('version')} is not null",
    ],
    'every look at a link asks the store': [
      'src/opening/open.ts',
      'const found = await kernel.store.findOpening(hashToken(token))',
      'const seen = ((kernel as unknown as { seen?: Map<string, unknown> }).seen ??= new Map())\n  if (!seen.has(token)) seen.set(token, await kernel.store.findOpening(hashToken(token)))\n  const found = seen.get(token) as LinkSituation | null',
    ],
  },
  'a withdrawn resource served through its link': {
    'its tokens go at once, however much there is to delete': [
      'adapters/sql/removal.ts',
      'yield* run(deleteNames, { tenantId, ids })',
      '',
    ],
  },
  'an id used again reviving a share': {
    'a registration has a name of its own': [
      'src/resources/register.ts',
      'const uid = kernel.newId()',
      'const uid = `${ref.type} ${ref.id}`',
    ],
    'an imported token stays taken when its link is gone': [
      'adapters/sql/removal.ts',
      "list('ids'))} and not imported`",
      "list('ids'))}`",
    ],
    'what a person shared ends with them': [
      'src/grants/ending.ts',
      "changes: ids.length === 0 ? [] : [{ kind: 'links.ended', ids, reason, at }],",
      'changes: [],',
    ],
    'children of what is gone have no parent': [
      'adapters/sql/removal.ts',
      'yield* run(orphanChildren, { tenantId, uid })',
      '',
    ],
  },
  'a deletion by prefix or by id of another’s': {
    'a resource is named whole': [
      'adapters/sql/load.ts',
      "n.kind = ${p('kind')} and n.key = ${p('key')}",
      "n.kind = ${p('kind')} and n.key like ${p('key')} || '%' order by n.key desc",
    ],
    'an account is named whole': [
      'adapters/sql/removal.ts',
      "delete from ${t[table]} where tenant_id = ${p('tenantId')}",
      "delete from ${t[table]} where tenant_id like ${p('tenantId')} || '%'",
    ],
    'a link is deleted by whoever may dispose of it': [
      'src/policy/standing.ts',
      'disposes: manages || stands,',
      'disposes: true,',
    ],
    'views go with their own link': [
      'adapters/sql/removal.ts',
      'const deleted = yield* run(deleteViewsOfLink, { tenantId, key: id, limit: SLICE })\n  if (deleted.length < SLICE) yield*',
      'const deleted = yield* run(deleteViewsOfResource, { tenantId, key: uid, limit: SLICE })\n  if (deleted.length < SLICE) yield*',
    ],
  },
  'single use raced': {
    'the limit is part of the statement that counts': [
      'adapters/sqlite/append.ts',
      ' and g.view_count < g.max_views',
      '',
    ],
    'on Postgres too': ['adapters/postgres/append.ts', 'sql`g.view_count < g.max_views`', 'sql`true`'],
  },
  'an expiry stored and never read': {
    'a link is over at its moment': [
      'src/policy/opening.ts',
      "if (expiresAt !== null && expiresAt <= now) return 'expired'",
      '',
    ],
    'a list knows it': [
      'adapters/sql/reads.ts',
      "and (g.expires_at is null or g.expires_at > ${p('at', 'time')})",
      "and ${p('at', 'time')} is not null",
    ],
    'the account’s days count': [
      'src/policy/opening.ts',
      'if (policy.maxLinkDays === null) return link.expiresAt',
      'return link.expiresAt',
    ],
    'a link begins at its moment': [
      'src/policy/opening.ts',
      'if (link.endedAt !== null || (link.notBefore !== null && link.notBefore > now))',
      'if (link.endedAt !== null)',
    ],
    'a grace is over when it is': [
      'src/policy/opening.ts',
      "if (tokenUntil !== null && tokenUntil <= now) return refused('not_found')",
      '',
    ],
    'what has passed is taken for no expiry': [
      'src/model/link.ts',
      'if (changed.expiresAt && times.expiresAt !== null && times.expiresAt <= now) {',
      'if (times.expiresAt?.getTime() === 0) {',
    ],
  },
}
