import { nanoid } from 'nanoid'
import { systemClock } from './clock.ts'
import { authorize, can, explain, type FilterInput, filter } from './deciding/decide.ts'
import { createEventHub } from './events/hub.ts'
import type { Kernel } from './kernel.ts'
import { createDoor } from './limits/door.ts'
import { type CreatedLink, createLink } from './links/create.ts'
import type { Actor, Visitor } from './model/actor.ts'
import type { Decision } from './model/decision.ts'
import type { Action, Definitions, TypeName } from './model/definition.ts'
import { parse } from './model/input.ts'
import type { CreateLinkInput } from './model/link.ts'
import type { LinkPreview, OpenedShare } from './model/opening.ts'
import type { RegisterInput, Resource, ResourceRef } from './model/resource.ts'
import { open, peek, resume } from './opening/open.ts'
import { optionsSchema, type SharingOptions } from './options.ts'
import { compileTypes } from './policy/compile.ts'
import { registerResource } from './resources/register.ts'
import type { FilterCondition } from './store/index.ts'
import { createKeyRing } from './tokens/keys.ts'
import { createLinkTokens } from './tokens/link-token.ts'
import { createPasses } from './tokens/pass.ts'
import { scryptPasswords } from './tokens/password.ts'
import { createVisitorRecorder } from './views/visitor.ts'

type Ref<D extends Definitions> = ResourceRef<TypeName<D>>

export interface Sharing<D extends Definitions = Definitions> {
  migrate(): Promise<void>
  resources: {
    register(ref: Ref<D>, options: RegisterInput): Promise<Resource>
  }
  can<T extends TypeName<D>>(actor: Actor | null, action: Action<D, T>, ref: ResourceRef<T>): Promise<boolean>
  authorize<T extends TypeName<D>>(
    actor: Actor | null,
    action: Action<D, T>,
    ref: ResourceRef<T>,
  ): Promise<Decision>
  explain<T extends TypeName<D>>(
    actor: Actor | null,
    action: Action<D, T>,
    ref: ResourceRef<T>,
  ): Promise<Decision>
  filter<T extends TypeName<D>>(
    actor: Actor,
    action: Action<D, T>,
    type: T,
    options: FilterInput,
  ): FilterCondition
  links: {
    create(actor: Actor, ref: Ref<D>, options: CreateLinkInput): Promise<CreatedLink>
  }
  open(token: string, visitor?: Visitor): Promise<OpenedShare>
  peek(token: string): Promise<LinkPreview>
  resume(pass: string, visitor?: Visitor): Promise<OpenedShare>
  close(): Promise<void>
}

export function createSharing<const D extends Definitions>(options: SharingOptions<D>): Sharing<D> {
  const given = parse(optionsSchema, options, 'createSharing')
  const keys = createKeyRing(given.secret)
  const prefix = given.tokenPrefix ?? 'shr'
  const kernel: Kernel = {
    store: options.store,
    types: compileTypes(given.resources),
    clock: given.clock ?? systemClock,
    keys,
    tokens: createLinkTokens(prefix, given.legacyTokens),
    passes: createPasses(keys, prefix),
    passwords: given.passwords ?? scryptPasswords(),
    door: createDoor(
      {
        opensPerMinute: given.limits?.opensPerMinute ?? 30,
        passwordAttemptsPerMinute: given.limits?.passwordAttemptsPerMinute ?? 5,
      },
      given.limiter,
    ),
    events: createEventHub(given.onError ?? (() => {})),
    visitors: createVisitorRecorder(keys, given.views?.address ?? 'full'),
    sealTokens: given.sealTokens ?? true,
    retainDays: given.views?.retainDays === undefined ? 90 : given.views.retainDays,
    newId: nanoid,
  }
  return {
    migrate: () => kernel.store.migrate(),
    resources: { register: (ref, input) => registerResource(kernel, ref, input) },
    can: (actor, action, ref) => can(kernel, actor, action, ref),
    authorize: (actor, action, ref) => authorize(kernel, actor, action, ref),
    explain: (actor, action, ref) => explain(kernel, actor, action, ref),
    filter: (actor, action, type, input) => filter(kernel, actor, action, type, input),
    links: { create: (actor, ref, input) => createLink(kernel, actor, ref, input) },
    open: (token, visitor = {}) => open(kernel, token, visitor),
    peek: (token) => peek(kernel, token),
    resume: (pass, visitor = {}) => resume(kernel, pass, visitor),
    close: () => kernel.store.close(),
  }
}
