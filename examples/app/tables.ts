import type { Kysely } from 'kysely'

/** The host's own tables, beside those of the library in the same database. */
export interface Tables {
  accounts: { id: string; name: string }
  users: { id: string; account_id: string | null; email: string; name: string; is_admin: 0 | 1 }
  sessions: { token_hash: string; user_id: string }
  /** The cover of each revision of a canvas. */
  covers: { canvas_id: string; revision: number; svg: string }
  documents: { id: string; account_id: string | null; owner_id: string; title: string; file: string }
  /** What was written in place of a document's file, and by which edit session. */
  drafts: { document_id: string; text: string; fence: number }
}

export async function createTables(database: Kysely<Tables>): Promise<void> {
  const { schema } = database
  await schema
    .createTable('accounts')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .execute()
  await schema
    .createTable('users')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('account_id', 'text', (column) => column.references('accounts.id'))
    .addColumn('email', 'text', (column) => column.notNull().unique())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('is_admin', 'integer', (column) => column.notNull())
    .execute()
  await schema
    .createTable('sessions')
    .addColumn('token_hash', 'text', (column) => column.primaryKey())
    .addColumn('user_id', 'text', (column) => column.notNull().references('users.id'))
    .execute()
  await schema
    .createTable('documents')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('account_id', 'text', (column) => column.references('accounts.id'))
    .addColumn('owner_id', 'text', (column) => column.notNull().references('users.id'))
    .addColumn('title', 'text', (column) => column.notNull())
    .addColumn('file', 'text', (column) => column.notNull())
    .execute()
  await schema
    .createTable('drafts')
    .addColumn('document_id', 'text', (column) => column.primaryKey().references('documents.id'))
    .addColumn('text', 'text', (column) => column.notNull())
    .addColumn('fence', 'bigint', (column) => column.notNull())
    .execute()
  await schema
    .createTable('covers')
    .addColumn('canvas_id', 'text', (column) => column.notNull())
    .addColumn('revision', 'integer', (column) => column.notNull())
    .addColumn('svg', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('covers_key', ['canvas_id', 'revision'])
    .execute()
}
