import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { type Kysely, sql } from 'kysely'
import { type Actor, type ForkHook, type Sharing, SharingError, type Visitor } from 'sharegrant'
import type { Workstations } from 'sharegrant/workstations'
import type { definitionsOf } from './host.ts'
import type { Tables } from './tables.ts'

export type HostSharing = Sharing<ReturnType<typeof definitionsOf>>

/** The list page: the rows of the reader's account that they may see. */
export function listDocuments(
  database: Kysely<Tables>,
  sharing: HostSharing,
  actor: Actor | null,
): Promise<Array<{ id: string; title: string }>> {
  if (actor === null) throw new SharingError('authentication_required', { message: 'Sign in first.' })
  return database
    .selectFrom('documents')
    .select(['id', 'title'])
    .where(sharing.filter(actor, 'view', 'document', { column: 'documents.id' }))
    .orderBy('id')
    .execute()
}

/** A document's text, for whoever brings the pass of an opening of it, or may view it in their own right. */
export async function readDocument(
  database: Kysely<Tables>,
  sharing: HostSharing,
  id: string,
  visitor: Visitor,
  pass: string | undefined,
): Promise<string> {
  if (!(await mayRead(sharing, id, visitor, pass))) throw new SharingError('not_found')
  return textOf(database, id)
}

/** A document of somebody's own with the same text. */
export const forkOfDocument =
  (database: Kysely<Tables>): ForkHook =>
  async ({ resource, actor }) => {
    const id = randomUUID()
    const { file } = await database
      .selectFrom('documents')
      .select('file')
      .where('id', '=', resource.id)
      .executeTakeFirstOrThrow()
    const title = resource.title ?? 'Untitled'
    const values = { id, account_id: actor.tenantId, owner_id: actor.userId, title, file }
    await database.insertInto('documents').values(values).execute()
    return { id }
  }

/** The headings of a document. */
export async function outlineOf(database: Kysely<Tables>, id: string): Promise<string[]> {
  const text = await textOf(database, id)
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading)
}

async function textOf(database: Kysely<Tables>, id: string): Promise<string> {
  const document = await database
    .selectFrom('documents')
    .leftJoin('drafts', 'drafts.document_id', 'documents.id')
    .select(['file', 'text'])
    .where('documents.id', '=', id)
    .executeTakeFirst()
  if (document === undefined) throw new SharingError('not_found')
  if (document.text !== null) return document.text
  return readFile(new URL(`../../${document.file}`, import.meta.url), 'utf8')
}

/** Writes a document's text, for whoever edits it now: a fence from before is that of somebody who came too late. */
export async function writeDocument(
  database: Kysely<Tables>,
  sharing: HostSharing,
  workstations: Workstations<ReturnType<typeof definitionsOf>> | undefined,
  { id, fence, actor }: { id: string; fence: string | undefined; actor: Actor | null },
  body: unknown,
): Promise<void> {
  const ref = { type: 'document', id } as const
  await sharing.authorize(actor, 'edit', ref)
  const current = workstations !== undefined && /^\d{1,15}$/.test(fence ?? '')
  if (!current || !(await workstations.edits.check(ref, Number(fence)))) throw new SharingError('conflict')
  const text = (body as { text?: unknown } | null)?.text
  if (typeof text !== 'string') throw new SharingError('invalid_input', { message: 'text: give one' })
  const draft = { text, fence: Number(fence) }
  // The write itself compares: since `check` answered, somebody may have taken over and written.
  const written = await database
    .insertInto('drafts')
    .values({ document_id: id, ...draft })
    .onConflict((conflict) =>
      conflict
        .column('document_id')
        .doUpdateSet(draft)
        .whereRef('drafts.fence', '<=', sql.ref('excluded.fence')),
    )
    .returning('document_id')
    .executeTakeFirst()
  if (written === undefined) throw new SharingError('conflict')
}

async function mayRead(
  sharing: HostSharing,
  id: string,
  visitor: Visitor,
  pass: string | undefined,
): Promise<boolean> {
  if (pass === undefined) return sharing.can(visitor.actor ?? null, 'view', { type: 'document', id })
  const { resource, actions } = await sharing.resume(pass, visitor)
  // A pass is for one resource: it opens nothing beside it.
  return resource.type === 'document' && resource.id === id && actions.includes('view')
}
