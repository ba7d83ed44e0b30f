import { mutantsOf } from './mutant.ts'

export const applying = [
  ...mutantsOf('adapters/sql/apply.ts', {
    "'name.insert'": { 'a conflict is no error': 'on conflict do nothing' },
    "'resource.update'": { tenant: 'tenant_id = :tenantId and ', resource: ' and uid = :uid' },
    "'resource.update_many'": {
      tenant: 'r.tenant_id = :tenantId and ',
      'list of resources': "#{d.oneOf(sql`r.uid`, list('uids'))} and ",
      'join to its new state': ' and r.uid = x.uid',
    },
    "'link.update'": {
      tenant: 'tenant_id = :tenantId and ',
      link: ' and id = :id',
      'not of an ended link': ' and ended_at is null',
    },
    "'grant.update'": {
      tenant: 'tenant_id = :tenantId and ',
      grant: ' and id = :id',
      'not of an ended one': ' and ended_at is null',
    },
    "'grant.claim'": {
      tenant: 'tenant_id = :tenantId and ',
      grant: ' and id = :id',
      'only an invitation': " and grantee = 'email'",
    },
    "'grant.join_authority'": {
      tenant: 'tenant_id = :tenantId and ',
      'only what stands by a grant': "authority = 'grant' and ",
      'whose right': 'authority_id = :from and ',
      'not of an ended link': ' and ended_at is null',
      'only on what they own': " and (:kind = 'grant' or resource_uid = :uid)",
    },
    "'counter.set',": {
      tenant: 'tenant_id = :tenantId and ',
      kind: 'kind = :kind and ',
      key: ' and key = :key',
    },
    "'grant.end'": {
      tenant: 'tenant_id = :tenantId and ',
      'list of grants': "#{d.oneOf(sql`id`, list('ids'))} and ",
      'not again': ' and ended_at is null',
      'the sealed token goes': ', sealed_token = null',
    },
    "'link.move_authority'": {
      tenant: 'tenant_id = :tenantId and ',
      'list of resources': "#{d.oneOf(sql`resource_uid`, list('uids'))} and ",
      'only what stands by the owner’s right': "authority = 'owner' and ",
      'not of an ended link': ' and ended_at is null',
    },
    "'token.grace'": {
      kind: "kind = 'link' and ",
      tenant: 'tenant_id = :tenantId and ',
      link: 'target = :id and ',
      'only the present token': ' and until is null',
    },
    "'policy.set',": { tenant: ' where tenant_id = :tenantId' },
    'export function* apply(': { 'the same history of what is not there': ' || alike' },
    'function* create(': {
      'whoever registered it meanwhile': [
        'if ((yield* first(insertName, name)) === null) throw new Interleaved()',
        'yield* first(insertName, name)',
      ],
    },
    'function* nameToken(': {
      'a token that exists': ['if (named === null) throw new TokenTaken()', ''],
    },
    "case 'link.rotated'": {
      'the old tokens end': ['if (change.graceUntil === null)', 'if (false)'],
    },
  }),
  ...mutantsOf('adapters/sql/forgetting.ts', {
    "'grant.forget_address'": {
      tenant: 'tenant_id = :tenantId and ',
      person: ' and subject = :subject',
      'only where there is one': ' and address is not null',
    },
    "'viewer.forget'": {
      tenant: 'tenant_id = :tenantId and ',
      person: ' and viewer_id = :userId',
      address: 'ip = null, ',
      agent: 'user_agent = null, ',
      visitor: ', visitor = :visitor',
    },
    'export function* forgetPerson(': {
      'the address is forgotten': 'yield* run(forgetAddress, { tenantId, subject })',
      'what nobody claimed is forgotten': ['subject, addresses })', 'subject, addresses: [] })'],
      'what was to be told is forgotten': 'yield* forgetRecipientOf(tenantId, userId)',
    },
  }),
  ...mutantsOf('adapters/sql/history.ts', {
    "'audit.take_places'": { tenant: 'tenant_id = :tenantId and ', resource: ' and uid = :resource' },
    "'audit.take_places_of_many'": {
      tenant: 'r.tenant_id = :tenantId and ',
      'list of resources': "#{d.oneOf(sql`r.uid`, list('uids'))} and ",
      'join to its growth': ' and r.uid = x.resource',
    },
  }),
]
