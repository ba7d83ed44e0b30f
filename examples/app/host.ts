import type { Kysely } from 'kysely'
import {
  createSharing,
  type Notification,
  type Notify,
  type Passwords,
  type ResolveHook,
  type SharingLimits,
} from 'sharegrant'
import { createRoutes, type Route, type RoutesOptions } from 'sharegrant/http'
import {
  createWorkstationRoutes,
  createWorkstations,
  type Workstations,
  type WorkstationsOptions,
} from 'sharegrant/workstations'
import { addCover, forkOfCanvas, resolveOfCanvas, snapshotOfCanvas } from './canvases.ts'
import { connect, type HostDatabase } from './database.ts'
import { directoryOf } from './directory.ts'
import { forkOfDocument, type HostSharing, outlineOf } from './documents.ts'
import { type MailOptions, notifyByLog, notifyByMail } from './mail.ts'
import { ACCOUNTS, CANVASES, DOCUMENTS, USERS } from './people-and-documents.ts'
import { openSales, type Sales } from './sales.ts'
import { actorOf } from './sign-in.ts'
import { createTables, type Tables } from './tables.ts'

/** What can be shared, by whom, and as what. */
export const definitionsOf = (queries: Kysely<Tables>, sales: Sales) =>
  ({
    document: {
      roles: { viewer: ['view'], editor: ['view', 'edit'] },
      rules: [{ when: 'internal', forbid: ['publish'] }],
      // A document's headings are the same for whoever may read it.
      resolve: async ({ resource, ref, accessDenied }: Parameters<ResolveHook>[0]) =>
        ref === 'outline' ? outlineOf(queries, resource.id) : accessDenied,
      // No role names it: owners copy what is theirs.
      fork: forkOfDocument(queries),
    },
    canvas: {
      roles: { viewer: ['view', 'fork'], editor: ['view', 'fork', 'edit'] },
      snapshot: snapshotOfCanvas(queries, sales),
      resolve: resolveOfCanvas(queries, sales),
      fork: forkOfCanvas(queries, sales),
    },
  }) as const

export interface HostOptions {
  /** A Postgres database; SQLite in memory unless given. */
  postgresUrl?: string | undefined
  secret: string
  /** Where request logs and errors go, a line at a time. */
  log: (line: string) => void
  /** Where mails go out to those who are to be told of something. */
  mail?: MailOptions | undefined
  /** Another way to tell them, where no mails go out. Without either it is a line of the log, and nothing is sent. */
  notify?: Notify | undefined
  /** Sees what people are told, however that goes out. */
  onNotification?: ((notification: Notification) => void) | undefined
  limits?: SharingLimits | undefined
  /** Who edits what, from which machine; without it their routes are not there. */
  workstations?: WorkstationsOptions | undefined
  passwords?: Passwords | undefined
  clock?: (() => Date) | undefined
}

/** The host's application without any web framework. */
export interface Host {
  sharing: HostSharing
  workstations: Workstations<ReturnType<typeof definitionsOf>> | undefined
  routes: readonly Route[]
  /** How long a request's body may be, in bytes. */
  bodyLimit: number
  database: HostDatabase
  /** The data set whose rows canvases show. */
  sales: Sales
  log(line: string): void
  /** Registers the host's documents, once the library's tables are there. */
  shareDocuments(): Promise<void>
  /** The same for its canvases. */
  shareCanvases(): Promise<void>
  close(): Promise<void>
}

export async function createHost({
  postgresUrl,
  log,
  mail,
  notify = notifyByLog(log),
  onNotification = () => {},
  workstations: asked,
  ...options
}: HostOptions): Promise<Host> {
  const database = connect(postgresUrl)
  const { queries, store } = database
  const sales = openSales()
  await createTables(queries)
  await queries.insertInto('accounts').values(ACCOUNTS).execute()
  await queries.insertInto('users').values(USERS).execute()
  const rows = DOCUMENTS.map(({ traits: _, ...row }) => row)
  await queries.insertInto('documents').values(rows).execute()

  const onError = (error: unknown) => log(`error: ${error instanceof Error ? error.message : 'unknown'}`)
  const send = mail === undefined ? notify : notifyByMail(queries, mail, log)
  const sharing = createSharing({
    store,
    resources: definitionsOf(queries, sales),
    directory: directoryOf(queries),
    notify: async (notification) => {
      onNotification(notification)
      await send(notification)
    },
    onError,
    ...options,
  })
  const routesOptions: RoutesOptions = {
    actor: ({ headers }) =>
      actorOf(queries, (headers as Record<string, string | undefined>)['authorization']),
    onError,
  }
  const workstations = asked && createWorkstations(sharing, asked)
  const routes = [
    ...createRoutes(sharing, routesOptions),
    ...(workstations ? createWorkstationRoutes(workstations, routesOptions) : []),
  ]
  return {
    sharing,
    workstations,
    routes,
    // A checkpoint is longer than what people type.
    bodyLimit: workstations === undefined ? 32 * 1024 : 320 * 1024,
    database,
    sales,
    log,
    async shareDocuments() {
      for (const { id, account_id, owner_id, title, traits } of DOCUMENTS) {
        const ref = { type: 'document', id } as const
        await sharing.resources.register(ref, { tenantId: account_id, ownerId: owner_id, title, traits })
      }
    },
    async shareCanvases() {
      for (const { id, account_id, owner_id, title } of CANVASES) {
        await addCover(queries, id, 1)
        await sharing.resources.register(
          { type: 'canvas', id },
          { tenantId: account_id, ownerId: owner_id, title },
        )
      }
    },
    async close() {
      sales.close()
      await sharing.close()
      await database.close()
    },
  }
}
