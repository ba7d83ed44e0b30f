import { createHash } from 'node:crypto'
import { type Generated, Kysely, PostgresDialect, SqliteDialect } from 'kysely'
import { nanoid } from 'nanoid'
import type { Place } from '../places.ts'
import { visitor } from './library.ts'

/** Times are text on SQLite; Postgres gives them as dates. */
type Time = string | Date

interface Tables {
  users: { id: string; email: string; name: string; created_at: Time }
  documents: { id: string; owner_id: string; title: string; created_at: Time }
  links: {
    id: string
    document_id: string
    created_by: string
    token_hash: string
    role: string
    expires_at: Time | null
    revoked_at: Time | null
    max_views: number | null
    view_count: Generated<number>
    last_viewed_at: Time | null
    created_at: Time
  }
  link_views: {
    id: string
    link_id: string
    user_id: string | null
    ip: string | null
    user_agent: string | null
    viewed_at: Time
  }
}

/** Contender (b): the route that people write by hand, with Kysely on the same driver and tables of its own. */
export interface Route {
  /** Finds the user, finds the link with its document, judges it, inserts the view, counts it, commits. */
  open(token: string, userId: string): Promise<unknown>
}

const digest = (token: string): string => createHash('sha256').update(token).digest('hex')

export async function handWrittenRoute(place: Place, tokens: readonly string[]): Promise<Route> {
  const db = new Kysely<Tables>({
    dialect:
      place.dialect === 'sqlite'
        ? new SqliteDialect({ database: place.database('route') })
        : new PostgresDialect({ pool: place.pool }),
  })
  await createTables(place)
  await fill(db, tokens)
  return { open: (token, userId) => openLink(db, token, userId) }
}

function openLink(db: Kysely<Tables>, token: string, userId: string): Promise<unknown> {
  return db.transaction().execute(async (trx) => {
    const user = await trx.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirst()
    if (user === undefined) throw new Error('nobody is signed in')
    const link = await trx
      .selectFrom('links')
      .innerJoin('documents', 'documents.id', 'links.document_id')
      .selectAll('links')
      .select(['documents.title', 'documents.owner_id'])
      .where('links.token_hash', '=', digest(token))
      .executeTakeFirst()
    const now = new Date()
    if (link === undefined || link.revoked_at !== null) throw new Error('no such link')
    if (link.expires_at !== null && new Date(link.expires_at) <= now) throw new Error('the link is over')
    if (link.max_views !== null && link.view_count >= link.max_views) throw new Error('the link is used up')
    await trx
      .insertInto('link_views')
      .values({
        id: nanoid(),
        link_id: link.id,
        user_id: user.id,
        ip: visitor.ip,
        user_agent: visitor.userAgent,
        viewed_at: now.toISOString(),
      })
      .execute()
    await trx
      .updateTable('links')
      .set((eb) => ({ view_count: eb('view_count', '+', 1), last_viewed_at: now.toISOString() }))
      .where('id', '=', link.id)
      .execute()
    return { title: link.title, role: link.role }
  })
}

async function createTables(place: Place): Promise<void> {
  const time = place.dialect === 'sqlite' ? 'text' : 'timestamptz'
  for (const text of [
    `create table users (id text primary key, email text not null unique, name text not null, created_at ${time} not null)`,
    `create table documents (id text primary key, owner_id text not null references users (id), title text not null,
      created_at ${time} not null)`,
    `create table links (id text primary key, document_id text not null references documents (id) on delete cascade,
      created_by text not null references users (id), token_hash text not null unique, role text not null,
      expires_at ${time}, revoked_at ${time}, max_views integer, view_count integer not null default 0,
      last_viewed_at ${time}, created_at ${time} not null)`,
    `create table link_views (id text primary key, link_id text not null references links (id) on delete cascade,
      user_id text references users (id), ip text, user_agent text, viewed_at ${time} not null)`,
    'create index link_views_link on link_views (link_id, viewed_at)',
  ]) {
    await place.query('route', text)
  }
}

/** As many users, documents and links as the others have. */
async function fill(db: Kysely<Tables>, tokens: readonly string[]): Promise<void> {
  const created_at = new Date().toISOString()
  for (let from = 0; from < tokens.length; from += 100) {
    const part = tokens.slice(from, from + 100).map((token, index) => ({ token, id: String(from + index) }))
    await db
      .insertInto('users')
      .values(
        part.map(({ id }) => ({ id: `u${id}`, email: `u${id}@example.com`, name: `User ${id}`, created_at })),
      )
      .execute()
    await db
      .insertInto('documents')
      .values(
        part.map(({ id }) => ({ id: `d${id}`, owner_id: `u${id}`, title: `Document ${id}`, created_at })),
      )
      .execute()
    await db
      .insertInto('links')
      .values(
        part.map(({ id, token }) => ({
          ...{ id: `l${id}`, document_id: `d${id}`, created_by: `u${id}`, role: 'viewer', created_at },
          ...{
            token_hash: digest(token),
            expires_at: null,
            revoked_at: null,
            max_views: null,
            last_viewed_at: null,
          },
        })),
      )
      .execute()
  }
}
