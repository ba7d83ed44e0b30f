import type { Kysely } from 'kysely'
import { createTransport } from 'nodemailer'
import type { Notification, Notify } from 'sharegrant'
import { letterOf } from './letter.ts'
import type { Tables } from './tables.ts'

export interface MailOptions {
  /** Such as `smtps://user:password@mail.example`. */
  smtpUrl: string
  from: { name: string; address: string }
  /** Where the application's pages are, without a slash at the end. */
  appUrl: string
}

/** What the environment says; undefined without `SMTP_URL`. */
export function mailFrom(env: NodeJS.ProcessEnv): MailOptions | undefined {
  const { SMTP_URL, MAIL_FROM, APP_URL } = env
  if (SMTP_URL === undefined) return undefined
  const address = MAIL_FROM ?? 'documents@localhost.localdomain'
  return { smtpUrl: SMTP_URL, from: { name: 'Documents', address }, appUrl: APP_URL ?? 'http://localhost' }
}

/**
 * Longer than a mail takes, and shorter than the two minutes that the library waits: an attempt that counts as failed
 * must not go on and send.
 */
const PATIENCE_MS = 90_000

/** Sends each notification as a mail. What the server refuses is thrown, and the library tries again later. */
export function notifyByMail(
  database: Kysely<Tables>,
  { smtpUrl, from, appUrl }: MailOptions,
  log: (line: string) => void,
): Notify {
  const transport = createTransport({ url: smtpUrl, disableFileAccess: true, disableUrlAccess: true })
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1)
  return async (notification) => {
    const { id, kind, to } = notification
    if (to.email === null) return log(`mail: ${kind} is not sent, nobody knows the address of its recipient`)
    const [title, by] = await Promise.all([
      titleOf(database, notification),
      nameOf(database, notification.by),
    ])
    await transport.sendMail({
      from,
      to: { name: to.name ?? '', address: to.email },
      // The same at every attempt: a server or a reader's program can tell the second one.
      messageId: `<${id}@${domain}>`,
      headers: { 'Auto-Submitted': 'auto-generated' },
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...letterOf(notification, { title, by, appUrl }),
    })
  }
}

/** Where no server is set: a line of the log, without an address and without the invitation's token. */
export const notifyByLog =
  (log: (line: string) => void): Notify =>
  async ({ id, kind }) =>
    log(`mail: ${kind} ${id} is not sent, as no SMTP_URL is set`)

async function titleOf(database: Kysely<Tables>, { resource }: Notification): Promise<string> {
  const document = await database
    .selectFrom('documents')
    .select('title')
    .where('id', '=', resource.id)
    .executeTakeFirst()
  return document?.title ?? 'a document'
}

async function nameOf(database: Kysely<Tables>, userId: string): Promise<string> {
  const user = await database.selectFrom('users').select('name').where('id', '=', userId).executeTakeFirst()
  return user?.name ?? 'Somebody'
}
