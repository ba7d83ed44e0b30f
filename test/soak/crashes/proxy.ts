import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/**
 * What becomes of a statement. `lost`: it never arrives. `on its way`: it arrives, and nobody is left to be
 * answered. `unanswered`: the server has done it, and its answer is lost. In all three the connection is cut.
 * `swallowed`: it arrives, and the answer does not, on a connection that stays.
 */
export type Fate = 'passes' | 'lost' | 'on its way' | 'unanswered' | 'swallowed'

/** A statement on its way to the server. */
export interface Passing {
  text: string
  /** Whether the server makes something durable by it: a COMMIT, or a write outside of a transaction. */
  decisive: boolean
}

/** Stands between a pool and its server, and understands as much of what they say as it takes to cut in. */
export interface TcpProxy {
  url: string
  /** Decides about each statement; all pass unless set. */
  judge: (passing: Passing) => Fate
  /** Holds everything up in both directions, new connections too, until it is told to go on: then it arrives. */
  stall(stalled: boolean): void
  end(): Promise<void>
}

export async function startProxy(server: string): Promise<TcpProxy> {
  const target = new URL(server)
  const sockets = new Set<Socket>()
  let stalled = false
  const listener = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname)
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        // What is still being sent arrives.
        if (!other.writableEnded) other.destroy()
      })
    }
    relay(client, upstream, proxy)
    if (stalled) for (const socket of [client, upstream]) socket.pause()
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const url = new URL(server)
  const address = listener.address()
  url.hostname = '127.0.0.1'
  url.port = String(typeof address === 'object' ? address?.port : '')
  const proxy: TcpProxy = {
    url: url.href,
    judge: () => 'passes',
    stall(next) {
      stalled = next
      for (const socket of sockets) {
        if (stalled) socket.pause()
        else socket.resume()
      }
    },
    async end() {
      for (const socket of sockets) socket.destroy()
      listener.close()
      await once(listener, 'close')
    },
  }
  return proxy
}

/** Ready for query: the last message of every answer. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5])

function relay(client: Socket, upstream: Socket, proxy: TcpProxy): void {
  const reader = createReader()
  let fate: Fate = 'passes'
  const forward = (unit: Buffer): void => {
    if (!upstream.writableEnded) upstream.write(unit)
  }
  client.on('data', (data: Buffer) => {
    for (const { bytes, passing } of reader(data)) {
      if (fate !== 'passes') return
      fate = passing === null ? 'passes' : proxy.judge(passing)
      switch (fate) {
        case 'passes':
        case 'unanswered':
        case 'swallowed':
          forward(bytes)
          break
        case 'lost':
          client.destroy()
          upstream.destroy()
          break
        case 'on its way':
          upstream.end(bytes)
          client.resetAndDestroy()
      }
    }
  })
  upstream.on('data', (data: Buffer) => {
    if (fate === 'swallowed') return
    if (fate === 'passes') client.write(data)
    else if (fate === 'unanswered' && data.subarray(-6, -1).equals(READY)) client.destroy()
  })
}

interface Unit {
  bytes: Buffer
  passing: Passing | null
}

const WRITES = /\b(insert into|update "|delete from|update share_)/i

/** Splits what a client says into what is answered as one, and knows each by its statement. */
function createReader(): (data: Buffer) => Unit[] {
  const named = new Map<string, string>()
  let rest: Buffer = Buffer.alloc(0)
  let begun = false
  let inTransaction = false
  let unit: Buffer[] = []
  let text = ''
  const ended = (bytes: Buffer): Unit => {
    const said = text.trim().toLowerCase()
    const ends = said === 'commit' || said === 'rollback'
    if (said.startsWith('begin')) inTransaction = true
    const decisive = said === 'commit' || (!inTransaction && WRITES.test(said))
    if (ends) inTransaction = false
    text = ''
    return { bytes, passing: said === '' ? null : { text: said, decisive } }
  }
  return (data) => {
    rest = Buffer.concat([rest, data])
    const units: Unit[] = []
    for (;;) {
      // Only the first message of a connection has no letter.
      const head = begun ? 1 : 0
      if (rest.length < head + 4) return units
      const length = head + rest.readInt32BE(head)
      if (rest.length < length) return units
      const message = rest.subarray(0, length)
      rest = rest.subarray(length)
      const kind = begun ? String.fromCharCode(message[0]!) : ''
      begun = true
      unit.push(message)
      const [first = '', second = ''] = message.subarray(5).toString('utf8').split('\0')
      if (kind === 'Q') text = first
      if (kind === 'P') named.set(first, second)
      if (kind === 'B') text = named.get(second) ?? ''
      if (['Q', 'S', '', 'p', 'X'].includes(kind)) {
        units.push(ended(Buffer.concat(unit)))
        unit = []
      }
    }
  }
}
