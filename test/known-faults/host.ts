import Database from 'better-sqlite3'
import { createSharing, type Definitions, type ResourceDefinition, type Sharing } from 'sharegrant'
import { sqliteStore } from 'sharegrant/sqlite'
import { doc, SECRET } from '../support/sample.ts'

export const REF = doc('d')

/** A host that defines its documents so, with one of ada's that the whole account sees. */
export async function hostWith(document: ResourceDefinition) {
  const database = new Database(':memory:')
  const hostOf = (definition: ResourceDefinition): Sharing<Definitions> =>
    createSharing<Definitions>({
      store: sqliteStore({ database }),
      secret: SECRET,
      resources: { document: definition },
    })
  const sharing = hostOf(document)
  await sharing.migrate()
  await sharing.resources.register(REF, { tenantId: 'acme', ownerId: 'ada', visibility: 'account' })
  return { sharing, database, redefined: hostOf }
}
