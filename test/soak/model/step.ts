import fc from 'fast-check'
import type { Actor, Mode, OpenedShare, Page } from '../../../src/index.ts'
import type { Who } from './arbitraries.ts'
import { actorOf, answerOf, type Pass, type Ref, refOf, type Side } from './side.ts'
import { ACTORS } from './world.ts'

/** One call of a history, as it is told, and how it is made. */
export interface Step {
  name: string
  run(side: Side): Promise<string>
}

/** A call that is told by its arguments. */
export function step<A extends unknown[]>(
  name: string,
  given: { [K in keyof A]: fc.Arbitrary<A[K]> },
  call: (side: Side, ...given: A) => Promise<unknown>,
): fc.Arbitrary<Step> {
  return fc.tuple(...given).map((chosen) => ({
    name: `${name}(${JSON.stringify(chosen, people).slice(1, -1)})`,
    run: (side: Side) => answerOf(side, () => call(side, ...(chosen as A))),
  }))
}

/** An actor in a few words. */
function people(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('userId' in value)) return value
  const { userId, tenantId } = value as Actor
  return `${userId} of ${tenantId ?? 'nobody'}`
}

/** Who asks for something of a resource. */
export async function asker(side: Side, who: Who, ref: Ref | undefined): Promise<Actor> {
  if (who !== 'owner') return actorOf(side, who)
  const owner = ref && (await side.ownerOf(ref))
  const actors = ACTORS.map((one) => actorOf(side, one))
  return actors.find(({ userId }) => userId === owner) ?? actors[0]!
}

/** Somebody, for a resource. */
export const askerOf = (side: Side, who: Who, id: string): Promise<Actor> => asker(side, who, refOf(side, id))

const at = <T>(list: readonly T[], index: number): T | undefined =>
  index < 0 ? undefined : list[index % Math.max(1, list.length)]

export const linkAt = (side: Side, index: number): string => at(side.links, index)?.id ?? 'none'
export const grantAt = (side: Side, index: number): string => at(side.grants, index)?.id ?? 'none'
/** The newest first: of the others most were answered. */
const requestOf = (side: Side, index: number) => at(side.requests.toReversed(), index)
export const requestAt = (side: Side, index: number): string => requestOf(side, index)?.id ?? 'none'
/** Somebody, for what was asked for: mostly the owner of what it is on. */
export const answererFor = (side: Side, who: Who, index: number): Promise<Actor> =>
  asker(side, who, requestOf(side, index)?.resource)
/** What was given to a user, the newest first, and that user, or somebody. */
export function namedAt(side: Side, index: number, who: Actor): { resource: Ref; invited: Actor } {
  const given = side.grants.filter(({ grantee }) => grantee.kind === 'user')
  const grant = at(given.toReversed(), index)
  const userId = grant?.grantee.kind === 'user' ? grant.grantee.userId : null
  const invited = ACTORS.map((one) => actorOf(side, one)).find((one) => one.userId === userId)
  return { resource: grant?.resource ?? refOf(side, 'd1'), invited: invited ?? actorOf(side, who) }
}

/** An invitation, the newest first, and whoever has its address, or somebody. */
export function invitationAt(side: Side, index: number, who: Actor): { token: string; invited: Actor } {
  const invitation = at(side.invitations.toReversed(), index)
  const actors = ACTORS.map((one) => actorOf(side, one))
  const invited = actors.find(({ email }) => email?.toLowerCase() === invitation?.address?.toLowerCase())
  return { token: invitation?.token ?? 'none', invited: invited ?? actorOf(side, who) }
}
/** Somebody, for what was given: mostly the owner of what it is on. */
export const askerFor = (side: Side, who: Who, index: number): Promise<Actor> =>
  asker(side, who, at(side.grants, index)?.resource)
/** Somebody, for a link: mostly the owner of what it leads to. */
export const askerAt = (side: Side, who: Who, index: number): Promise<Actor> =>
  asker(side, who, at(side.links, index)?.resource)
/** Of a right form at least, since what has none is refused before any store is asked. */
const UNKNOWN = 'old-token-that-nobody-ever-imported'
export const tokenAt = (side: Side, index: number): string => at(side.tokens, index) ?? UNKNOWN
/** The newest first: of the others most are over. */
export const passAt = (side: Side, index: number): Pass =>
  at(side.passes.toReversed(), index) ?? { text: 'none', by: null, token: null, on: refOf(side, 'd1') }
/** The newest first. */
export const dataRefAt = (side: Side, index: number): { token: string; by: Actor | null } =>
  at(side.refs.toReversed(), index) ?? { token: 'none', by: null }
/** A link of one mode, with the newest token of it that somebody was given: the newest first. */
export const lateLinkAt = (side: Side, index: number, of?: Mode): Omit<Side['links'][number], 'mode'> =>
  at(side.links.filter(({ mode }) => (of ?? mode) === mode).toReversed(), index) ?? {
    id: 'none',
    resource: refOf(side, 'd1'),
    token: UNKNOWN,
  }
/** What was given, the newest first and only what is `shown` as it was or all, and one who has it, or somebody. */
export function givenAt(side: Side, index: number, who: Actor, shown: boolean): { resource: Ref; by: Actor } {
  const grants = side.grants.filter(({ mode }) => !shown || mode === 'snapshot')
  const grant = at(grants.toReversed(), index)
  const by = grant && ACTORS.map((one) => actorOf(side, one)).find((one) => isFor(one, grant.grantee))
  return { resource: grant?.resource ?? refOf(side, 'd1'), by: by ?? actorOf(side, who) }
}
function isFor(actor: Actor, grantee: Side['grants'][number]['grantee']): boolean {
  if (grantee.kind === 'user') return actor.userId === grantee.userId
  if (grantee.kind === 'email') return actor.email?.toLowerCase() === grantee.email?.toLowerCase()
  return actor.groups?.includes(grantee.groupId) ?? false
}

/** What somebody opened, with what they have in hand from now on. */
export function keepPass(
  side: Side,
  opened: OpenedShare,
  by: Actor | null,
  token: string | null = null,
): OpenedShare {
  const { pass: text, resource } = opened
  if (!side.passes.some((had) => had.text === text)) {
    side.passes.push({ text, by, token, on: { type: 'document', id: resource.id } })
  }
  return opened
}

/** All pages of a list, and how long each was. */
export async function pagesOf<T>(
  page: (cursor: string | undefined) => Promise<Page<T>>,
): Promise<{ items: T[]; pages: number[] }> {
  const items: T[] = []
  const pages: number[] = []
  for (let cursor: string | undefined; ; ) {
    const { items: some, nextCursor } = await page(cursor)
    items.push(...some)
    pages.push(some.length)
    if (nextCursor === null || pages.length > 500) return { items, pages }
    cursor = nextCursor
  }
}
