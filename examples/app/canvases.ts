import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import { type Actor, type ForkHook, type ResolveHook, SharingError, type SnapshotHook } from 'sharegrant'
import type { HostSharing } from './documents.ts'
import type { Order, Sales } from './sales.ts'
import type { Tables } from './tables.ts'

/** The pieces of every canvas, by the names under which they are asked for. */
export const PIECES = ['table', 'chart', 'cover'] as const

const sumsOf = (orders: readonly Order[]): Record<string, number> => {
  const sums: Record<string, number> = {}
  for (const { region, amount } of orders) sums[region] = (sums[region] ?? 0) + amount
  return sums
}

/** A canvas as whoever shares it sees it now. The cover is not in it: it is a reference, for each reader their own. */
export const snapshotOfCanvas =
  (database: Kysely<Tables>, sales: Sales): SnapshotHook =>
  async ({ resource, actor }) => {
    const orders = sales.ordersFor(resource.id, actor.userId)
    const revision = await revisionOf(database, resource.id)
    return { revision: String(revision), content: { table: orders, chart: sumsOf(orders), cover: 'cover' } }
  }

/** A piece of a canvas, with the rows that its reader may see. Nobody in particular sees no rows. */
export const resolveOfCanvas =
  (database: Kysely<Tables>, sales: Sales): ResolveHook =>
  async ({ resource, ref, as, mode, revision, accessDenied }) => {
    if (ref === 'cover') {
      const of = revision ?? String(await revisionOf(database, resource.id))
      const cover = await coverOf(database, resource.id, of)
      return cover === null ? accessDenied : { revision: of, type: 'image/svg+xml' }
    }
    // The rows of a snapshot are in its content: what they are by now is no business of its readers.
    if (mode === 'snapshot' || as === null) return accessDenied
    const orders = sales.ordersFor(resource.id, as.userId)
    if (ref === 'table') return orders
    return ref === 'chart' ? sumsOf(orders) : accessDenied
  }

/**
 * A canvas of somebody's own, with the rows and the cover of what they made it of. The key is the copy's id, so that a
 * second try finds what the first has made.
 */
export const forkOfCanvas =
  (database: Kysely<Tables>, sales: Sales): ForkHook =>
  async ({ resource, content, revision, actor, idempotencyKey }) => {
    const id = idempotencyKey ?? randomUUID()
    sales.copy(id, actor.userId, (content as { table: Order[] }).table)
    const svg = await coverOf(database, resource.id, revision ?? '')
    const cover = { canvas_id: id, revision: 1, svg: svg ?? '<svg xmlns="http://www.w3.org/2000/svg"/>' }
    await database
      .insertInto('covers')
      .values(cover)
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    return { id }
  }

/** A file, for whoever brings a token for it. What the token says is all that is asked. */
export async function readFileOf(
  database: Kysely<Tables>,
  sharing: HostSharing,
  token: string,
  actor: Actor | null,
): Promise<string> {
  const { resource, ref, revision } = await sharing.refs.verify(token, actor)
  if (resource.type !== 'canvas' || ref !== 'cover') throw new SharingError('not_found')
  const of = revision ?? String(await revisionOf(database, resource.id))
  const cover = await coverOf(database, resource.id, of)
  if (cover === null) throw new SharingError('not_found')
  return cover
}

/** An edit: an order comes in, and the canvas gets another cover. */
export async function addOrder(
  database: Kysely<Tables>,
  sales: Sales,
  sharing: HostSharing,
  id: string,
  actor: Actor | null,
  body: unknown,
): Promise<{ revision: number }> {
  await sharing.authorize(actor, 'edit', { type: 'canvas', id })
  const { region, month, amount } = (body ?? {}) as Partial<Order>
  if (typeof region !== 'string' || typeof month !== 'string' || !Number.isInteger(amount)) {
    throw new SharingError('invalid_input', { message: 'give region, month and amount' })
  }
  sales.add(id, { region, month, amount: amount! })
  const revision = (await revisionOf(database, id)) + 1
  await addCover(database, id, revision)
  return { revision }
}

export const addCover = (database: Kysely<Tables>, id: string, revision: number): Promise<unknown> =>
  database
    .insertInto('covers')
    .values({
      canvas_id: id,
      revision,
      svg: `<svg xmlns="http://www.w3.org/2000/svg"><text>${revision}</text></svg>`,
    })
    .execute()

async function revisionOf(database: Kysely<Tables>, id: string): Promise<number> {
  const { latest } = await database
    .selectFrom('covers')
    .select(({ fn }) => fn.max('revision').as('latest'))
    .where('canvas_id', '=', id)
    .executeTakeFirstOrThrow()
  return Number(latest)
}

async function coverOf(database: Kysely<Tables>, id: string, revision: string): Promise<string | null> {
  const cover = await database
    .selectFrom('covers')
    .select('svg')
    .where('canvas_id', '=', id)
    .where('revision', '=', Number(revision))
    .executeTakeFirst()
  return cover?.svg ?? null
}
