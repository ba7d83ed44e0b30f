/**
 * A client on somebody's own machine: it registers itself, edits a shared document line by line, and keeps each line at
 * once. Kill it and start it again: it comes back as the same workstation, in the same edit session, with what was kept.
 *
 *     node examples/workstation/client.ts <server> <e-mail> <document> [folder]
 *
 * Every line of the input is one more line of the text; `.` on a line of its own writes the text and ends the session.
 */
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Api, Refused, signedIn } from './api.ts'
import { fingerprintIn } from './fingerprint.ts'

interface Edit {
  id: string
  fence: number
  expiresAt: string
}
type Content = { lines: string[] }

async function main([server, email, document, folder = join(tmpdir(), 'sharegrant-client')]: string[]) {
  if (!server || !email || !document)
    throw new Error('usage: client.ts <server> <e-mail> <document> [folder]')
  const api = await signedIn(server, email)
  const workstation = await api.call<{ id: string; name: string }>('POST', '/api/workstations', {
    name: hostname(),
    fingerprint: await fingerprintIn(folder),
  })
  console.log(`registered as ${workstation.name} (${workstation.id})`)
  const workstationId = workstation.id
  const edit = await api.call<Edit>('POST', `/api/edits/document/${document}`, { workstationId })
  console.log(`editing ${document}, fence ${edit.fence}`)
  const lines = await restored(api, document)
  const stop = keepAlive(api, edit)
  try {
    for await (const line of createInterface({ input: process.stdin })) {
      if (line === '.') break
      lines.push(line)
      await api.call('POST', '/api/checkpoints', { editId: edit.id, content: { lines } satisfies Content })
      console.log(`kept ${lines.length} lines`)
    }
    const headers = { 'edit-fence': String(edit.fence) }
    await api.call('PUT', `/documents/${document}/content`, { text: lines.join('\n') }, headers)
    await api.call('DELETE', `/api/edits/${edit.id}`)
    console.log(`written ${lines.length} lines`)
  } finally {
    stop()
    // Whoever types may still hold it open.
    process.stdin.destroy()
  }
}

/** What was kept last, by this workstation or another; where nothing was, the document as it is. */
async function restored(api: Api, document: string): Promise<string[]> {
  const { items } = await api.call<{ items: Array<{ id: string; savedAt: string }> }>(
    'GET',
    `/api/checkpoints/document/${document}`,
  )
  const [newest] = items
  if (newest === undefined) {
    const text = await api.call<string>('GET', `/documents/${document}/content`)
    return text === '' ? [] : text.replace(/\n$/, '').split('\n')
  }
  const { content } = await api.call<{ content: Content }>('GET', `/api/checkpoints/${newest.id}`)
  console.log(`restored ${content.lines.length} lines of ${newest.savedAt}`)
  return content.lines
}

/** Three heartbeats a lease: one may get lost. Who has lost the lease writes nothing more. */
function keepAlive(api: Api, { id, expiresAt }: Edit): () => void {
  // The two clocks need not agree: never more often than each second, nor less than each minute.
  const every = Math.min(60_000, Math.max(1000, (new Date(expiresAt).getTime() - Date.now()) / 3))
  const timer = setInterval(() => {
    api.call('PUT', `/api/edits/${id}`, {}).catch((error: unknown) => {
      // A server that cannot be reached may be there for the next one.
      if (error instanceof Refused) fail(error)
    })
  }, every)
  return () => clearInterval(timer)
}

function fail(error: unknown): void {
  const holder = error instanceof Refused ? error.answer['holder'] : undefined
  console.error(`${(error as Error).message}${holder === undefined ? '' : ` ${JSON.stringify(holder)}`}`)
  process.exit(1)
}

main(process.argv.slice(2)).catch(fail)
