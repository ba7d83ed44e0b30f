import { createSharing, type Sharing } from 'sharegrant'

export const LINKS = 1000
const secret = 'a secret of the bench that is long enough'
const resources = { document: { roles: { viewer: ['view'], editor: ['view', 'edit'] } } } as const
export const owner = { userId: 'u1', tenantId: 't1' }
export const visitor = { ip: '203.0.113.7', userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' }

export interface Bench {
  name: string
  sharing: Sharing<typeof resources>
  tokens: string[]
  capped: string[]
  pass: string
}

/** A store with some links on it, limits off. */
export async function prepare(
  name: string,
  store: Parameters<typeof createSharing>[0]['store'],
): Promise<Bench> {
  const sharing = createSharing({
    store,
    secret,
    resources,
    limits: { opensPerMinute: false, passwordAttemptsPerMinute: false },
  })
  await sharing.migrate()
  const tokens: string[] = []
  const capped: string[] = []
  for (let index = 0; index < LINKS; index++) {
    const ref = { type: 'document' as const, id: `d${index}` }
    await sharing.resources.register(ref, { tenantId: 't1', ownerId: 'u1', title: `Document ${index}` })
    tokens.push((await sharing.links.create(owner, ref, { visibility: 'public' })).token)
    capped.push(
      (await sharing.links.create(owner, ref, { visibility: 'public', maxViews: 1_000_000_000 })).token,
    )
  }
  const { pass } = await sharing.open(tokens[0]!, visitor)
  return { name, sharing, tokens, capped, pass }
}
