import Database from 'better-sqlite3'
import type { Actor } from '../../src/index.ts'

export const REGIONS = ['north', 'east', 'south'] as const
export type Region = (typeof REGIONS)[number]

/** What an edit leaves behind wherever it shows: found in any text, it says which edit that was. */
export const markerOf = (edit: number): string => `marker-${edit}`

/** The edits that a text tells of, also from inside its tokens. */
export function editsIn(text: string): number[] {
  const tokens = text.match(/[\w-]{24,}/g) ?? []
  const whole = [text, ...tokens.map((token) => Buffer.from(token, 'base64url').toString('latin1'))].join(' ')
  return [...whole.matchAll(/marker-(\d+)/g)].map(([, edit]) => Number(edit))
}

/** What a host keeps of its canvases, with row-level rights: nobody in particular has some, too. */
export interface DataSet {
  /** Something about a canvas has changed: this is its latest revision from now on. */
  edit(canvas: string): number
  /** Puts a row in, named by its edit. */
  add(canvas: string, region: Region): number
  /** Takes the oldest row out, which older revisions still have. */
  drop(canvas: string): void
  allow(actor: Actor | null, region: Region): void
  forbid(actor: Actor | null, region: Region): void
  revisionOf(canvas: string): number
  /** The rows that somebody may see, by their markers: as they are, or as they were at a revision. */
  rowsFor(canvas: string, actor: Actor | null, revision?: number | null): string[]
  close(): void
}

const personOf = (actor: Actor | null): string =>
  actor === null ? 'nobody' : `${actor.userId} of ${actor.tenantId}`

export function createDataSet(): DataSet {
  const database = new Database(':memory:')
  database.exec(`
    create table edits (number integer primary key, canvas text not null) strict;
    create table entries (
      edit integer primary key references edits, canvas text not null, region text not null, dropped integer
    ) strict;
    create index edits_of on edits (canvas, number);
    create index entries_of on entries (canvas, edit);
    create table rights (person text, region text, primary key (person, region)) strict, without rowid;
  `)
  const insertEdit = database.prepare('insert into edits (canvas) values (?)')
  const insertRow = database.prepare('insert into entries values (?, ?, ?, null)')
  const dropRow = database.prepare(`
    update entries set dropped = ?
    where edit = (select min(edit) from entries where canvas = ? and dropped is null)`)
  const insertRight = database.prepare('insert or ignore into rights values (?, ?)')
  const deleteRight = database.prepare('delete from rights where person = ? and region = ?')
  const latest = database.prepare('select max(number) from edits where canvas = ?').pluck()
  const visible = database
    .prepare(`
      select edit from entries join rights using (region)
      where canvas = ? and person = ? and edit <= ? and (dropped is null or dropped > ?) order by edit`)
    .pluck()
  const edit = (canvas: string): number => Number(insertEdit.run(canvas).lastInsertRowid)
  return {
    edit,
    add(canvas, region) {
      const number = edit(canvas)
      insertRow.run(number, canvas, region)
      return number
    },
    drop: (canvas) => void dropRow.run(edit(canvas), canvas),
    allow: (actor, region) => void insertRight.run(personOf(actor), region),
    forbid: (actor, region) => void deleteRight.run(personOf(actor), region),
    revisionOf: (canvas) => Number(latest.get(canvas)),
    rowsFor(canvas, actor, revision = null) {
      const at = revision ?? Number.MAX_SAFE_INTEGER
      return (visible.all(canvas, personOf(actor), at, at) as number[]).map(markerOf)
    },
    close: () => void database.close(),
  }
}
