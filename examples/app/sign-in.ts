import { createHash, randomBytes } from 'node:crypto'
import type { Kysely } from 'kysely'
import { type Actor, SharingError } from 'sharegrant'
import type { Tables } from './tables.ts'

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url')

/** In an example anybody may say who they are. A host has its own authentication here. */
export async function signIn(database: Kysely<Tables>, body: unknown): Promise<{ session: string }> {
  const email = (body as { email?: unknown } | undefined)?.email
  if (typeof email !== 'string') throw new SharingError('invalid_input', { message: 'email: give one' })
  const user = await database.selectFrom('users').select('id').where('email', '=', email).executeTakeFirst()
  if (user === undefined) throw new SharingError('not_found')
  const session = randomBytes(24).toString('base64url')
  await database
    .insertInto('sessions')
    .values({ token_hash: hashOf(session), user_id: user.id })
    .execute()
  return { session }
}

/** Who sends `Authorization: Bearer …`, as the library wants to know it; null for nobody. */
export async function actorOf(
  database: Kysely<Tables>,
  authorization: string | undefined,
): Promise<Actor | null> {
  const session = /^Bearer (.+)$/.exec(authorization ?? '')?.[1]
  if (session === undefined) return null
  const user = await database
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .select(['users.id', 'users.account_id', 'users.email', 'users.is_admin'])
    .where('sessions.token_hash', '=', hashOf(session))
    .executeTakeFirst()
  if (user === undefined) return null
  return {
    userId: user.id,
    tenantId: user.account_id,
    email: user.email,
    ...(user.is_admin === 1 && { admin: 'tenant' as const }),
  }
}
