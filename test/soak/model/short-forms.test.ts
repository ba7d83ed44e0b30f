import { HISTORIES } from '../campaigns.ts'
import { shortForms } from '../short-forms.ts'

shortForms(HISTORIES)
