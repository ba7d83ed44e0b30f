import { isIPv4, isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { SharingError } from '../errors.ts'

/** What is used of a limiter of rate-limiter-flexible, or of anything with its interface. */
export interface Limiter {
  /** Rejects with an object that has `msBeforeNext` when the points are used up. */
  consume(key: string, points?: number): Promise<unknown>
  reward(key: string, points?: number): Promise<unknown>
}

/**
 * Makes a limiter of `points` in `duration` seconds, such as
 * `(options) => new RateLimiterPostgres({ storeClient, tableName: 'rate_limits', tableCreated: true, ...options })`
 * with its table among the host's migrations.
 */
export type LimiterFactory = (options: { keyPrefix: string; points: number; duration: number }) => Limiter

/** Guards what can be tried from outside: opening links, and guessing their passwords. */
export interface Door {
  /** Counts one opening by an address, before anything is looked up. */
  opening(ip: string | undefined): Promise<void> | undefined
  /** Counts one look at a link that is not opened, as often as openings and apart from them. */
  looking(ip: string | undefined): Promise<void> | undefined
  /** Counts one attempt at a link's password, by address and for the link as a whole. */
  password(linkId: string, ip: string | undefined): Promise<void>
  /** Gives back an attempt that was right. */
  passwordWasRight(linkId: string, ip: string | undefined): Promise<void>
}

/** However many addresses take part, a link's password is tried no more often than this many times one address's share. */
const ADDRESSES = 20

export function createDoor(
  limits: { opensPerMinute: number | false; passwordAttemptsPerMinute: number | false },
  factory: LimiterFactory = (options) => new RateLimiterMemory(options),
): Door {
  const make = (name: string, points: number | false): Limiter | null =>
    points === false ? null : factory({ keyPrefix: `share_${name}`, points, duration: 60 })
  const attempts = limits.passwordAttemptsPerMinute
  const opens = make('open', limits.opensPerMinute)
  const looks = make('look', limits.opensPerMinute)
  const byAddress = make('password', attempts)
  const byLink = make('password_link', attempts === false ? false : attempts * ADDRESSES)
  const count = (limiter: Limiter | null, ip: string | undefined): Promise<void> | undefined =>
    limiter === null || ip === undefined ? undefined : consume(limiter, addressKey(ip))
  return {
    opening: (ip) => count(opens, ip),
    looking: (ip) => count(looks, ip),
    async password(linkId, ip) {
      if (byAddress === null || byLink === null) return
      await consume(byAddress, `${linkId} ${addressKey(ip ?? '')}`)
      await consume(byLink, linkId)
    },
    async passwordWasRight(linkId, ip) {
      if (byAddress === null || byLink === null) return
      // Only a kindness to whoever knows the password: a failing limiter store must not refuse them now.
      await Promise.allSettled([
        byAddress.reward(`${linkId} ${addressKey(ip ?? '')}`, 1),
        byLink.reward(linkId, 1),
      ])
    },
  }
}

async function consume(limiter: Limiter, key: string): Promise<void> {
  try {
    await limiter.consume(key)
  } catch (refusal) {
    const wait = (refusal as { msBeforeNext?: unknown } | null)?.msBeforeNext
    if (typeof wait !== 'number') throw new SharingError('storage_unavailable', { cause: refusal })
    const retryAfter = Math.max(1, Math.ceil(wait / 1000))
    throw new SharingError('rate_limited', { retryAfter, public: { retryAfter } })
  }
}

/** One key per visitor: IPv6 by /64, since one subscriber has all of it; IPv4 in IPv6 as IPv4. */
export function addressKey(ip: string): string {
  if (isIPv4(ip)) return ip
  if (!isIPv6(ip)) return 'unknown'
  const address = ipaddr.process(ip.replace(/%.*$/, ''))
  if (address.kind() === 'ipv4') return address.toString()
  return `${(address as ipaddr.IPv6).parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`
}
