import type { Store } from '../../../src/index.ts'
import { disagreements } from './agreement.ts'
import { dumpOf } from './dump.ts'
import { documentOf, hostOn } from './host.ts'
import type { Ledger } from './ledger.ts'
import { Life } from './life.ts'

type Read = (text: string) => Promise<Array<Record<string, unknown>>>

/** What is wrong with a database that nobody is writing to: what it denies of what was told, and what it contradicts itself in. */
export async function wrongIn(query: Read, ledger: Ledger): Promise<string[]> {
  const dump = await dumpOf(query)
  return [...ledger.contradictions(dump), ...disagreements(dump)]
}

/** Whether a store serves: something of everything, without anybody having repaired it. */
export async function serves(store: Store, tenant: string, ledger: Ledger): Promise<string[]> {
  const life = new Life({ store, tenant, tell: (entry) => ledger.take(tenant, entry) })
  const resource = await life.register()
  const link = resource && (await life.link(resource))
  const limited = resource && (await life.link(resource, { maxViews: 1 }))
  const did: Record<string, unknown> = {
    link,
    limited,
    opened: link && (await life.open(link)),
    spent: limited && (await life.open(limited)),
    policy: await life.setPolicy(),
    revoked: link && (await life.revoke(link)),
    maintained: await life.maintain(),
  }
  return Object.entries(did).flatMap(([what, done]) =>
    done === null ? [`no service afterwards: not ${what}`] : [],
  )
}

/** Whether a migration that was cut off is finished by the next, and what it made can be used. */
export async function migratesOn(store: Store): Promise<string[]> {
  try {
    await store.migrate()
    await store.migrate()
    const host = hostOn(store)
    const owner = { userId: 'owner', tenantId: 'acme' }
    await host.resources.register(documentOf('d'), { tenantId: 'acme', ownerId: 'owner' })
    const { id, token } = await host.links.create(owner, documentOf('d'), { visibility: 'public' })
    await host.open(token, { userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' })
    const { viewCount } = await host.links.get(owner, id)
    return viewCount === 1 ? [] : [`a migrated store counts ${viewCount} views of one`]
  } catch (error) {
    return [`cannot be migrated: ${String(error)} ${String((error as Error).cause)}`]
  }
}
