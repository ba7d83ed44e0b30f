import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ground } from '../places.ts'

/** The files in which a database keeps what was written, also what was changed or deleted since. */
export interface Files {
  /** Each with its bytes, one after the other. */
  read(): AsyncIterable<[name: string, bytes: Buffer]>
  /** Where they are out of reach. */
  missing: string | null
}

export async function filesOf(ground: Ground): Promise<Files> {
  if (ground.place !== 'Postgres') return { read: () => sqliteFiles(ground.address), missing: null }
  const one = async (text: string): Promise<string> =>
    String(Object.values((await ground.query(text))[0]!)[0])
  const folder = await one("select current_setting('data_directory')")
  const begun = await one('select pg_walfile_name(pg_current_wal_lsn())')
  const oid = await one('select oid from pg_database where datname = current_database()')
  try {
    await readFile(join(folder, 'pg_wal', begun)).then(({ length }) => length)
  } catch {
    return { read: none, missing: 'the files of this server cannot be read: its tables only' }
  }
  return {
    missing: null,
    async *read() {
      await ground.query('checkpoint')
      const end = await one('select pg_walfile_name(pg_current_wal_lsn())')
      const logs = (await readdir(join(folder, 'pg_wal'))).filter((name) => name >= begun && name <= end)
      // Every database has a catalogue, which holds none of our values but what statistics sample.
      for (const path of [
        ...logs.map((name) => join('pg_wal', name)),
        ...(await inFolder(folder, `base/${oid}`)),
      ]) {
        const bytes = await readFile(join(folder, path)).catch(() => null)
        if (bytes !== null) yield [path, bytes]
      }
    },
  }
}

const inFolder = async (folder: string, path: string): Promise<string[]> =>
  (await readdir(join(folder, path))).map((name) => join(path, name))

async function* sqliteFiles(address: string): AsyncIterable<[string, Buffer]> {
  for (const end of ['', '-wal', '-shm']) {
    const bytes = await readFile(address + end).catch(() => null)
    if (bytes !== null) yield [`the file${end}`, bytes]
  }
}

async function* none(): AsyncIterable<[string, Buffer]> {}
