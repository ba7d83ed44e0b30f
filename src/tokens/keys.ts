import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
import { SharingError } from '../errors.ts'

/** What a key is for. No key of one purpose is accepted for another. */
export type Purpose = 'pass' | 'seal' | 'visitor' | 'attach' | 'invitation' | 'ref'

export interface NamedKey {
  /** Names the secret that the key was derived from, without giving anything of it away. */
  id: string
  key: KeyObject
}

/** The keys of one purpose: the first signs and seals, all verify and open. */
export interface PurposeKeys {
  current: NamedKey
  find(id: string): KeyObject | null
}

export type KeyRing = Readonly<Record<Purpose, PurposeKeys>>

export const KEY_ID_LENGTH = 8

const derive = (secret: string, info: string, bytes: number): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, 'sharegrant', info, bytes))

/** Derives a key per purpose from each secret. Key objects are made once: raw keys cost several times as much per use. */
export function createKeyRing(secret: string | readonly string[] | undefined): KeyRing {
  const secrets = secret === undefined ? [] : typeof secret === 'string' ? [secret] : [...secret]
  if (secrets.length === 0 || secrets.some((one) => typeof one !== 'string' || Buffer.byteLength(one) < 32)) {
    throw new SharingError('invalid_input', {
      message:
        'secret: give one or more strings of at least 32 bytes, such as the output of `openssl rand -base64 32`',
      public: { issues: [{ path: 'secret', message: 'must be at least 32 bytes' }] },
    })
  }
  const keysFor = (purpose: Purpose): PurposeKeys => {
    const named = secrets.map((one) => ({
      id: derive(one, 'key-id', 6).toString('base64url'),
      key: createSecretKey(derive(one, purpose, 32)),
    }))
    const byId = new Map(named.map(({ id, key }) => [id, key]))
    return { current: named[0]!, find: (id) => byId.get(id) ?? null }
  }
  return {
    pass: keysFor('pass'),
    seal: keysFor('seal'),
    visitor: keysFor('visitor'),
    attach: keysFor('attach'),
    invitation: keysFor('invitation'),
    ref: keysFor('ref'),
  }
}
