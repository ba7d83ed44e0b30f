import { domainToASCII } from 'node:url'

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * The key under which a domain is compared: IDNA, lower case.
 * Null for what is not a mail domain: one label, an IP address, or a label that DNS would refuse.
 */
export function domainKey(domain: string): string | null {
  // domainToASCII also reads ports, paths and percent signs as a URL would: only letters, digits, dots and dashes may come in.
  if (/[\u0000-\u0020\u007f-\u009f/\\?#@:%[\]<>^|]/.test(domain)) return null
  const ascii = domainToASCII(domain.normalize('NFC'))
  const labels = ascii.split('.')
  if (labels.length < 2 || ascii.length > 253) return null
  if (!labels.every((label) => LABEL.test(label)) || /^\d+$/.test(labels.at(-1) ?? '')) return null
  return ascii
}

/**
 * The key under which e-mail addresses are compared, or null for what is not an address.
 * Trimmed; the domain through IDNA and in lower case; the local part in lower case for ASCII letters only,
 * so that no two people's addresses ever fold into one (U+212A, the Kelvin sign, is not a k).
 */
export function emailKey(address: string): string | null {
  const text = address.trim()
  const at = text.lastIndexOf('@')
  if (at < 1 || at > 64 || text.length > 254 || !text.isWellFormed()) return null
  const local = text.slice(0, at)
  if (/[\s\u0000-\u0020\u007f-\u009f"(),:;<>@[\\\]]/.test(local)) return null
  if (local.startsWith('.') || local.endsWith('.') || local.includes('..')) return null
  const domain = domainKey(text.slice(at + 1))
  if (domain === null) return null
  return `${local.replace(/[A-Z]/g, (letter) => letter.toLowerCase())}@${domain}`
}

/** The domain of an e-mail key. */
export function domainOf(key: string): string {
  return key.slice(key.lastIndexOf('@') + 1)
}
