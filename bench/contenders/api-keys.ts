import { apiKey } from '@better-auth/api-key'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { together } from '../measure.ts'
import type { Place } from '../places.ts'

const DAY_MS = 86_400_000

/** Contender (c): better-auth's API keys. A token is looked up, with expiry, a limit and a counter. */
export interface ApiKeys {
  verify(index: number): Promise<unknown>
}

export async function createApiKeys(place: Place, count: number): Promise<ApiKeys> {
  const options = {
    database: place.dialect === 'sqlite' ? place.database('keys') : place.pool,
    secret: 'a secret of the bench that is long enough',
    baseURL: 'http://localhost',
    emailAndPassword: { enabled: true },
    telemetry: { enabled: false },
    logger: { disabled: true },
    plugins: [
      // Two writes, the fewest of any setting: `remaining` would be a third, and without a rate limit nothing counts.
      apiKey({ rateLimit: { enabled: true, timeWindow: DAY_MS, maxRequests: 1_000_000_000 } }),
    ],
  }
  const { runMigrations } = await getMigrations(options)
  await runMigrations()
  const { api } = betterAuth(options)
  const body = { email: 'ada@example.com', password: 'a password of the bench', name: 'Ada' }
  const { user } = await api.signUpEmail({ body })
  const keys: string[] = []
  await together(count, 16, async (index) => {
    const { key } = await api.createApiKey({ body: { userId: user.id, expiresIn: (30 * DAY_MS) / 1000 } })
    keys[index] = key
  })
  return {
    async verify(index) {
      const answer = await api.verifyApiKey({ body: { key: keys[index % count]! } })
      if (!answer.valid) throw new Error(`a key was refused: ${answer.error?.code}`)
      return answer
    },
  }
}
