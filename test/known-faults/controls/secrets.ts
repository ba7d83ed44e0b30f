// biome-ignore-all lint/suspicious/noTemplateCurlyInString: each is a piece of a source, to be found and replaced there as it is written; none is meant to be evaluated
import type { Controls } from './control.ts'

/** Tokens and passwords, the people who bring them, and what is told of them. */
export const secrets: Controls = {
  'a placeholder such as `:token` resolving': {
    'what has not the form of a token is not looked up': [
      'src/tokens/link-token.ts',
      '(form.test(token) && token.endsWith(checksum(token.slice(0, -CHECKSUM_LENGTH)))) || isLegacy(token)',
      'token !== form.source',
    ],
    'a link is found by its token': [
      'adapters/sql/opening.ts',
      "n.key = ${builder.p('tokenHash')}",
      "n.key <> ${builder.p('tokenHash')}",
    ],
  },
  'an empty key accepted': {
    'a secret has 32 bytes': ['src/tokens/keys.ts', 'Buffer.byteLength(one) < 32', 'false'],
    'there is a secret': ['src/tokens/keys.ts', 'secrets.length === 0 ||', ''],
    'a key that is not known signs nothing': [
      'src/tokens/signed.ts',
      'const key = keys.find(token.slice(head.length, start))',
      'const key = keys.find(token.slice(head.length, start)) ?? (Buffer.alloc(0) as never)',
    ],
    'a password is not empty': ['src/model/link.ts', 'password: z.string().min(1)', 'password: z.string()'],
    'an empty password is none': [
      'src/opening/open.ts',
      "visitor.password === undefined || visitor.password === ''",
      'visitor.password === undefined',
    ],
  },
  'one kind of token in another’s place': {
    'a pass begins as this installation’s do': [
      'src/tokens/signed.ts',
      '!token.startsWith(head) || token.length > 4096',
      'token.length > 4096',
    ],
    'a signature is checked': [
      'src/tokens/signed.ts',
      'if (expected.length !== given.length || !timingSafeEqual(expected, given)) return null',
      '',
    ],
    'what is stored of a token opens nothing': [
      'src/tokens/link-token.ts',
      "return hash('sha256', token, 'base64url')",
      "return token.length === 43 ? token : hash('sha256', token, 'base64url')",
    ],
  },
  'a password asked on one endpoint and not on the next': {
    'an opening asks for it': [
      'src/policy/opening.ts',
      "needsPassword: link.passwordHash !== null && request.purpose !== 'resume'",
      "needsPassword: link.passwordHash !== null && request.purpose === 'peek'",
    ],
    'a preview shows nothing before it': [
      'src/opening/open.ts',
      'if (needs.length > 0) return { title: null, visibility, needs }',
      '',
    ],
    'a pass of before is over': [
      'src/opening/open.ts',
      'link.passwordVersion === pass.passwordVersion &&',
      '',
    ],
    'it has to be right': [
      'src/opening/open.ts',
      "if (!right) throw new SharingError('password_incorrect')",
      '',
    ],
  },
  'a secret in a URL, answer or log': {
    'what stands for a token in a log': [
      'src/http/loggable-path.ts',
      'if (hide) return HIDDEN',
      'if (hide) return segment',
    ],
    'and wherever else a token stands in a path': [
      'src/http/loggable-path.ts',
      'text.search(SECRET) === -1 ? segment : HIDDEN',
      'segment',
    ],
    'a link is told without what is kept of its password': [
      'src/links/project.ts',
      'hasPassword: link.passwordHash !== null,',
      'hasPassword: link.passwordHash as unknown as boolean,',
    ],
    'a stranger is told of no maker': [
      'src/opening/open.ts',
      '      name: link.name,',
      'createdBy: link.authorityId, name: link.name,',
    ],
    'the audit has no hash': [
      'src/links/terms.ts',
      'hasPassword: link.passwordHash !== null,',
      'hasPassword: link.passwordHash,',
    ],
    'no referrer, no cache': ['src/http/response.ts', "'referrer-policy': 'no-referrer',", ''],
    'a path that is unknown is not repeated': [
      'examples/express/mount.ts',
      'await send(response, notFoundResponse())',
      'response.status(404).end(_request.originalUrl)',
    ],
    'a wrong password is not repeated': [
      'src/opening/open.ts',
      "if (!right) throw new SharingError('password_incorrect')",
      "if (!right) throw new SharingError('password_incorrect', { message: visitor.password })",
    ],
  },
  'an invitation taken by an unverified or other address': {
    'an addressed link opens for its addressees': [
      'src/policy/opening.ts',
      "if (!isAddressed(situation, request.actor)) return refused('forbidden')",
      '',
    ],
    'an addressed link asks for a sign-in': [
      'src/policy/opening.ts',
      "link.visibility === 'account' || link.audience !== null",
      "link.visibility === 'account'",
    ],
    'a domain is compared whole': [
      'src/policy/opening.ts',
      '(audience.domains?.includes(domain) ?? false)',
      '(audience.domains?.some((one) => domain.endsWith(one)) ?? false)',
    ],
    'the account’s domains are asked for': [
      'src/policy/opening.ts',
      'if (policy.allowedEmailDomains !== null && !policy.allowedEmailDomains.includes(domain)) return false',
      '',
    ],
    'no mail provider’s rules are taken for everybody’s': [
      'src/model/email.ts',
      'const local = text.slice(0, at)',
      "const local = text.slice(0, at).replace(/\\+.*$/, '')",
    ],
    'an invitation is accepted by its address': [
      'src/people/invitations.ts',
      "if (kindOf(grant.subject) === 'email' && grant.subject !== subjectsOf(actor).email) {",
      "if (kindOf(grant.subject) !== 'email' && grant.subject !== subjectsOf(actor).user) {",
    ],
    'what was claimed is claimed by nobody else': [
      'src/people/invitations.ts',
      "  throw new SharingError('not_found')\n}\n\nfunction demandClaimable",
      '  return grant\n}\n\nfunction demandClaimable',
    ],
    'a guest accepts where guests are let in': [
      'src/people/invitations.ts',
      "if (tenantOf(actor) !== tenantId && !policy.allowGuests) throw new SharingError('forbidden')",
      '',
    ],
    'a guest claims where guests are let in': [
      'src/people/invitations.ts',
      'const mayClaim = tenantOf(actor) === tenantId || policy.allowGuests',
      'const mayClaim = true',
    ],
    'an address is compared whole': [
      'src/model/subject.ts',
      'const key = actor.email === undefined ? null : emailKey(actor.email)',
      "const key = actor.email === undefined ? null : (emailKey(actor.email)?.replace(/\\+[^@]*/, '') ?? null)",
    ],
    'a pass is its reader’s': [
      'src/opening/open.ts',
      'if (pass.userId !== null && pass.userId !== actor?.userId) {',
      "if (pass.userId === '') {",
    ],
  },
  'pending addresses told apart': {
    'a refusal says nothing of whom the link is for': [
      'src/opening/open.ts',
      "if (decision.outcome === 'refused') throw new SharingError(decision.code)",
      "if (decision.outcome === 'refused') throw new SharingError(decision.code, { public: { audience: situation?.link.audience } })",
    ],
    'addresses of the invited are for those who manage': [
      'src/people/manage.ts',
      ".filter(({ subject }) => oversees || kindOf(subject) !== 'email' || subject === own.email)",
      '',
    ],
    'and of those who accepted': [
      'src/people/project.ts',
      "address === null || sees === 'named' ?",
      'address === null ?',
    ],
    'the address that was invited is shown masked': [
      'src/people/invitations.ts',
      'maskedAddress(grant.address ?? idOf(grant.subject))',
      'grant.address ?? idOf(grant.subject)',
    ],
    'an invitation that lapsed is renewed by the same statements': [
      'src/people/collaborators.ts',
      '...(over.length === 0 ? [endingNothing(ending)] : []),',
      '',
    ],
    'a request that is none is written by the same statements': [
      'src/people/requests.ts',
      "{ kind: 'requests.created', requests: made === null ? [] : [made.request] },",
      "...(made === null ? [] : [{ kind: 'requests.created' as const, requests: [made.request] }]),",
    ],
    'one refusal, however a link is addressed': [
      'src/policy/opening.ts',
      "if (!isAddressed(situation, request.actor)) return refused('forbidden')",
      "if (!isAddressed(situation, request.actor)) return refused(link.audience?.emails ? 'not_found' : 'forbidden')",
    ],
  },
  'Unicode folding': {
    'only ASCII letters are folded': [
      'src/model/email.ts',
      'local.replace(/[A-Z]/g, (letter) => letter.toLowerCase())',
      'local.toLowerCase()',
    ],
    'an address is not brought into a normal form': [
      'src/model/email.ts',
      'const local = text.slice(0, at)',
      "const local = text.slice(0, at).normalize('NFKC')",
    ],
    'ids are compared as they are': [
      'adapters/sql/resource-row.ts',
      '`${ref.type}:${ref.id}`',
      '`${ref.type}:${ref.id.toLowerCase()}`',
    ],
    'owners too': [
      'adapters/sql/reads.ts',
      "r.owner_id = ${p('ownerId')}",
      "lower(r.owner_id) = lower(${p('ownerId')})",
    ],
  },
  'spoofed forwarded addresses and IPv6 rotation': {
    'a header is no address': [
      'src/http/route.ts',
      'ip: addressOf = (asked) => asked.ip }',
      "ip: addressOf = (asked) => headerOf(asked.headers, 'x-forwarded-for') ?? asked.ip }",
    ],
    'a network is one visitor': ['src/limits/door.ts', '.slice(0, 4)', ''],
    'IPv4 in IPv6 is IPv4': [
      'src/limits/door.ts',
      "ipaddr.process(ip.replace(/%.*$/, ''))",
      "ipaddr.parse(ip.replace(/%.*$/, ''))",
    ],
    'what is no address is one visitor': [
      'src/limits/door.ts',
      "if (!isIPv6(ip)) return 'unknown'",
      'if (!isIPv6(ip)) return ip',
    ],
    'a link’s password has attempts of its own': ['src/limits/door.ts', 'await consume(byLink, linkId)', ''],
  },
  'a resolvable link that no list shows': {
    'a page goes on within a moment': [
      'adapters/sql/reads.ts',
      "`(${sql.ref(at)}, ${sql.ref(id)}) < (${b.p('afterAt', 'time')}, ${b.p('afterId')})`",
      "`(${sql.ref(at)}) < (${b.p('afterAt', 'time')}) and ${b.p('afterId')} is not null`",
    ],
    'the account’s admin sees everybody’s': [
      'src/links/manage.ts',
      'createdBy: everybodys ? null : actor.userId',
      'createdBy: actor.userId',
    ],
    'who has access, by links of every sort': [
      'src/policy/entries.ts',
      "if (!actions.includes('view')) continue",
      "if (link.visibility === 'account') continue",
    ],
  },
  'hidden ids in the audit': {
    'a history is for its owner and an admin': [
      'src/audit/list.ts',
      "if (!mayAct(type, 'history', actor, situation, now) && !administers(actor, tenantId)) {",
      'if (type.name !== situation.resource.type) {',
    ],
    'hidden and unknown are one': [
      'src/policy/standing.ts',
      "new SharingError(views ? 'forbidden' : 'not_found')",
      "new SharingError('forbidden')",
    ],
    'an account’s history is for its admin': [
      'src/audit/list.ts',
      "if (!administers(actor, tenantId)) throw new SharingError('forbidden')",
      '',
    ],
    'an account’s history is its own': [
      'adapters/sql/reads.ts',
      "e where e.tenant_id = ${b.p('tenantId')} ${only}",
      "e where e.tenant_id <> ${b.p('tenantId')} ${only}",
    ],
    'who only looked is not named when they are forgotten': [
      'src/people/leave.ts',
      "if (reason === 'user_forgotten' && parted === 0) {",
      "if (reason === 'revoked') {",
    ],
    'their views are nobody’s': ['adapters/sql/forgetting.ts', 'set viewer_id = null, ip', 'set ip'],
  },
}
