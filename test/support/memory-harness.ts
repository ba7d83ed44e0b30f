import Database from 'better-sqlite3'
import { sqliteStore } from '../../adapters/sqlite/index.ts'
import type { ConformanceHarness } from '../../src/conformance/index.ts'
import { addTwins, withoutTwin } from './twins.ts'

/**
 * SQLite in memory, the quickest of the real stores; each store a copy of one that was migrated once. With relative
 * imports, so that plain Node can run it too.
 */
export function memoryHarness(options: { twins: boolean } = { twins: false }): ConformanceHarness {
  let template: Promise<Buffer> | undefined
  return {
    async open() {
      template ??= migrated(options.twins)
      const database = new Database(await template)
      const store = sqliteStore({ database })
      return {
        store: options.twins ? withoutTwin(store) : store,
        idsWhere: async (condition, ids) => {
          const statement = database.prepare(
            `select hosted.id from (select value as id from json_each(?)) hosted where ${condition.sql}`,
          )
          return (statement.all(JSON.stringify(ids), ...condition.parameters) as Array<{ id: string }>).map(
            ({ id }) => id,
          )
        },
        close: async () => void database.close(),
      }
    },
  }
}

async function migrated(twins: boolean): Promise<Buffer> {
  const database = new Database(':memory:')
  const store = sqliteStore({ database })
  await store.migrate()
  if (twins) {
    await store.workstations!.migrate()
    await addTwins(async (text) => {
      const statement = database.prepare(text)
      return statement.reader ? statement.all() : statement.run()
    }, 'sqlite')
  }
  const copy = database.serialize()
  database.close()
  return copy
}
