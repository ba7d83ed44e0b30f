/** What the bench calls of jose, which is installed for it alone. */
declare module 'jose' {
  import type { KeyObject } from 'node:crypto'

  export class SignJWT {
    constructor(payload: Record<string, unknown>)
    setProtectedHeader(header: { alg: string; kid?: string }): this
    setExpirationTime(seconds: number): this
    sign(key: KeyObject): Promise<string>
  }

  export function jwtVerify(
    token: string,
    key: KeyObject,
    options: { algorithms: string[] },
  ): Promise<{ payload: Record<string, unknown> }>
}
