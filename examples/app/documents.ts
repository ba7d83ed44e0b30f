import { readFile } from 'node:fs/promises'
import type { Kysely } from 'kysely'
import { type Actor, type Sharing, SharingError, type Visitor } from 'sharegrant'
import type { definitions } from './host.ts'
import type { Tables } from './tables.ts'

export type HostSharing = Sharing<typeof definitions>

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
  const document = await database
    .selectFrom('documents')
    .select('file')
    .where('id', '=', id)
    .executeTakeFirst()
  if (document === undefined) throw new SharingError('not_found')
  return readFile(new URL(`../../${document.file}`, import.meta.url), 'utf8')
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
