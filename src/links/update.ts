import type { SharingError } from '../errors.ts'
import { difference, type Kernel } from '../kernel.ts'
import { type Actor, actorSchema } from '../model/actor.ts'
import { invalidInput, parse } from '../model/input.ts'
import {
  checkTimes,
  linkId,
  type ParsedSettings,
  rotateSchema,
  type ShareLink,
  type UpdateLinkInput,
  updateLinkSchema,
} from '../model/link.ts'
import { typeOf } from '../policy/compile.ts'
import { checkLinkRole, checkPolicy, checkVisibility } from '../policy/making.ts'
import { demand } from '../policy/standing.ts'
import { begins, begunBy, ends } from '../snapshots/begun.ts'
import {
  demandSame,
  namingOf,
  rightToTake,
  storing,
  type Taken,
  takenAnew,
  takeSnapshot,
} from '../snapshots/take.ts'
import type { Facts, LinkFacts, ManagedLink } from '../store/index.ts'
import type { CreatedLink } from './create.ts'
import { type Changed, changeLink, revoked } from './manage.ts'
import { shareLink } from './project.ts'
import { audienceOf, auditedLink } from './terms.ts'
import { storedToken, withFreshToken } from './token.ts'

/** Changes a link's settings, judged on what it would be afterwards. */
export async function updateLink(
  kernel: Kernel,
  actorInput: Actor,
  idInput: string,
  input: UpdateLinkInput,
): Promise<ShareLink> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const id = parse(linkId, idInput, 'id')
  const settings = parse(updateLinkSchema, input, 'changes')
  const refresh = settings.snapshot === 'refresh'
  let passwordHash: string | null = null
  let taken: Taken | null = null
  const waits = Boolean(settings.password) || refresh
  const begun = begunBy(actor, kernel.newId())
  if (waits) {
    // Slow, or the host's: only for a change that is allowed, and outside the step.
    const { found, right } = await changeLink(kernel, actor, id, 'manages', (found, now) => {
      const { link } = merge(kernel, found, settings, 'to be hashed', null, now)
      if (refresh && link.mode === 'live') throw notASnapshot()
      const right = refresh ? demandRefresh(kernel, actor, found, now) : ''
      return { changes: [begins(begun, now)], events: [], result: { found, right } }
    })
    const { link, resource } = found
    if (refresh) {
      taken = await takeSnapshot(kernel, typeOf(kernel.types, resource.type), resource, actor, right, link)
    }
    if (settings.password) passwordHash = await kernel.passwords.hash(settings.password)
  }
  const decide = (found: ManagedLink, now: Date, facts: Pick<Facts, 'begun'>): Changed<ShareLink> => {
    const { resource, policy } = found
    const { link, changed } = merge(kernel, found, settings, passwordHash, taken, now)
    if (taken !== null) demandSame(taken, resource, demandRefresh(kernel, actor, found, now))
    const ending = waits ? [ends(begun, facts)] : []
    if (changed === null && taken === null)
      return { changes: ending, events: [], result: shareLink(found.link, resource, policy, now) }
    return {
      changes: [
        ...ending,
        ...(taken === null ? [] : storing(taken, found.link, now)),
        { kind: 'link.updated', link },
      ],
      events: [
        ...(changed === null ? [] : [{ action: 'link.updated', ...changed } as const]),
        ...(taken === null ? [] : [takenAnew(found.link, taken)]),
      ],
      result: shareLink(link, resource, policy, now),
    }
  }
  return changeLink(kernel, actor, id, 'manages', decide, waits ? { begun } : {})
}

const notASnapshot = (): SharingError =>
  invalidInput([{ path: 'changes.snapshot', message: 'is for links in snapshot mode: this one is live' }])

/** Nobody shows what they may not see; and what a public link shows anew is published anew. */
function demandRefresh(kernel: Kernel, actor: Actor, { link, ...situation }: ManagedLink, now: Date): string {
  const { type } = situation.resource
  if (link.visibility === 'public') demand(kernel.types, 'publish', actor, situation, type, now)
  return rightToTake(kernel, actor, situation, now)
}

function merge(
  kernel: Kernel,
  { link, resource, policy }: ManagedLink,
  settings: ParsedSettings,
  passwordHash: string | null,
  taken: Taken | null,
  now: Date,
): { link: LinkFacts; changed: ReturnType<typeof difference> } {
  if (link.endedAt !== null) throw revoked()
  const type = typeOf(kernel.types, resource.type)
  const given = <T>(value: T | undefined, had: T): T => (value === undefined ? had : value)
  const merged: LinkFacts = {
    ...link,
    name: given(settings.name, link.name),
    role: given(settings.role, link.role),
    expiresAt: given(settings.expiresAt, link.expiresAt),
    notBefore: given(settings.notBefore, link.notBefore),
    maxViews: given(settings.maxViews, link.maxViews),
    audience: audienceOf(settings, link.audience),
    passwordHash: settings.password === undefined ? link.passwordHash : passwordHash,
    passwordVersion: settings.password ? link.passwordVersion + 1 : link.passwordVersion,
    ...(taken === null ? {} : namingOf(taken)),
    updatedAt: now,
  }
  checkTimes(merged, now, { expiresAt: settings.expiresAt !== undefined })
  checkVisibility(type, resource, policy, link.visibility)
  checkLinkRole(type, merged.role)
  checkPolicy(policy, { ...merged, hasPassword: merged.passwordHash !== null })
  const before = auditedLink(link)
  return { link: merged, changed: difference(before, auditedLink(merged), Object.keys(before)) }
}

/** A new token for the same link. */
export async function rotateLink(
  kernel: Kernel,
  actorInput: Actor,
  idInput: string,
  input: { graceSeconds?: number | undefined } = {},
): Promise<CreatedLink> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const id = parse(linkId, idInput, 'id')
  const { graceSeconds = 0 } = parse(rotateSchema, input, 'options')
  return withFreshToken(kernel, async (token) => {
    const rotated = await changeLink(kernel, actor, id, 'manages', ({ link, resource, policy }, now) => {
      if (link.endedAt !== null) throw revoked()
      const { tokenHash, sealedToken } = storedToken(kernel, link, token)
      const renewed: LinkFacts = { ...link, tokenHash, sealedToken, updatedAt: now }
      const graceUntil = graceSeconds === 0 ? null : new Date(now.getTime() + graceSeconds * 1000)
      return {
        changes: [{ kind: 'link.rotated', link: renewed, graceUntil }],
        events: [{ action: 'link.rotated', after: { graceUntil } }],
        result: shareLink(renewed, resource, policy, now),
      }
    })
    return { ...rotated, token }
  })
}
