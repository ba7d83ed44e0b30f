import { mutantsOf } from './mutant.ts'

/** The joins that a resource is read by. */
const byName = {
  kind: "n.kind = 'resource' and ",
  key: ' and n.key = :key',
  'tenant of the resource': 'r.tenant_id = n.tenant_id and ',
  'join to the resource': ' and r.uid = n.target',
  'not of a removed one': [
    ' and r.removed_at is null',
    '',
    'its name is deleted in the step that marks it: nothing is found to begin with',
  ],
  'tenant of the policy': " and t.tenant_id = #{d.tenantOf('n')}",
} as const

const parent = {
  'tenant of the parent': 'u.tenant_id = r.tenant_id and ',
  'join to the parent': ' and u.uid = r.parent_uid',
}

export const reading = mutantsOf('adapters/sql/reads.ts', {
  "'resource.find'": { ...byName, ...parent },
  'const managed = ': {
    'tenant of the resource': "r.tenant_id = #{d.tenantOf('g')} and ",
    'join to the resource': ' and r.uid = g.resource_uid',
    'not of a removed resource': [
      ' and r.removed_at is null',
      '',
      'links are marked in one step with their resource: their own mark says it',
    ],
    'tenant of the policy': "and t.tenant_id = #{d.tenantOf('r')} ",
    'not a removed link': ' and g.removed_at is null',
  },
  "'link.find'": {
    tenant: 'g.tenant_id = :tenantId and ',
    link: 'and g.id = :id ',
    'only a link': " and g.grantee = 'link'",
    ...parent,
  },
  "'link.find_anywhere'": {
    kind: "n.kind = 'grant' and ",
    key: ' and n.key = :id',
    tenant: ' and g.tenant_id = n.tenant_id',
    link: ' and g.id = n.target',
    'only a link': " and g.grantee = 'link'",
    ...parent,
  },
  "'policy.find'": { tenant: ' where t.tenant_id = :tenantId' },
  'function page<': {
    'after the last place': ['(#{sql.ref(at)}, #{sql.ref(id)}) < (:afterAt, :afterId)', 'true'],
    'ids in the place': [
      '(#{sql.ref(at)}, #{sql.ref(id)}) < (:afterAt, :afterId)',
      "#{sql.ref(at)} < #{b.p('afterAt', 'time')}",
    ],
    'newest first': ['order by #{sql.ref(at)} desc, #{sql.ref(id)} desc ', ''],
    limit: ' limit :limit',
  },
  'const linkList = ': {
    tenant: ['where g.tenant_id = :tenantId', 'where true'],
    'only links': " and g.grantee = 'link'",
    subject: "#{by === null ? sql`` : sql`and #{by} = #{p('key')}`}",
    'tenant of the resource': 'and r.tenant_id = g.tenant_id ',
    'join to the resource': 'and r.uid = g.resource_uid ',
    'not of removed resources': [
      'and r.removed_at is null ',
      '',
      'links are marked in one step with their resource: their own mark says it',
    ],
    'not removed links': 'and g.removed_at is null ',
    'not ended ones': 'and g.ended_at is null ',
    'not expired ones': 'and (g.expires_at is null or g.expires_at > :at) ',
    'not used up ones': 'and (g.max_views is null or g.view_count < g.max_views) ',
    'not beyond the policy’s days': ' and g.created_at > :createdAfter',
    ...parent,
  },
  'const ownedList = ': {
    tenant: 'r.tenant_id = :tenantId and ',
    owner: 'and r.owner_id = :ownerId ',
    'not removed ones': ' and r.removed_at is null',
    type: "#{typed ? sql`and r.type = #{p('type')}` : sql``} ",
    ...parent,
  },
  'const viewList = ': {
    tenant: 'v.tenant_id = :tenantId and ',
    subject: " and #{sql.ref(column)} = #{p('key')}",
    'tenant of the resource': 'and r.tenant_id = v.tenant_id ',
    'join to the resource': ' and r.uid = v.resource_uid',
    'not of removed links': " and #{ofLiveLinks(t, p('tenantId'))}",
  },
  "'audit.of_resource'": {
    tenant: 'e.tenant_id = :tenantId and ',
    resource: ' and e.resource_uid = :resourceUid',
    'after the last place': ' and e.seq < :afterSeq',
    'newest first': 'order by e.seq desc ',
  },
  'const tenantAudit = ': { tenant: ['e.tenant_id = :tenantId', 'true'] },
  'const auditOfPolicy': { 'only of the policy': "and e.action = 'policy.changed'" },
})

export const counting = mutantsOf('adapters/sql/counts.ts', {
  'const counts = ': {
    'tenant of the link': 'g.tenant_id = r.tenant_id and ',
    link: 'g.id = :linkId and ',
    'of the same resource': [
      ' and g.resource_uid = r.uid',
      '',
      'whose views are asked for was found by the same link, and a link stays with its resource',
    ],
    'not a removed link': ' and g.removed_at is null',
    tenant: 'r.tenant_id = :tenantId and ',
    resource: 'r.uid = :resourceUid and ',
    'not of a removed one': ' and r.removed_at is null',
    'tenant of the policy': "and t.tenant_id = #{d.tenantOf('r')}",
  },
  'const viewCounts = ': {
    'tenant of the days': 'w.tenant_id = :tenantId and ',
    'resource of the days': ' and w.resource_uid = :resourceUid',
    'link of the days': ' and w.link_id = :linkId',
    'days from': 'w.day >= :from and ',
    'days to': ' and w.day <= :to',
    'tenant of the views': 'v.tenant_id = :tenantId and ',
    'subject of the views': [
      "and #{ofLink ? sql`v.link_id = #{p('linkId')}` : sql`v.resource_uid = #{p('resourceUid')}`}",
      '',
    ],
    'views from': 'and v.viewed_at >= :fromTime ',
    'views to': 'and v.viewed_at <= :toTime ',
    'not of removed links': "and #{ofLiveLinks(t, p('tenantId'))} ",
    'days that are added up': [
      '>= (select t.rolled_until from #{t.tenants} t where t.tenant_id = :tenantId)',
      'is not null',
    ],
    'whose added-up days': [' where t.tenant_id = :tenantId)', ')'],
    'counted ones': ['sum(case when v.counted then 1 else 0 end)', 'count(*)'],
    'counted visitors': [
      'case when v.counted then coalesce(v.viewer_id, v.visitor) end',
      'coalesce(v.viewer_id, v.visitor)',
    ],
  },
  "'views.count_of_days'": {
    tenant: 'a.tenant_id = :tenantId and ',
    resource: ' and a.resource_uid = :resourceUid',
    link: ' and a.link_id = :linkId',
    from: 'a.day >= :from and ',
    to: ' and a.day <= :to',
  },
})
