import { SharingError } from '../errors.ts'
import type { Kernel } from '../kernel.ts'
import { type Access, accessSchema } from '../model/access.ts'
import { type Actor, tenantOf, type Visitor } from '../model/actor.ts'
import { parse } from '../model/input.ts'
import type { Mode } from '../model/link.ts'
import type { Resource, ResourceRef } from '../model/resource.ts'
import { isOutside, subjectsOf } from '../model/subject.ts'
import type { TenantPolicy } from '../model/tenant-policy.ts'
import { endOf, type Judged, judge, resumedAttached } from '../opening/attach.ts'
import { resumed } from '../opening/open.ts'
import { shownBy, shownTo } from '../opening/shown.ts'
import { type CompiledType, typeOf } from '../policy/compile.ts'
import { resourceOf } from '../resources/register.ts'
import type { ResourceFacts, ShownSnapshot } from '../store/facts.ts'
import { type DataRef, holderOf } from '../tokens/data-ref.ts'

/** How a reader stands to a resource, as one look at the store found it. */
export interface Reading {
  resource: ResourceFacts
  policy: TenantPolicy
  type: CompiledType
  actions: readonly string[]
  mode: Mode
  /** What it was, in snapshot mode; its content only where that was asked for. */
  shown: ShownSnapshot | null
  revision: string | null
  /** Whoever asks; null for nobody. */
  actor: Actor | null
  grantId: string | null
  source: DataRef['source']
  /** Of the source that lets them read. */
  role: string
  link: DataRef['link']
  /** When what lets them read ends, as far as that is known; the pass that they brought, too. */
  endsAt: number | null
}

/** Without the content of a snapshot, which most have no use for. */
const HEAD: { content: boolean } = { content: false }

/** Finds out what a reader has in hand, and refuses what is good for nothing any more. */
export async function readingOf(
  kernel: Kernel,
  accessInput: Access,
  options: { content: boolean } = HEAD,
): Promise<Reading> {
  const access = parse(accessSchema, accessInput, 'access')
  if ('actor' in access) return readingOfPerson(kernel, access.actor, access.resource, options)
  const { pass: text, visitor = {} } = access
  const attached = kernel.attachPasses.read(text, kernel.clock().getTime())
  if (attached === null) return readingOfLink(kernel, text, visitor, options)
  const actor = visitor.actor ?? null
  const { judged, shown } = await resumedAttached(kernel, attached, actor, options)
  return byOwnRight(kernel, actor, judged, shown, attached.expiresAt)
}

/** The same look again, or the refusal that it comes to by now: the host's own code took its time. */
export async function readAgain(kernel: Kernel, access: Access, before: Reading): Promise<Reading> {
  const now = await readingOf(kernel, access)
  const same =
    now.resource.uid === before.resource.uid &&
    now.grantId === before.grantId &&
    now.source === before.source &&
    now.role === before.role &&
    now.mode === before.mode &&
    before.actions.every((action) => now.actions.includes(action))
  if (!same) throw new SharingError('not_found')
  return now
}

async function readingOfPerson(
  kernel: Kernel,
  actor: Actor,
  ref: ResourceRef,
  options: { content: boolean },
): Promise<Reading> {
  typeOf(kernel.types, ref.type)
  const judged = judge(kernel, actor, await kernel.store.findResource(ref, subjectsOf(actor)))
  const { grantId, situation } = judged
  if (grantId === null) return byOwnRight(kernel, actor, judged, null, null)
  const shown = await shownBy(kernel, situation.resource.tenantId, grantId, options)
  // It was taken away since it was judged.
  if (shown === null) throw new SharingError('not_found')
  return byOwnRight(kernel, actor, judged, shown, null)
}

/** What a person may do by a right of their own. */
function byOwnRight(
  kernel: Kernel,
  actor: Actor | null,
  judged: Judged,
  shown: ShownSnapshot | null,
  passEndsAt: number | null,
): Reading {
  const { resource, policy } = judged.situation
  return {
    resource,
    policy,
    type: typeOf(kernel.types, resource.type),
    actions: judged.actions,
    mode: shown === null ? 'live' : 'snapshot',
    shown,
    revision: shown?.revision ?? null,
    actor,
    grantId: judged.via.kind === 'grant' ? judged.via.grantId : null,
    source: judged.via.kind,
    role: judged.viaRole,
    link: null,
    endsAt: earliest(endOf(judged), passEndsAt),
  }
}

async function readingOfLink(
  kernel: Kernel,
  text: string,
  visitor: Visitor,
  options: { content: boolean },
): Promise<Reading> {
  const { allowed, pass } = await resumed(kernel, text, visitor, (link, snapshot) =>
    shownTo(kernel, link, snapshot, options),
  )
  const { situation, actions, shown, expiresAt } = allowed
  const { link, resource: opened } = situation
  // What the host is told of the resource is more than an opening reads.
  const found = await kernel.store.findResource({ type: opened.type, id: opened.id }, null)
  if (found?.resource.uid !== link.resourceUid) throw new SharingError('not_found')
  return {
    resource: found.resource,
    policy: found.policy,
    type: typeOf(kernel.types, opened.type),
    actions,
    mode: link.mode,
    shown,
    revision: shown?.revision ?? null,
    actor: visitor.actor ?? null,
    grantId: link.id,
    source: 'link',
    role: link.role,
    link: { tokenHash: pass.tokenHash, passwordVersion: pass.passwordVersion },
    endsAt: earliest(expiresAt, pass.expiresAt),
  }
}

function earliest(end: Date | null, passEndsAt: number | null): number | null {
  const all = [end?.getTime(), passEndsAt].filter((one) => typeof one === 'number')
  return all.length === 0 ? null : Math.min(...all)
}

/** Under whose rights the host looks for data: the reader's own inside the resource's tenant, nobody's outside of it. */
export function identityOf({ actor, resource }: Pick<Reading, 'actor' | 'resource'>): Actor | null {
  if (actor === null || isOutside(actor, resource.tenantId)) return null
  return { ...actor, ...(actor.groups && { groups: [...actor.groups] }) }
}

/**
 * The resource as the host is told of it for a reader. Of the past it is what it was called then, so that no later title
 * gets into what the host answers; its traits are those of today, whose rules go on to hold.
 */
export function toldOf({ resource, shown }: Pick<Reading, 'resource' | 'shown'>): Resource {
  const told = resourceOf(resource)
  return shown === null ? told : { ...told, title: shown.title, updatedAt: new Date(shown.takenAt) }
}

export function holderIn({ actor, resource }: Pick<Reading, 'actor' | 'resource'>): string {
  return holderOf(resource, actor === null ? null : { tenantId: tenantOf(actor), userId: actor.userId })
}
