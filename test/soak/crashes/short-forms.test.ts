import { CRASHES } from '../campaigns.ts'
import { shortForms } from '../short-forms.ts'

shortForms(CRASHES)
