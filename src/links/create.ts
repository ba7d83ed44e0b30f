import { SharingError } from '../errors.ts'
import { auditEvent, changeResource, type Kernel } from '../kernel.ts'
import { type Actor, actorSchema } from '../model/actor.ts'
import type { Source } from '../model/decision.ts'
import { invalidInput, parse } from '../model/input.ts'
import {
  type CreateLinkInput,
  checkTimes,
  createLinkSchema,
  type ImportLinkInput,
  importLinkSchema,
  type ShareLink,
} from '../model/link.ts'
import { type ResourceRef, refSchema } from '../model/resource.ts'
import { authorityFor } from '../policy/access.ts'
import { roleOf, typeOf } from '../policy/compile.ts'
import { checkLinkRole, checkOwnRole, checkPolicy, checkVisibility } from '../policy/making.ts'
import { demand } from '../policy/standing.ts'
import { begins, begunBy, ends } from '../snapshots/begun.ts'
import { NO_SNAPSHOT } from '../snapshots/naming.ts'
import {
  demandHook,
  demandSame,
  namingOf,
  rightToTake,
  storing,
  type Taken,
  takenAnew,
  takeSnapshot,
} from '../snapshots/take.ts'
import {
  type Facts,
  type LinkFacts,
  type Outcome,
  type ResourceFacts,
  type ResourceSituation,
  TokenTaken,
} from '../store/index.ts'
import { shareLink } from './project.ts'
import { audienceOf, auditedLink } from './terms.ts'
import { storedToken, withFreshToken } from './token.ts'

/** A link with its token, which is in no other answer but `reveal`'s. */
export type CreatedLink<Type extends string = string> = ShareLink<Type> & { token: string }

/** Makes a link. The token is minted here and returned once; the store gets its hash. */
export async function createLink(
  kernel: Kernel,
  actorInput: Actor,
  refInput: ResourceRef,
  input: CreateLinkInput,
): Promise<CreatedLink> {
  const request = parseRequest(kernel, actorInput, refInput, parse(createLinkSchema, input, 'options'))
  return withFreshToken(kernel, (token) => make(kernel, request, token, false))
}

/** Lets an older system's token go on working, as a link of ours. */
export async function importLink(
  kernel: Kernel,
  actorInput: Actor,
  refInput: ResourceRef,
  input: ImportLinkInput,
): Promise<CreatedLink> {
  const { token, ...options } = parse(importLinkSchema, input, 'options')
  const request = parseRequest(kernel, actorInput, refInput, options)
  if (!kernel.tokens.isLegacy(token)) {
    throw invalidInput([
      {
        path: 'options.token',
        message: 'must match the pattern that createSharing was given as legacyTokens',
      },
    ])
  }
  try {
    return await make(kernel, request, token, true)
  } catch (error) {
    if (!(error instanceof TokenTaken)) throw error
    throw new SharingError('conflict', { message: 'This token is a link’s already.' })
  }
}

interface Request {
  actor: Actor
  ref: ResourceRef
  options: ReturnType<typeof parse<Parsed>>
}
type Parsed = Parameters<typeof audienceOf>[0] & {
  visibility: 'public' | 'account'
  mode?: 'live' | 'snapshot' | undefined
}

function parseRequest(kernel: Kernel, actor: Actor, ref: ResourceRef, options: Parsed): Request {
  const request = {
    actor: parse(actorSchema, actor, 'actor'),
    ref: parse(refSchema, ref, 'resource'),
    options,
  }
  const type = typeOf(kernel.types, request.ref.type)
  if (options.mode === 'snapshot') demandHook(type)
  return request
}

