/** A server to try the client with: `npm run build && node examples/workstation/server.ts`. */
import { randomBytes } from 'node:crypto'
import { createHost } from '../app/host.ts'
import { startExpress } from '../express/server.ts'

const host = await createHost({
  secret: randomBytes(32).toString('base64url'),
  log: (line) => console.error(line),
  workstations: { sessionTimeoutMinutes: 1 },
})
await host.sharing.migrate()
await host.shareDocuments()
const { url } = await startExpress(host, Number(process.env['PORT'] ?? 3000))
console.log(`node examples/workstation/client.ts ${url} ada@acme.example readme`)
