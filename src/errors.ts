/** The HTTP status that belongs to each code. Codes are stable: hosts and clients may switch on them. */
const statusOf = {
  invalid_input: 400,
  invalid_email: 400,
  invalid_role: 400,
  account_required: 400,
  collaborator_limit: 400,
  publish_forbidden: 400,
  policy_violation: 400,
  authentication_required: 401,
  password_required: 401,
  password_incorrect: 401,
  public_shares_disabled: 403,
  forbidden: 403,
  email_mismatch: 403,
  not_found: 404,
  conflict: 409,
  expired: 410,
  exhausted: 410,
  rate_limited: 429,
  schema_outdated: 500,
  storage_unavailable: 503,
} as const

const messageOf: Record<ErrorCode, string> = {
  invalid_input: 'The request is not valid.',
  invalid_email: 'This is not a valid e-mail address.',
  invalid_role: 'This role cannot be given here.',
  account_required: 'Sharing within an account needs an account.',
  collaborator_limit: 'This resource is shared with as many people as it can be.',
  publish_forbidden: 'This resource cannot be made public.',
  policy_violation: 'The account’s sharing policy does not allow this.',
  authentication_required: 'Sign in to open this link.',
  password_required: 'This link asks for a password.',
  password_incorrect: 'The password is not correct.',
  public_shares_disabled: 'Public sharing is switched off.',
  forbidden: 'You may not do this.',
  email_mismatch: 'This invitation was sent to another address.',
  not_found: 'Not found.',
  conflict: 'The state has changed in the meantime.',
  expired: 'This link has expired.',
  exhausted: 'This link has been used up.',
  rate_limited: 'Too many attempts. Try again later.',
  schema_outdated: 'The sharing tables are not up to date: run `await sharing.migrate()`.',
  storage_unavailable: 'Sharing is unavailable at the moment. Try again later.',
}

/** What went wrong, as a stable word. */
export type ErrorCode = keyof typeof statusOf

const brand = Symbol.for('sharegrant.SharingError')

/** What an error carries beside its code: for strangers, for clients and for logs. */
export interface SharingErrorOptions {
  /** Fit for strangers: names no tenant, person or id that the caller did not give. */
  message?: string
  /** For the host's logs only. */
  details?: unknown
  /** Seconds until another try makes sense. */
  retryAfter?: number
  /** What a client needs in order to act, such as the fields of bad input. */
  public?: Record<string, unknown>
  cause?: unknown
}

/**
 * Every failure that the library reports on purpose.
 *
 * `status` and `statusCode` are the same number, so Express and Fastify answer with it unasked.
 * `message`, `public` and `toJSON()` are fit for strangers; `details` and `cause` are for logs.
 *
 * @example
 * ```ts
 * import { isSharingError, SharingError } from 'sharegrant'
 *
 * const error = new SharingError('not_found', { details: { id: 'd1' } })
 * console.assert(isSharingError(error) && error.status === 404)
 * console.assert(!JSON.stringify(error).includes('d1'))
 * ```
 */
export class SharingError extends Error {
  override readonly name = 'SharingError'
  readonly code: ErrorCode
  readonly status: number
  readonly statusCode: number
  readonly retryAfter: number | undefined
  readonly public: Record<string, unknown>
  readonly details: unknown

  constructor(code: ErrorCode, options: SharingErrorOptions = {}) {
    super(
      options.message ?? messageOf[code],
      options.cause === undefined ? undefined : { cause: options.cause },
    )
    this.code = code
    this.status = statusOf[code]
    this.statusCode = this.status
    this.retryAfter = options.retryAfter
    this.public = options.public ?? {}
    // A logger that walks an error's own properties must not print what is meant for `details` readers only.
    Object.defineProperty(this, 'details', { value: options.details, enumerable: false })
    Object.defineProperty(this, brand, { value: true })
  }

  /** The body of an answer: `{ error, message, code, ...public }`, and nothing private. */
  toJSON(): { error: string; message: string; code: ErrorCode } & Record<string, unknown> {
    return { error: this.code, message: this.message, code: this.code, ...this.public }
  }
}

/** Whether something thrown is a {@link SharingError}, also one of another copy of this package. */
export function isSharingError(error: unknown): error is SharingError {
  return typeof error === 'object' && error !== null && (error as Record<symbol, unknown>)[brand] === true
}
