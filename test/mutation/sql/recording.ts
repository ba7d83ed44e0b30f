import { mutantsOf } from './mutant.ts'

const counting = {
  tenant: 'g.tenant_id = :tenantId and ',
  link: 'and g.id = :linkId ',
  'only what is open still': 'and #{stillOpen} ',
}

/** How a view is written and counted, which each database does in its own way. */
export const recording = [
  ...mutantsOf('adapters/sql/visit.ts', {
    'const insert = (': {
      tenant: 'r.tenant_id = :tenantId and ',
      resource: 'r.uid = :resourceUid and ',
      'not of a removed one': ' and r.removed_at is null',
      owner: 'and r.owner_id = :ownerId ',
      visibility: 'and r.visibility = :visibility ',
      traits: 'and r.traits = :traits ',
      parent: "and coalesce(r.parent_uid, '') = :parentUid ",
      lock: "#{d.lock('share', 'r')}",
      'tenant of the grant': 'g.tenant_id = r.tenant_id and ',
      grant: 'g.id = :grantId and ',
      'not of an ended grant': 'g.ended_at is null and ',
      'not of a removed grant': [
        ' and g.removed_at is null',
        '',
        'grants are marked in one step with their resource: its own mark says it',
      ],
      'lock of the grant': "#{by === 'grant' ? d.lock('share', 'g') : sql``}",
    },
  }),
  ...mutantsOf('adapters/sqlite/append.ts', {
    "'view.count'": { ...counting, 'not of a capped link': ' and g.max_views is null' },
    "'view.spend'": { ...counting, 'only what is left': ' and g.view_count < g.max_views' },
  }),
  ...mutantsOf('adapters/sqlite/connection.ts', {
    '// Deferred transactions that': { 'the lock before the first read': ['begin immediate', 'begin'] },
  }),
  ...mutantsOf('adapters/postgres/append.ts', {
    'const one = <': { ...counting, 'what else must hold': ' and #{where}' },
    "'view.append', ifCounted": { 'not of a capped link': ['g.max_views is null', 'true'] },
    "'view.spend'": { 'only what is left': ['g.view_count < g.max_views', 'true'] },
    "'view.append_remembered'": {
      token: "n.key = #{builder.p('tokenHash')} and ",
      'joins to what it was judged by': 'and #{openingKeys(builder)} ',
      'not of a capped link': 'and g.max_views is null ',
      'as it was remembered': " and #{versionOf(builder)} = #{builder.p('version')}",
    },
    'const many = <': {
      tenant: 'g.tenant_id = x.tenant_id and ',
      link: 'and g.id = x.link_id ',
      'only what is open still': 'and #{stillOpen} ',
      'not of a capped link': 'and g.max_views is null ',
      'what else must hold': ' and #{where}',
      'in one order': 'order by g.tenant_id, g.id ',
      'before it is changed': [
        " #{d.lock('update', 'g')}",
        '',
        'rows in order are changed in order, as it is planned here: the lock is what makes sure of it',
      ],
      'tenant of the locked': 'g.tenant_id = l.tenant_id and ',
      'only of locked links': ' and g.id = l.id',
      'tenant of the counted': 'c.tenant_id = y.tenant_id and ',
      'only of counted links': ' and c.id = y.link_id',
    },
    "'view.append_many_remembered'": {
      token: [
        'n.key = x.token_hash and ',
        '',
        'the list has one token of a link, and a token leads to its own link only',
      ],
      'list of tokens': [
        "#{builder.d.oneOf(sql`n.key`, builder.list('tokenHashes'))} and ",
        '',
        'the rows say the same: the list is there for the plan',
      ],
      'joins to what it was judged by': 'and #{openingKeys(builder)} ',
      'as it was remembered': ' and #{versionOf(builder)} = x.version',
    },
  }),
  ...mutantsOf('adapters/postgres/opening.ts', {
    'export const versionOf': {
      'the token is judged': versionWithout('n'),
      'the link is judged': versionWithout('g'),
      'the resource is judged': versionWithout('r'),
      'the policy is judged': versionWithout('t'),
      'the right is judged': ['#{judged(found)}, #{right}', '#{judged(found)}'],
    },
    'const versioned = <': { token: '#{entry(builder)} and ', joins: ' and #{openingKeys(builder)}' },
    "'opening.find_versioned'": { token: ['n.key = :tokenHash', 'true'] },
    "'opening.find_many_versioned'": {
      'list of tokens': [
        "d.oneOf(sql`n.key`, list('tokenHashes'))",
        "sql`(true or #{d.oneOf(sql`n.key`, list('tokenHashes'))})`",
        'each waiting call takes the row of its own token: more are read, and none is given out',
      ],
    },
  }),
  ...mutantsOf('adapters/postgres/dialect.ts', {
    '// FOR UPDATE would make': {
      'one at a time': ["strength === 'share' ? 'for share' : 'for no key update'", "'for share'"],
    },
    'queue: (': { alone: ["strength === 'share' ? '_shared' : ''", "'_shared'"] },
  }),
  ...mutantsOf('adapters/postgres/migrate.ts', {
    '// Concurrent `create table': {
      'one at a time': ["pg_advisory_xact_lock(hashtextextended('sharegrant', 0))", '1'],
    },
  }),
]

function versionWithout(alias: string): [find: string, replace: string] {
  return [
    'Object.values(groups) as Array<typeof authority>',
    `(Object.values(groups) as Array<typeof authority>).filter(([one]) => one !== '${alias}')`,
  ]
}