async function make(
  kernel: Kernel,
  request: Request,
  token: string,
  imported: boolean,
): Promise<CreatedLink> {
  const { actor, ref, options } = request
  const id = kernel.newId()
  const eventId = kernel.newId()
  const takenId = kernel.newId()
  const done: Done = { begun: false, passwordHash: null, taken: null }
  const begun = begunBy(actor, id)
  const ask = options.password || options.mode === 'snapshot' ? { begun } : {}
  const decideStep = (facts: Facts): Outcome<ShareLink | Work> => {
    const now = kernel.clock()
    const link = decide(kernel, request, facts, now, id, token, done)
    // Slow, or the host's: only for somebody who may make the link, and outside the step.
    const work = workFor(kernel, request, { ...facts, resource: facts.resource! }, done, now)
    const ending = done.begun ? [ends(begun, facts)] : []
    if (work !== null) return { changes: done.begun ? [] : [begins(begun, now)], audit: [], result: work }
    const { taken } = done
    const about = { at: now, actorId: actor.userId, target: { kind: 'link', id } as const }
    return {
      changes: [
        ...ending,
        ...(taken === null ? [] : storing(taken, null, now)),
        { kind: 'link.created', link, imported },
      ],
      audit: [
        auditEvent({ newId: () => eventId }, facts.resource!, {
          action: 'link.created',
          at: now,
          actorId: actor.userId,
          target: { kind: 'link', id },
          after: { ...auditedLink(link), visibility: link.visibility, mode: link.mode },
        }),
        ...(taken === null
          ? []
          : [
              auditEvent({ newId: () => takenId }, facts.resource!, {
                ...takenAnew(null, taken),
                ...about,
              }),
            ]),
      ],
      result: shareLink(link, facts.resource!, facts.policy, now),
    }
  }
  for (;;) {
    const result = await changeResource(kernel, actor, ref, decideStep, ask)
    if (!('work' in result)) return { ...result, token }
    done.begun = true
    if (result.work === 'hash') done.passwordHash = await kernel.passwords.hash(options.password!)
    else
      done.taken = await takeSnapshot(
        kernel,
        typeOf(kernel.types, ref.type),
        result.of,
        actor,
        result.right,
        null,
      )
  }
}

/** What a link waits for, once it is known that it may be made. */
type Work = { work: 'hash' } | { work: 'take'; of: ResourceFacts; right: string }

/** What was done of it. */
interface Done {
  begun: boolean
  passwordHash: string | null
  taken: Taken | null
}

function workFor(
  kernel: Kernel,
  { actor, options: { password, mode } }: Request,
  situation: ResourceSituation,
  { passwordHash, taken }: Done,
  now: Date,
): Work | null {
  if (password && passwordHash === null) return { work: 'hash' }
  if (mode !== 'snapshot') return null
  const right = rightToTake(kernel, actor, situation, now)
  if (taken === null) return { work: 'take', of: situation.resource, right }
  demandSame(taken, situation.resource, right)
  return null
}

function decide(
  kernel: Kernel,
  { actor, ref, options }: Request,
  facts: Facts,
  now: Date,
  id: string,
  token: string,
  { passwordHash, taken }: Done,
): LinkFacts {
  const { resource, policy } = facts
  const situation = resource && { resource, policy, grants: facts.grants }
  demand(kernel.types, 'share', actor, situation, ref.type, now)
  const type = typeOf(kernel.types, ref.type)
  const role = options.role ?? type.roles.find((one) => type.linkRoles.has(one.name))!.name
  const times = { expiresAt: options.expiresAt ?? null, notBefore: options.notBefore ?? null }
  checkTimes(times, now, { expiresAt: true })
  checkVisibility(type, resource!, policy, options.visibility)
  if (options.visibility === 'public') demand(kernel.types, 'publish', actor, situation, ref.type, now)
  checkLinkRole(type, role)
  const needed = options.visibility === 'public' ? ['share', 'publish'] : ['share']
  const right = authorityFor(type, needed, actor, situation!, now)
  // Each was given by another grant: nothing that a link could live by.
  if (right === null) throw new SharingError('forbidden')
  checkOwnRole(type, typeof right.holder === 'string' ? 'owner' : roleOf(right.holder).name, role)
  const audience = audienceOf(options, null)
  checkPolicy(policy, { role, ...times, hasPassword: Boolean(options.password), audience, createdAt: now })
  const { tenantId } = resource!
  const { tokenHash, sealedToken } = storedToken(kernel, { tenantId, id }, token)
  return {
    id,
    tenantId,
    resourceUid: resource!.uid,
    name: options.name ?? null,
    visibility: options.visibility,
    role,
    mode: options.mode ?? 'live',
    ...(taken === null ? NO_SNAPSHOT : namingOf(taken)),
    ...authorityOf(right.source, actor),
    createdBy: actor.userId,
    createdAt: now,
    updatedAt: now,
    ...times,
    maxViews: options.maxViews ?? null,
    viewCount: 0,
    lastViewedAt: null,
    passwordHash,
    passwordVersion: passwordHash === null ? 0 : 1,
    audience,
    tokenHash,
    sealedToken,
    endedAt: null,
    endReason: null,
  }
}

function authorityOf(source: Source, actor: Actor): Pick<LinkFacts, 'authority' | 'authorityId'> {
  if (source.kind === 'grant') return { authority: 'grant', authorityId: source.grantId }
  return { authority: source.kind === 'owner' ? 'owner' : 'admin', authorityId: actor.userId }
}
