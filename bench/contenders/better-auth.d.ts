/** What the bench uses of better-auth, so that its types are checked where its packages are not installed. */

declare module 'better-auth' {
  export function betterAuth(options: object): {
    api: {
      signUpEmail(call: { body: object }): Promise<{ user: { id: string } }>
      createApiKey(call: { body: object }): Promise<{ key: string }>
      verifyApiKey(call: {
        body: { key: string }
      }): Promise<{ valid: boolean; error: { code: string } | null }>
    }
  }
}

declare module 'better-auth/db/migration' {
  export function getMigrations(options: object): Promise<{ runMigrations(): Promise<void> }>
}

declare module '@better-auth/api-key' {
  export function apiKey(options: object): object
}
