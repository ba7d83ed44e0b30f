import type { Place } from '../places.ts'
import { fillTables, type Run, WORDS, type Words } from './tables.ts'

/** Documents, and folders with so many documents each. */
export const OF_FOLDER = 100
const MADE = Date.UTC(2026, 0, 1)

/** Who was given how much, of so many grants in one tenant with as many documents. */
export interface PeopleFilled {
  /** Grants, and documents. */
  count: number
  folders: number
  /** With some forty grants each, `p0` and on, and an address each. */
  people: number
  /** With fifty grants each, `g0` and on. */
  groups: number
  /** From the first document on, each was given to somebody. */
  others: number
}

export const documentId = (number: number): string => `d${String(number).padStart(9, '0')}`
export const documentUid = (number: number): string => `resource-uid-${String(number).padStart(9, '0')}`
/** Documents were made a millisecond apart, in the order of their numbers. */
export const madeAt = (number: number): Date => new Date(MADE + number)

/** Every hundredth grant of the others is over. */
export const isOver = (number: number): boolean => number % 100 === 99
/** What a group has is every twentieth document; so many groups take turns. */
export const ofGroup = (turn: number): number => turn * 20 + 1
/** What lies in a folder is every tenth document. */
export const inFolder = (folder: number, place: number): number => folder * 1000 + place * 10 + 9

/**
 * So many grants to people, and as many documents, in the library's tables and in those of the query by hand: the same
 * people with the same roles. A tenth is `big`'s; `small` has twenty; a tenth is given to groups and to addresses;
 * the rest to others. A tenth of the documents lies in folders, of which `big` was given ten and `small` two.
 */
export async function fillPeople(place: Place, count: number): Promise<PeopleFilled> {
  const words = WORDS[place.dialect]
  const groupsAndAddresses = count / 20
  const filled = {
    count,
    folders: count / 1000,
    people: count / 50,
    groups: count / 1000,
    others: count - count / 10 - 20 - 2 * groupsAndAddresses - 12,
  }
  await fillTables(place, async (run) => {
    await run("insert into share_tenants (tenant_id) values ('t1')")
    await fillResources(run, words, filled)
    await createTables(run, place)
    await run(`insert into documents (id, owner_id, folder_id, title, visibility, created_at)
      select id, owner_id, case when parent_uid is null then null else 'f' || substr(parent_uid, 8) end, title, visibility, created_at
      from share_resources where type = 'document' order by uid`)
    await fillGrants(run, words, filled)
    await run(`insert into collaborators (resource_id, grantee, role, invited_by, created_at, expires_at)
      select r.id, g.subject, g.role, g.created_by, g.created_at, g.expires_at
      from share_grants g join share_resources r on r.tenant_id = g.tenant_id and r.uid = g.resource_uid order by r.id`)
    for (const text of INDEXES) await run(text)
  })
  const settled =
    place.dialect === 'sqlite'
      ? ['analyze documents', 'analyze collaborators']
      : ['vacuum (analyze) documents, collaborators']
  for (const text of settled) await place.query('library', text)
  return filled
}

async function fillResources(
  run: Run,
  { numbers, pad, time }: Words,
  { count, folders }: PeopleFilled,
): Promise<void> {
  const at = time(`${MADE} + s.i`)
  const columns =
    'tenant_id, uid, type, id, owner_id, title, visibility, traits, parent_uid, created_at, updated_at'
  await run(`insert into share_resources (${columns})
    select 't1', 'folder-' || ${pad('s.i')}, 'folder', 'f' || ${pad('s.i')}, 'keeper', 'A folder', 'private', '', null, ${at}, ${at}
    from ${numbers(0, folders)}`)
  await run(`insert into share_resources (${columns})
    select 't1', 'resource-uid-' || ${pad('s.i')}, 'document', 'd' || ${pad('s.i')},
      case when s.i % 10000 = 7 then 'big' when s.i % 50000 = 27 then 'small' else 'o' || (s.i % ${count / 50}) end,
      'A document', case when s.i % 10000 = 5 then 'account' else 'private' end, '',
      case when s.i % 10 = 9 then 'folder-' || ${pad('s.i / 1000')} end, ${at}, ${at}
    from ${numbers(0, count)}`)
  await run(`insert into share_names (kind, key, tenant_id, target)
    select 'resource', type || ':' || id, tenant_id, uid from share_resources order by type, id`)
}

async function fillGrants(
  run: Run,
  { numbers, pad, time }: Words,
  { count, folders, people, groups, others }: PeopleFilled,
): Promise<void> {
  let first = 0
  const give = async (
    grants: number,
    grantee: string,
    name: string,
    document: string,
    over = 'null',
  ): Promise<void> => {
    const at = time(`${MADE} + ${document}`)
    await run(`insert into share_grants (tenant_id, id, resource_uid, grantee, subject, role, mode, created_by,
        created_at, updated_at, accepted_at, resource_type, resource_created_at, expires_at)
      select 't1', 'grant-' || ${pad(`${first} + s.i`)}, 'resource-uid-' || ${pad(document)}, '${grantee}',
        '${grantee}:' || ${name}, case when s.i % 4 = 0 then 'editor' else 'viewer' end, 'live', 'giver',
        ${at}, ${at}, ${at}, 'document', ${at}, ${over} from ${numbers(0, grants)}`)
    first += grants
  }
  await give(count / 10, 'user', "'big'", '(s.i * 10)')
  await give(20, 'user', "'small'", `(s.i * ${count / 20} + 3)`)
  await give(count / 20, 'group', `'g' || (s.i % ${groups})`, '(s.i * 20 + 1)')
  await give(count / 20, 'email', `'p' || (s.i % ${people}) || '@example.com'`, '(s.i * 20 + 2)')
  await give(
    others,
    'user',
    `'p' || (s.i % ${people})`,
    's.i',
    `case when s.i % 100 = 99 then ${time(String(MADE))} end`,
  )
  for (const [person, number, folder] of [
    ['big', 10, `s.i * ${folders / 10}`],
    ['small', 2, `s.i * ${folders / 2} + 1`],
  ] as const) {
    const at = time(`${MADE} + ${folder}`)
    await run(`insert into share_grants (tenant_id, id, resource_uid, grantee, subject, role, mode, created_by,
        created_at, updated_at, accepted_at, resource_type, resource_created_at)
      select 't1', 'grant-' || ${pad(`${first} + s.i`)}, 'folder-' || ${pad(folder)}, 'user', 'user:${person}', 'viewer',
        'live', 'giver', ${at}, ${at}, ${at}, 'folder', ${at} from ${numbers(0, number)}`)
    first += number
  }
}

async function createTables(run: Run, place: Place): Promise<void> {
  const time = place.dialect === 'sqlite' ? 'integer' : 'timestamptz'
  await run(`create table documents (id text primary key not null, owner_id text not null, folder_id text, title text not null,
    visibility text not null, created_at ${time} not null)`)
  await run(`create table collaborators (resource_id text not null, grantee text not null, role text not null,
    invited_by text not null, created_at ${time} not null, expires_at ${time}, primary key (resource_id, grantee))`)
}

const INDEXES = [
  'create index documents_time on documents (created_at, id)',
  'create index documents_owner on documents (owner_id, created_at, id)',
  'create index documents_folder on documents (folder_id)',
  "create index documents_visible on documents (visibility) where visibility <> 'private'",
  'create index collaborators_given on collaborators (grantee, created_at, resource_id)',
]
