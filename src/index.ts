export { isSharingError, SharingError } from './errors.ts'
export { createSharing, type Sharing } from './sharing.ts'
