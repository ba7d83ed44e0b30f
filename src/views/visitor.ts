import { hash } from 'node:crypto'
import { isIPv4, isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'
import { isbot } from 'isbot'
import { DAY_MS } from '../clock.ts'
import type { Visitor } from '../model/actor.ts'
import type { ViewFacts } from '../store/facts.ts'
import type { KeyRing } from '../tokens/keys.ts'

/** How much of a visitor's address is kept. `hashed`: a keyed hash that changes every day. */
export type AddressPolicy = 'full' | 'truncated' | 'hashed' | 'none'

export type RecordedVisitor = Pick<ViewFacts, 'viewerId' | 'visitor' | 'ip' | 'userAgent' | 'bot'>

/** Turns what is known of a visitor into what may be kept. */
export type VisitorRecorder = (visitor: Visitor, at: Date) => RecordedVisitor

const AGENT_LENGTH = 512

/** Agents and addresses come in few distinct forms: what each comes to is kept. */
const MEMO_LIMIT = 2000

export function createVisitorRecorder(keys: KeyRing, addresses: AddressPolicy): VisitorRecorder {
  const agents = new Map<string, { text: string | null; bot: boolean }>()
  const agentOf = (given: string): { text: string | null; bot: boolean } => {
    const known = agents.get(given)
    if (known) return known
    const text = cleanAgent(given)
    const agent = { text, bot: text !== null && isbot(text) }
    if (agents.size >= MEMO_LIMIT) agents.clear()
    // A flood of long agents must not be kept whole.
    if (given.length <= AGENT_LENGTH) agents.set(given, agent)
    return agent
  }
  // One hash of the key and the text, cut off: what is not whole cannot be extended, and an HMAC costs twice as much.
  const key = keys.visitor.current.key.export().toString('base64url')
  const keyed = (parts: string): string => hash('sha256', `${key}${parts}`, 'base64url').slice(0, 22)

  return (visitor, at) => {
    const agent = agentOf(visitor.userAgent ?? '')
    const address = normalAddress(visitor.ip)
    const viewerId = visitor.actor?.userId ?? null
    const day = Math.floor(at.getTime() / DAY_MS)
    // Where no address may be kept, none may be told from its hash either.
    const seen = addresses === 'none' ? '' : (address ?? '')
    return {
      viewerId,
      visitor: keyed(viewerId === null ? `a${day}\n${seen}\n${agent.text ?? ''}` : `u${day}\n${viewerId}`),
      ip: address === null ? null : keptAddress(address, addresses, () => keyed(`i${day}\n${address}`)),
      userAgent: agent.text,
      // Somebody who signed in is a person, whatever their agent says.
      bot: viewerId === null && agent.bot,
    }
  }
}

/** One spelling per address, IPv4 in IPv6 as IPv4; null for what is none. */
function normalAddress(ip: string | undefined): string | null {
  if (ip === undefined) return null
  // Its strict form, without leading zeros, is the only one.
  if (isIPv4(ip)) return ip
  return isIPv6(ip) ? ipaddr.process(ip.replace(/%.*$/, '')).toString() : null
}

function keptAddress(address: string, policy: AddressPolicy, hashed: () => string): string | null {
  switch (policy) {
    case 'full':
      return address
    case 'truncated': {
      const parsed = ipaddr.parse(address)
      const kept = parsed.kind() === 'ipv4' ? 3 : 6
      return ipaddr.fromByteArray(parsed.toByteArray().fill(0, kept)).toString()
    }
    case 'hashed':
      return hashed()
    case 'none':
      return null
  }
}

/** Bounded, well-formed, and without control characters, so that it can be stored and printed anywhere. */
function cleanAgent(given: string): string | null {
  const text = given
    .slice(0, AGENT_LENGTH * 2)
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .toWellFormed()
    .trim()
    .slice(0, AGENT_LENGTH)
    .toWellFormed()
  return text === '' ? null : text
}
