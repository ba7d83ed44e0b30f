import { z } from 'zod'
import type { Clock } from './clock.ts'
import type { LimiterFactory } from './limits/door.ts'
import { type Definitions, definitionsSchema } from './model/definition.ts'
import type { Directory } from './model/directory.ts'
import type { Notify } from './model/notification.ts'
import type { Store } from './store/index.ts'
import type { Passwords } from './tokens/password.ts'
import type { AddressPolicy } from './views/visitor.ts'

/** How often things may be tried. False takes a limit away. */
export interface SharingLimits {
  /** Openings by one visitor address, IPv6 by /64. 30 unless set. */
  opensPerMinute?: number | false | undefined
  /** Attempts at a link's password by one address. 5 unless set. */
  passwordAttemptsPerMinute?: number | false | undefined
  /** People and groups that one resource is shared with at a time. 50 unless set. */
  collaboratorsPerResource?: number | false | undefined
  /** Additions of people by one person. 50 unless set. */
  invitationsPerHour?: number | false | undefined
  /** Notifications that one person causes, as far as they are delivered; what is over waits. 10 unless set. */
  emailsPerHour?: number | false | undefined
  /** Requests for access by one person. 20 unless set. */
  requestsPerHour?: number | false | undefined
  /** Bytes of a snapshot's content as JSON. 1 MiB (1,048,576) unless set. */
  snapshotBytes?: number | false | undefined
}

/** What `createSharing` is given. */
export interface SharingOptions<D extends Definitions> {
  store: Store
  /** One or more strings of at least 32 bytes: the first signs, all verify. */
  secret: string | readonly string[] | undefined
  resources: D
  /** The host's users, for notifications. Without it a user's address is unknown, and an address is nobody's. */
  directory?: Directory | undefined
  /** The host's mail or push. Without it nothing is put in the outbox. */
  notify?: Notify | undefined
  limits?: SharingLimits | undefined
  /** What guards the door: memory of this process unless given. */
  limiter?: LimiterFactory | undefined
  views?:
    | {
        /** How much of a visitor's address is kept; `full` unless set. */
        address?: AddressPolicy | undefined
        /** After so many days address and agent go; 90 unless set, null keeps them. */
        retainDays?: number | null | undefined
      }
    | undefined
  /** How the host's `resolve` is asked. */
  resolving?:
    | {
        /** How many refs of one `refresh` at once; 8 unless set. */
        atOnce?: number | undefined
        /** After how long one that has not answered is an `error`; 5000 unless set. */
        timeoutMs?: number | undefined
      }
    | undefined
  /** After how many days an invitation that nobody claimed is over; 30 unless set. */
  invitationDays?: number | undefined
  /** What a link's token begins with; `shr` unless set. */
  tokenPrefix?: string | undefined
  /**
   * The form of an older system's tokens, of up to 512 characters, for `links.import`. Every text of this form is looked
   * up, and data or a snapshot with such a text in it is refused as one with a token of ours, where it is in a word of up
   * to 128 characters or stands by itself: best a form that no other ids have.
   */
  legacyTokens?: RegExp | undefined
  /** False keeps no sealed copy of tokens: `links.reveal` cannot show one again. */
  sealTokens?: boolean | undefined
  /** How link passwords are hashed: scrypt unless given. */
  passwords?: Passwords | undefined
  clock?: Clock | undefined
  /** Told of what a listener of events, `notify`, the directory, `resolve` or a claim beside an opening threw; nothing unless given. */
  onError?: ((error: unknown) => void) | undefined
}

const limit = z.union([z.number().int().min(1), z.literal(false)]).optional()
const fn = <T>(): z.ZodType<T> => z.custom<T>((value) => typeof value === 'function', 'must be a function')

export const optionsSchema: z.ZodType<SharingOptions<Definitions>, unknown> = z.strictObject({
  store: z.custom<Store>(
    (value) => typeof (value as Store | null)?.change === 'function',
    'must be a store, such as sqliteStore({ database })',
  ),
  secret: z.union([z.string(), z.array(z.string()).readonly()]).optional(),
  resources: definitionsSchema,
  // As it came: its methods may need their own object.
  directory: z
    .custom<Directory>(
      (value) =>
        typeof (value as Directory | null)?.findUserByEmail === 'function' &&
        typeof (value as Directory | null)?.describeUsers === 'function',
      'must have findUserByEmail and describeUsers',
    )
    .optional(),
  notify: fn<Notify>().optional(),
  limits: z
    .strictObject({
      opensPerMinute: limit,
      passwordAttemptsPerMinute: limit,
      collaboratorsPerResource: limit,
      invitationsPerHour: limit,
      emailsPerHour: limit,
      requestsPerHour: limit,
      snapshotBytes: limit,
    })
    .optional(),
  resolving: z
    .strictObject({
      atOnce: z.number().int().min(1).max(100).optional(),
      timeoutMs: z.number().int().min(1).max(600_000).optional(),
    })
    .optional(),
  invitationDays: z.number().int().min(1).max(3650).optional(),
  limiter: fn<LimiterFactory>().optional(),
  views: z
    .strictObject({
      address: z.enum(['full', 'truncated', 'hashed', 'none']).optional(),
      retainDays: z.number().int().min(1).max(36_500).nullable().optional(),
    })
    .optional(),
  tokenPrefix: z.string().optional(),
  legacyTokens: z.instanceof(RegExp).optional(),
  sealTokens: z.boolean().optional(),
  passwords: z
    .custom<Passwords>((value) => typeof (value as Passwords | null)?.verify === 'function')
    .optional(),
  clock: fn<Clock>().optional(),
  onError: fn<(error: unknown) => void>().optional(),
}) as z.ZodType<SharingOptions<Definitions>, unknown>
